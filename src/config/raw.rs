//! Values as they stand in a source, and where: file, environment and flags become one list.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::report::{Origin, Problem};

/// A value before its setting has read it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    /// From the environment or a flag, where everything is text.
    Untyped(String),
    /// A string of the file.
    Text(String),
    /// A whole number of the file.
    Number(i64),
    /// `true` or `false` in the file.
    Flag(bool),
    /// What no setting takes: "an array", "a table".
    Other(&'static str),
}

impl Raw {
    /// The text, where text is due.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Raw::Untyped(text) | Raw::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// As in "found ...".
impl fmt::Display for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Raw::Untyped(text) | Raw::Text(text) if text.is_empty() => f.write_str("nothing"),
            Raw::Untyped(text) | Raw::Text(text) if text.chars().count() > 60 => {
                write!(f, "`{}...`", text.chars().take(57).collect::<String>().escape_debug())
            }
            Raw::Untyped(text) => write!(f, "`{}`", text.escape_debug()),
            Raw::Text(text) => write!(f, "the string \"{}\"", text.escape_debug()),
            Raw::Number(number) => write!(f, "the number {number}"),
            Raw::Flag(value) => write!(f, "the boolean {value}"),
            Raw::Other(kind) => f.write_str(kind),
        }
    }
}

/// One value with its path and place.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) value: Raw,
    pub(super) origin: Origin,
}

/// What the sources hold, lowest first: a later entry replaces an earlier one of the same path.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) entries: Vec<Entry>,
    pub(super) problems: Vec<Problem>,
}

/// The table whose keys are librdkafka's names.
pub(super) const PROPERTIES: &str = "kafka.properties";

const PREFIX: &str = "EXDATE__";

impl Layers {
    fn problem(&mut self, path: &str, origin: Origin, message: String) {
        self.problems.push(Problem { path: path.to_owned(), origin, message });
    }

    /// Reads the file; its errors are problems like any other.
    pub(super) fn add_file(&mut self, path: &Path) {
        let start = Origin::File(path.to_owned(), 1);
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                return self.problem("", Origin::File(path.to_owned(), 0), format!("cannot read the file: {error}"));
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => self.add_text(path, text.strip_prefix('\u{feff}').unwrap_or(&text)),
            Err(_) => self.problem("", start, "the file is not UTF-8".into()),
        }
    }

    /// A file with a syntax error gives no values: a recovered reading might belong to another table.
    fn add_text(&mut self, path: &Path, text: &str) {
        let lines = Lines { path: path.to_owned(), starts: line_starts(text) };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            // Not the error's own display: it quotes the line, which may hold a secret.
            let place = error.span().map_or(0, |span| span.start);
            self.problem("", lines.origin(place), format!("not TOML: {}", error.message()));
        }
        if errors.is_empty() {
            self.add_table("", document.get_ref(), &lines);
            self.entries.sort_by_key(|entry| entry.origin.line());
        }
    }

    fn add_table(&mut self, above: &str, table: &DeTable<'_>, lines: &Lines) {
        for (key, value) in table {
            let path = join(above, key.get_ref());
            match value.get_ref() {
                DeValue::Table(below) if !below.is_empty() => self.add_table(&path, below, lines),
                _ => self.entries.push(Entry { value: raw(value), origin: lines.origin(key.span().start), path }),
            }
        }
    }

    /// Reads `EXDATE__SECTION__KEY` variables, in the order of their names.
    pub(super) fn add_environment(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) {
        let mut ours: Vec<(String, OsString)> = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with("EXDATE_"))
            .collect();
        ours.sort();
        for (name, value) in ours {
            if !name.starts_with(PREFIX) {
                self.add_near_miss(name);
                continue;
            }
            let path = variable_path(&name);
            let origin = Origin::Variable(name);
            match value.into_string() {
                Ok(text) => self.entries.push(Entry { path, value: Raw::Untyped(text), origin }),
                Err(_) => self.problem(&path, origin, "the value is not UTF-8".into()),
            }
        }
    }

    /// `EXDATE_KAFKA_GROUP_ID` is a setting with too few underscores. Others of that prefix are not ours: platforms make some.
    fn add_near_miss(&mut self, name: String) {
        let single = |text: &str| text.to_ascii_lowercase().replace("__", "_").replace('.', "_");
        let meant = super::paths().find(|path| single(&format!("exdate.{path}")) == single(&name));
        if let Some(path) = meant {
            let variable = format!("{PREFIX}{}", path.replace('.', "__").to_ascii_uppercase());
            self.problem("", Origin::Variable(name), format!("unknown variable, did you mean {variable}?"));
        }
    }

    /// Reads `path=value` flags, in their order.
    pub(super) fn add_flags(&mut self, flags: &[String]) {
        for flag in flags {
            match flag.split_once('=') {
                Some((path, value)) => self.entries.push(Entry {
                    path: path.trim().to_owned(),
                    value: Raw::Untyped(value.to_owned()),
                    origin: Origin::Flag,
                }),
                None => self.problem("", Origin::Flag, "expected PATH=VALUE, as in --set delivery.workers=2".into()),
            }
        }
    }
}

fn join(above: &str, key: &str) -> String {
    if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") }
}

fn raw(value: &Spanned<DeValue<'_>>) -> Raw {
    match value.get_ref() {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other("a number beyond all bounds"), Raw::Number),
        DeValue::Boolean(value) => Raw::Flag(*value),
        DeValue::Float(_) => Raw::Other("a number with a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date without quotes"),
        DeValue::Array(_) => Raw::Other("an array"),
        DeValue::Table(_) => Raw::Other("an empty table"),
    }
}

/// `EXDATE__KAFKA__GROUP_ID` → `kafka.group_id`. Shells take no dots in names, so that in a librdkafka name each underscore is one:
/// `EXDATE__KAFKA__PROPERTIES__SASL_USERNAME` → `kafka.properties.sasl.username`.
fn variable_path(name: &str) -> String {
    let path = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase().replace("__", ".");
    match path.strip_prefix(PROPERTIES).and_then(|below| below.strip_prefix('.')) {
        Some(property) => format!("{PROPERTIES}.{}", property.replace('_', ".")),
        None => path,
    }
}

/// From a byte's place in the file to its line.
struct Lines {
    path: PathBuf,
    starts: Vec<usize>,
}

impl Lines {
    fn origin(&self, place: usize) -> Origin {
        Origin::File(self.path.clone(), self.starts.partition_point(|start| *start <= place))
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(place, _)| place + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_name_settings_and_properties() {
        let cases = [
            ("EXDATE__KAFKA__GROUP_ID", "kafka.group_id"),
            ("EXDATE__DEAD_LETTERS__BREAKER__WINDOW", "dead_letters.breaker.window"),
            ("EXDATE__KAFKA__PROPERTIES__SASL_USERNAME", "kafka.properties.sasl.username"),
        ];
        for (name, path) in cases {
            assert_eq!(variable_path(name), path);
        }
    }
}
