//! Character references: `&amp;`, `&#20844;`, `&#x516C;`.

use encoding_rs::WINDOWS_1252;
use memchr::memchr;

/// Names in the order of Latin-1, from U+00A0.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
     acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
     Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash \
     Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc \
     euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml \
     yacute thorn yuml";

/// What else documents write by name.
const OTHERS: [(&str, char); 38] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("bull", '•'),
    ("hellip", '…'),
    ("prime", '′'),
    ("Prime", '″'),
    ("euro", '€'),
    ("trade", '™'),
    ("dagger", '†'),
    ("Dagger", '‡'),
    ("permil", '‰'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("minus", '−'),
    ("colon", ':'),
    ("comma", ','),
    ("period", '.'),
    ("lpar", '('),
    ("rpar", ')'),
    ("sol", '/'),
    ("percnt", '%'),
    ("num", '#'),
];

/// Names that old documents write without the semicolon.
const OPEN_ENDED: [&str; 5] = ["amp", "lt", "gt", "quot", "nbsp"];

/// The longest text between `&` and `;` that is looked at.
const LONGEST: usize = 12;

/// The characters of a text, its references decoded. What is no reference stays as it is written.
pub(super) fn decoded(text: &str) -> impl Iterator<Item = char> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if let Some((c, after)) = reference(rest) {
            rest = after;
            return Some(c);
        }
        let mut characters = rest.chars();
        let c = characters.next()?;
        rest = characters.as_str();
        Some(c)
    })
}

fn reference(text: &str) -> Option<(char, &str)> {
    let after = text.strip_prefix('&')?;
    let head = after.as_bytes().get(..LONGEST).unwrap_or(after.as_bytes());
    let closed = memchr(b';', head).and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
    if let Some((c, rest)) = closed.and_then(|(name, rest)| Some((numeric(name).or_else(|| named(name))?, rest))) {
        return Some((c, rest));
    }
    OPEN_ENDED.iter().find_map(|name| Some((named(name)?, after.strip_prefix(name)?)))
}

/// `#20844`, `#x516C`; the numbers from 128 to 159 mean windows-1252, as browsers read them, and a number that is no
/// character is U+FFFD.
fn numeric(reference: &str) -> Option<char> {
    let digits = reference.strip_prefix('#')?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    match number {
        0 => Some('\u{FFFD}'),
        128..=159 => {
            let byte = [u8::try_from(number).ok()?];
            WINDOWS_1252.decode_without_bom_handling(&byte).0.chars().next()
        }
        _ => Some(char::from_u32(number).unwrap_or('\u{FFFD}')),
    }
}

fn named(name: &str) -> Option<char> {
    if let Some((_, c)) = OTHERS.iter().find(|(known, _)| *known == name) {
        return Some(*c);
    }
    let place = LATIN_1.split_ascii_whitespace().position(|known| known == name)?;
    char::from_u32(0xA0 + u32::try_from(place).ok()?)
}
