//! Compares what went in with what came out. It knows nothing but the records: no offsets of a group, no metrics, no log.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use sha2::{Digest as _, Sha256};

use super::filings::{self, Fate, Filing};
use super::topics::Stored;

/// A filing, and where the input topic has it.
#[derive(Clone, Debug)]
pub(crate) struct Fed {
    pub(crate) filing: Filing,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

/// Every breach of the promise, each as a sentence.
#[derive(Debug, Default)]
pub(crate) struct Breaches {
    /// Inputs without the outcome that they must have.
    pub(crate) lost: Vec<String>,
    /// Inputs with more outcomes than one.
    pub(crate) twice: Vec<String>,
    /// Outcomes that are not what their input must become.
    pub(crate) altered: Vec<String>,
    /// Outcomes before those of an earlier record of their input partition.
    pub(crate) disordered: Vec<String>,
}

impl Breaches {
    /// None at all.
    pub(crate) fn is_clean(&self) -> bool {
        self.kinds().iter().all(|(_, breaches)| breaches.is_empty())
    }

    fn kinds(&self) -> [(&'static str, &Vec<String>); 4] {
        [("lost", &self.lost), ("twice", &self.twice), ("altered", &self.altered), ("out of order", &self.disordered)]
    }
}

impl fmt::Display for Breaches {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, breaches) in self.kinds() {
            write!(to, "{} {kind}", breaches.len())?;
            for breach in breaches.iter().take(5) {
                write!(to, "\n  {breach}")?;
            }
            writeln!(to)?;
        }
        Ok(())
    }
}

/// Where an outcome says that its input was.
type Place = (i32, i64);

/// Checks that each input has exactly the outcome that it must have.
pub(crate) fn audit(fed: &[Fed], events: &[Stored], dead_letters: &[Stored]) -> Breaches {
    let mut breaches = Breaches::default();
    let inputs: HashMap<Place, &Fed> = fed.iter().map(|fed| ((fed.partition, fed.offset), fed)).collect();
    let mut outcomes: HashMap<Place, usize> = HashMap::new();
    for (records, fate, names) in
        [(events, Fate::Event, EVENT_NAMES), (dead_letters, Fate::DeadLetter, DEAD_LETTER_NAMES)]
    {
        check_order(records, names, &mut breaches);
        for record in records {
            let found = place(record, names).and_then(|place| Some((place, *inputs.get(&place)?)));
            let Some((place, input)) = found else {
                breaches.altered.push(format!("{fate:?} at {}/{} names no input", record.partition, record.offset));
                continue;
            };
            *outcomes.entry(place).or_default() += 1;
            breaches.altered.extend(difference(input, fate, record));
        }
    }
    for input in fed {
        let times = outcomes.get(&(input.partition, input.offset)).copied().unwrap_or_default();
        let due = usize::from(input.filing.fate != Fate::Skip);
        if times < due {
            breaches.lost.push(format!("{} has no outcome", name(input)));
        } else if times > due.max(1) {
            breaches.twice.push(format!("{} has {times} outcomes", name(input)));
        }
    }
    breaches
}

/// Headers that name the input's partition and offset.
type Names = [&'static str; 2];
const EVENT_NAMES: Names = ["source-partition", "source-offset"];
const DEAD_LETTER_NAMES: Names = ["__connect.errors.partition", "__connect.errors.offset"];

fn place(record: &Stored, [partition, offset]: Names) -> Option<Place> {
    Some((record.header(partition)?.parse().ok()?, record.header(offset)?.parse().ok()?))
}

fn name(input: &Fed) -> String {
    format!("filing {} ({:?}) at {}/{}", input.filing.number, input.filing.fate, input.partition, input.offset)
}

/// Within one output partition, what was made of one input partition keeps its order: then every key keeps its own.
fn check_order(records: &[Stored], names: Names, breaches: &mut Breaches) {
    let mut latest: BTreeMap<(i32, i32), i64> = BTreeMap::new();
    for record in records {
        let Some((partition, offset)) = place(record, names) else { continue };
        let before = latest.insert((record.partition, partition), offset);
        if before.is_some_and(|before| before > offset) {
            let place = format!("{}/{}", record.partition, record.offset);
            breaches.disordered.push(format!("{place}: made of {partition}/{offset}, after {before:?}"));
        }
    }
}

/// What is wrong with an outcome, seen from its input.
fn difference(input: &Fed, fate: Fate, record: &Stored) -> Option<String> {
    let filing = &input.filing;
    let wrong = if fate != filing.fate {
        format!("became a record of the other kind, {fate:?}")
    } else if fate == Fate::Event {
        let value = record.value.as_deref().unwrap_or_default();
        let title = filings::title(filing.number);
        let says = value.windows(title.len()).any(|window| window == title.as_bytes());
        if says && value.first() == Some(&b'{') && !value.contains(&b'\n') {
            return None;
        }
        "its event is not one line of JSON with its title".to_owned()
    } else if filing.oversized {
        cut_badly(filing, record)?.to_owned()
    } else if record.value != filing.record.value {
        "its dead letter has another value".to_owned()
    } else if record.key != filing.record.key {
        "its dead letter has another key".to_owned()
    } else if !record.headers.starts_with(&filing.record.headers) {
        "its dead letter has other headers".to_owned()
    } else if record.timestamp_ms != filing.record.timestamp_ms {
        "its dead letter has another timestamp".to_owned()
    } else if record.header("dlq.error-codes").is_none_or(str::is_empty) {
        "its dead letter gives no reason".to_owned()
    } else {
        return None;
    };
    Some(format!("{}: {wrong}", name(input)))
}

/// What is wrong with a dead letter that could not be written whole: it must say so, and name size and hash of the whole.
fn cut_badly(filing: &Filing, record: &Stored) -> Option<&'static str> {
    let (whole, left) = (filing.record.value.as_deref()?, record.value.as_deref().unwrap_or_default());
    let hash: String = Sha256::digest(whole).iter().map(|byte| format!("{byte:02x}")).collect();
    if left.is_empty() || !whole.starts_with(left) {
        Some("its cut dead letter does not hold the beginning of the value")
    } else if record.key != filing.record.key || !record.headers.starts_with(&filing.record.headers) {
        Some("its cut dead letter has another key or other headers")
    } else if record.header("dlq.truncated") != Some("value")
        || record.header("dlq.payload-bytes") != Some(&whole.len().to_string())
        || record.header("dlq.payload-sha256") != Some(&hash)
    {
        Some("its cut dead letter does not say what was cut")
    } else {
        record.header("dlq.error-codes").is_none_or(str::is_empty).then_some("its cut dead letter gives no reason")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two partitions' filings and the outcomes that they must have, all of them good.
    fn faultless() -> (Vec<Fed>, Vec<Stored>, Vec<Stored>) {
        let (mut fed, mut events, mut dead_letters) = (vec![], vec![], vec![]);
        for filing in filings::mixed(200) {
            let (partition, offset) = ((filing.number % 2) as i32, (filing.number / 2) as i64);
            let named = |names: Names| {
                names
                    .into_iter()
                    .zip([partition.to_string(), offset.to_string()])
                    .map(|(n, v)| (n.to_owned(), Some(v.into_bytes())))
            };
            match filing.fate {
                Fate::Event => events.push(Stored {
                    value: Some(format!("{{\"title\":\"{}\"}}", filings::title(filing.number)).into_bytes()),
                    headers: named(EVENT_NAMES).collect(),
                    ..Stored::default()
                }),
                Fate::DeadLetter => {
                    let mut dead_letter = filing.record.clone();
                    dead_letter.headers.extend(named(DEAD_LETTER_NAMES));
                    dead_letter.headers.push(("dlq.error-codes".into(), Some(b"some-code".to_vec())));
                    dead_letters.push(dead_letter);
                }
                Fate::Skip => {}
            }
            fed.push(Fed { filing, partition, offset });
        }
        (fed, events, dead_letters)
    }

    #[test]
    fn ok_a_faultless_run() {
        let (fed, events, dead_letters) = faultless();
        let breaches = audit(&fed, &events, &dead_letters);
        assert!(breaches.is_clean(), "{breaches}");
    }

    #[test]
    fn err_each_kind_of_breach() {
        type Harm = fn(&mut Vec<Stored>, &mut Vec<Stored>);
        let harms: [(&str, Harm); 9] = [
            ("1 lost", |events, _| drop(events.remove(7))),
            ("1 lost", |_, dead_letters| drop(dead_letters.remove(7))),
            ("1 twice", |events, _| events.push(events[events.len() - 1].clone())),
            ("1 altered", |_, dead_letters| dead_letters[3].value.as_mut().expect("a value")[1] ^= 1),
            ("1 altered", |_, dead_letters| dead_letters[3].key = None),
            ("1 altered", |_, dead_letters| drop(dead_letters[3].headers.remove(1))),
            ("1 altered", |_, dead_letters| drop(dead_letters[3].headers.pop())),
            ("1 altered", |events, _| events[3].headers.clear()),
            ("1 out of order", |events, _| events.swap(10, 12)),
        ];
        for (expected, harm) in harms {
            let (fed, mut events, mut dead_letters) = faultless();
            harm(&mut events, &mut dead_letters);
            let breaches = audit(&fed, &events, &dead_letters);
            assert!(breaches.to_string().contains(expected), "expected {expected}:\n{breaches}");
        }
    }
}
