//! What is said between the service and its reader: the bytes of a file one way, its reading as JSON the other, each with
//! its length before it.

use std::borrow::Cow;
use std::io::{self, Read, Write};

use serde::{Deserialize, Serialize};

use crate::finding::{Code, Finding};
use crate::pdf::{Place, Reading};

/// Writes one message.
pub(super) fn write(out: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(message)?;
    out.flush()
}

/// Reads one message; `None` where there are no more.
pub(super) fn read(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u64::from(u32::from_le_bytes(length));
    let mut message = Vec::new();
    input.take(length).read_to_end(&mut message)?;
    Ok((message.len() as u64 == length).then_some(message))
}

#[derive(Serialize, Deserialize)]
enum Answer {
    Text {
        text: String,
        places: Vec<(u32, u32)>,
        in_order: Option<String>,
        pages: usize,
        is_form: bool,
        warnings: Vec<Told>,
    },
    Refused(Told),
}

#[derive(Serialize, Deserialize)]
struct Told {
    code: String,
    found: Option<String>,
    expected: Option<String>,
}

/// The JSON of a reading.
pub(super) fn answered(read: Result<Reading, Finding>) -> Vec<u8> {
    let answer = match read {
        Ok(reading) => Answer::Text {
            text: reading.text,
            places: reading.places.iter().map(|place| (place.page, place.below_top_mm)).collect(),
            in_order: reading.in_order,
            pages: reading.pages,
            is_form: reading.is_form,
            warnings: reading.warnings.into_iter().map(told).collect(),
        },
        Err(finding) => Answer::Refused(told(finding)),
    };
    serde_json::to_vec(&answer).unwrap_or_default()
}

/// The reading of a JSON; `None` where it is none.
pub(super) fn answer(json: &[u8]) -> Option<Result<Reading, Finding>> {
    match serde_json::from_slice(json).ok()? {
        Answer::Text { text, places, in_order, pages, is_form, warnings } => {
            let places = places.into_iter().map(|(page, below_top_mm)| Place { page, below_top_mm }).collect();
            let warnings = warnings.into_iter().map(finding).collect::<Option<_>>()?;
            Some(Ok(Reading { text, places, in_order, pages, is_form, warnings }))
        }
        Answer::Refused(told) => Some(Err(finding(told)?)),
    }
}

/// Findings about a file have no field and no line.
fn told(finding: Finding) -> Told {
    Told { code: finding.code.as_str().to_owned(), found: finding.found, expected: finding.expected }
}

fn finding(told: Told) -> Option<Finding> {
    let code = Code::ALL.iter().copied().find(|code| code.as_str() == told.code)?;
    Some(Finding { code, field: Cow::Borrowed(""), line: None, found: told.found, expected: told.expected })
}
