//! The documents of the demo. Issuers, stock codes and texts are made up; the shapes are those of real filings.

use crate::record::Record;

/// What is to become of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Published,
    DeadLetter,
    Skipped,
}

/// One document.
pub(super) struct Sample {
    /// What it is, for the reader of the demo.
    pub(super) title: &'static str,
    pub(super) expected: Expected,
    key: &'static str,
    value: Option<&'static [u8]>,
    headers: &'static [(&'static str, &'static str)],
}

impl Sample {
    /// The record of the input topic. The key keeps the forms of one issuer in order.
    pub(super) fn record(&self) -> Record {
        Record {
            key: Some(self.key.as_bytes().to_vec()),
            value: self.value.map(<[u8]>::to_vec),
            headers: self.headers.iter().map(|&(name, value)| (name.into(), Some(value.as_bytes().into()))).collect(),
            timestamp_ms: None,
        }
    }
}

/// In the order in which they are sent.
pub(super) const SAMPLES: &[Sample] = &[
    Sample {
        title: "a final dividend: English, label and value separated by tabs",
        expected: Expected::Published,
        key: "07901",
        value: Some(include_bytes!("samples/ferries-final.en.txt")),
        headers: &[
            ("content-type", "text/plain; charset=utf-8"),
            ("filing-id", "2026032000101"),
            ("published-at", "2026-03-20T18:05:00+08:00"),
        ],
    },
    Sample {
        title: "the same dividend a week later: an update that moves the payment date",
        expected: Expected::Published,
        key: "07901",
        value: Some(include_bytes!("samples/ferries-final-update.en.txt")),
        headers: &[("filing-id", "2026032700230"), ("published-at", "2026-03-27T16:48:00+08:00")],
    },
    Sample {
        title: "a final dividend: Chinese, declared in renminbi, paid in Hong Kong dollars, labels broken around values",
        expected: Expected::Published,
        key: "07902",
        value: Some(include_bytes!("samples/tea-final.zh.txt")),
        headers: &[("filing-id", "2026032600318"), ("published-at", "2026-03-26T19:30:00+08:00")],
    },
    Sample {
        title: "a dividend whose paid amount and ex-date are still to be announced",
        expected: Expected::Published,
        key: "07903",
        value: Some(include_bytes!("samples/cables-pending.zh.txt")),
        headers: &[],
    },
    Sample {
        title: "an interim dividend with a choice of currency (form EF002)",
        expected: Expected::Published,
        key: "07906",
        value: Some(include_bytes!("samples/dockyard-interim-ef002.zh.txt")),
        headers: &[],
    },
    Sample {
        title: "an interim dividend in a JSON envelope, from a producer that cannot set headers",
        expected: Expected::Published,
        key: "07904",
        value: Some(include_bytes!("samples/cranes-interim.envelope.json")),
        headers: &[],
    },
    Sample {
        title: "a final dividend as PDF, read by the cells of its table",
        expected: Expected::Published,
        key: "07908",
        value: Some(include_bytes!("samples/piers-final.en.pdf")),
        headers: &[("content-type", "application/pdf")],
    },
    Sample {
        title: "a form with several mistakes",
        expected: Expected::DeadLetter,
        key: "07905",
        value: Some(include_bytes!("samples/quarry-broken.en.txt")),
        headers: &[],
    },
    Sample {
        title: "a form that nobody has taught exdate yet",
        expected: Expected::DeadLetter,
        key: "07907",
        value: Some(include_bytes!("samples/trust-ef009.en.txt")),
        headers: &[],
    },
    Sample {
        title: "the poll results of a general meeting, which mention a dividend",
        expected: Expected::Skipped,
        key: "07901",
        value: Some(include_bytes!("samples/poll-results.en.txt")),
        headers: &[],
    },
    Sample { title: "a record without a value", expected: Expected::Skipped, key: "07901", value: None, headers: &[] },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{Message, Outcome, Rules, process};

    fn outcome(sample: &Sample) -> Outcome {
        let record = sample.record();
        let headers = record.headers.iter().map(|(name, value)| (name.as_ref(), value.as_deref())).collect();
        process(
            &Message { topic: "t", value: record.value.as_deref(), headers, ..Message::default() },
            &Rules::default(),
        )
    }

    #[test]
    fn each_sample_becomes_what_it_shows() {
        for sample in SAMPLES {
            let (expected, outcome) = (sample.expected, outcome(sample));
            match &outcome {
                Outcome::Publish(_, warnings) => {
                    assert_eq!((expected, warnings.as_slice()), (Expected::Published, &[][..]), "{}", sample.title)
                }
                Outcome::DeadLetter(..) => assert_eq!(expected, Expected::DeadLetter, "{}: {outcome:?}", sample.title),
                Outcome::Skip(_) => assert_eq!(expected, Expected::Skipped, "{}", sample.title),
            }
        }
    }

    #[test]
    fn the_broken_form_has_all_its_mistakes_named() {
        let broken = SAMPLES.iter().find(|sample| sample.key == "07905");
        let Some(Outcome::DeadLetter(_, findings, _)) = broken.map(outcome) else {
            unreachable!("the broken form is dead-lettered")
        };
        let codes: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in ["invalid-stock-code", "impossible-date", "book-close-reversed", "record-date-after-payment-date"] {
            assert!(codes.contains(&code), "{code} is not among {codes:?}");
        }
    }
}
