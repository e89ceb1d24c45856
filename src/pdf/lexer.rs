//! A content stream, cut into operators and their operands. Nothing in it is fatal: what is no token is passed over and
//! told, so that no text behind it is lost. Linear, and as deep as its limit at most.

/// What an operator is given.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Number(f64),
    Text(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Operand>),
    /// Dictionaries, booleans, null: of no use for text or lines.
    Other,
}

/// An operator with its operands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation<'c> {
    pub(super) operator: &'c [u8],
    pub(super) operands: Vec<Operand>,
}

impl Operation<'_> {
    /// The first `N` operands, when all are numbers.
    pub(super) fn numbers<const N: usize>(&self) -> Option<[f64; N]> {
        let mut numbers = [0.0; N];
        for (place, operand) in numbers.iter_mut().zip(self.operands.get(..N)?) {
            let Operand::Number(number) = operand else { return None };
            *place = *number;
        }
        Some(numbers)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        self.operands.iter().find_map(|operand| match operand {
            Operand::Name(name) => Some(name.as_slice()),
            _ => None,
        })
    }
}

/// No operator takes more operands; those before are of an operator that got lost.
const OPERANDS: usize = 32;

pub(super) struct Lexer<'c> {
    rest: &'c [u8],
    nesting: usize,
    /// Whether something was passed over that is no content.
    pub(super) stumbled: bool,
}

enum Token<'c> {
    Operand(Operand),
    Operator(&'c [u8]),
    Open,
    Close,
}

impl<'c> Lexer<'c> {
    pub(super) fn new(content: &'c [u8], nesting: usize) -> Lexer<'c> {
        Lexer { rest: content, nesting, stumbled: false }
    }

    fn advance(&mut self, bytes: usize) -> &'c [u8] {
        let (before, after) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, &[]));
        self.rest = after;
        before
    }

    fn skip_space(&mut self) {
        loop {
            let blanks = self.rest.iter().take_while(|byte| is_space(**byte)).count();
            self.advance(blanks);
            if !self.rest.starts_with(b"%") {
                return;
            }
            let comment = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
            self.advance(comment);
        }
    }

    fn token(&mut self) -> Option<Token<'c>> {
        self.skip_space();
        match self.rest {
            [] => None,
            [b'(', ..] => Some(Token::Operand(Operand::Text(self.literal()))),
            [b'<', b'<', ..] => {
                self.advance(2);
                self.dictionary();
                Some(Token::Operand(Operand::Other))
            }
            [b'<', ..] => Some(Token::Operand(Operand::Text(self.hexadecimal()))),
            [b'/', ..] => Some(Token::Operand(Operand::Name(self.name()))),
            [b'[', ..] => {
                self.advance(1);
                Some(Token::Open)
            }
            [b']', ..] => {
                self.advance(1);
                Some(Token::Close)
            }
            [byte, ..] if is_delimiter(*byte) => {
                self.advance(1);
                self.stumbled = true;
                self.token_after_stumble()
            }
            _ => Some(self.word()),
        }
    }

    /// Passes over a run of stray delimiters, without recursion.
    fn token_after_stumble(&mut self) -> Option<Token<'c>> {
        while matches!(self.rest, [b')' | b'>' | b'{' | b'}', ..]) {
            self.advance(1);
            self.skip_space();
        }
        self.skip_space();
        if self.rest.is_empty() { None } else { Some(Token::Operand(Operand::Other)) }
    }

    fn word(&mut self) -> Token<'c> {
        let length = self.rest.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
        let word = self.advance(length);
        match number(word) {
            Some(number) => Token::Operand(Operand::Number(number)),
            None if matches!(word, b"true" | b"false" | b"null") => Token::Operand(Operand::Other),
            None => Token::Operator(word),
        }
    }

    fn array(&mut self) -> Operand {
        let mut open: Vec<Vec<Operand>> = vec![Vec::new()];
        loop {
            match self.token() {
                Some(Token::Open) if open.len() >= self.nesting => self.stumbled = true,
                Some(Token::Open) => open.push(Vec::new()),
                Some(Token::Operand(operand)) => push(&mut open, operand),
                // An operator inside an array: its end is missing.
                Some(Token::Operator(_)) => self.stumbled = true,
                Some(Token::Close) | None => {
                    let Some(array) = open.pop() else { return Operand::Other };
                    if open.is_empty() {
                        return Operand::Array(array);
                    }
                    push(&mut open, Operand::Array(array));
                }
            }
        }
    }

    /// Passes over a dictionary, whose `<<` has been read.
    fn dictionary(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            self.skip_space();
            match self.rest {
                [] => return,
                [b'<', b'<', ..] => {
                    depth += 1;
                    self.advance(2);
                }
                [b'>', b'>', ..] => {
                    depth -= 1;
                    self.advance(2);
                }
                [b'(', ..] => drop(self.literal()),
                [b'<', ..] => drop(self.hexadecimal()),
                _ => drop(self.advance(1)),
            }
        }
    }

    /// `(text)`, parentheses inside balanced or escaped.
    fn literal(&mut self) -> Vec<u8> {
        self.advance(1);
        let mut text = Vec::new();
        let mut depth = 1_usize;
        while let Some((byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'\\' => self.escape(&mut text),
                b')' if depth == 1 => return text,
                b')' => depth -= 1,
                b'(' => depth += 1,
                _ => {}
            }
            if *byte != b'\\' {
                text.push(*byte);
            }
        }
        self.stumbled = true;
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some((byte, rest)) = self.rest.split_first() else { return };
        self.rest = rest;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' if self.rest.starts_with(b"\n") => drop(self.advance(1)),
            b'\r' | b'\n' => {}
            b'0'..=b'7' => {
                let more = self.rest.iter().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
                let digits = [&[*byte], self.advance(more)].concat();
                let value = digits.iter().fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                // A code above 255 loses its high bit, as the specification says.
                text.push(value.to_le_bytes()[0]);
            }
            other => text.push(*other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.advance(1);
        let inside = match memchr::memchr(b'>', self.rest) {
            Some(end) => self.advance(end + 1),
            None => {
                self.stumbled = true;
                self.advance(self.rest.len())
            }
        };
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let digits: Vec<u8> = inside.iter().filter_map(digit).collect();
        digits.chunks(2).map(|pair| pair.first().unwrap_or(&0) * 16 + pair.get(1).unwrap_or(&0)).collect()
    }

    fn name(&mut self) -> Vec<u8> {
        self.advance(1);
        let length = self.rest.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count();
        unescaped(self.advance(length))
    }

    /// Passes over the picture after `BI`: to `EI` as a word of its own.
    fn skip_image(&mut self) {
        let ends = memchr::memmem::find_iter(self.rest, b"EI").find(|at| {
            let before = at.checked_sub(1).and_then(|before| self.rest.get(before));
            let after = self.rest.get(at + 2);
            before.is_some_and(|byte| is_space(*byte)) && after.is_none_or(|byte| is_space(*byte))
        });
        self.stumbled |= ends.is_none();
        self.advance(ends.map_or(self.rest.len(), |at| at + 2));
    }
}

impl<'c> Iterator for Lexer<'c> {
    type Item = Operation<'c>;

    fn next(&mut self) -> Option<Operation<'c>> {
        let mut operands = Vec::new();
        loop {
            let operand = match self.token()? {
                Token::Operator(b"BI") => {
                    self.skip_image();
                    return Some(Operation { operator: b"BI", operands: Vec::new() });
                }
                Token::Operator(operator) => return Some(Operation { operator, operands }),
                Token::Operand(operand) => operand,
                Token::Open => self.array(),
                Token::Close => Operand::Other,
            };
            if operands.len() == OPERANDS {
                self.stumbled = true;
                operands.clear();
            }
            operands.push(operand);
        }
    }
}

fn push(open: &mut [Vec<Operand>], operand: Operand) {
    if let Some(array) = open.last_mut() {
        array.push(operand);
    }
}

/// `12`, `-.5`, `+3.`, and `--5` or `1.2-3` as careless producers write them.
fn number(word: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(word).ok()?;
    let unsigned = text.trim_start_matches(['-', '+']);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let digits = unsigned.split('-').next()?;
    if !digits.chars().all(|c| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let value: f64 = digits.parse().ok()?;
    // Nothing on a page is farther away; what is would only overflow later.
    let value = value.min(1.0e7);
    Some(if text.starts_with('-') { -value } else { value })
}

/// A name with its `#20` resolved.
fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *byte == b'#').and_then(|pair| std::str::from_utf8(pair).ok());
        match code.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(code) => {
                name.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                name.push(*byte);
                rest = after;
            }
        }
    }
    name
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}
