//! Numbered filings of every kind, for topics of any length. Issuers, words and amounts are our own.

use std::ops::Range;

use super::topics::Stored;

/// What becomes of a filing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// An event.
    Event,
    /// A dead letter.
    DeadLetter,
    /// Neither.
    Skip,
}

/// A record of the input topic, and what must become of it.
#[derive(Clone, Debug)]
pub(crate) struct Filing {
    /// Counted from 0; printed in the title of a form.
    pub(crate) number: usize,
    pub(crate) fate: Fate,
    /// Its topics refuse it, even as a dead letter: what is left of it is a cut one.
    pub(crate) oversized: bool,
    /// Place and timestamp are the broker's to say.
    pub(crate) record: Stored,
}

/// Number of issuers, each with a key of its own.
const ISSUERS: usize = 50;

/// A stream of all kinds: of 20 filings 12 become events, 3 dead letters, 5 neither.
pub(crate) fn mixed(count: usize) -> Vec<Filing> {
    (0..count).map(mixed_one).collect()
}

/// A stream of good forms of about 2.2 kB, as a backlog of real ones would be.
pub(crate) fn good(count: usize) -> Vec<Filing> {
    good_ones(0..count)
}

/// Those of them with these numbers.
pub(crate) fn good_ones(numbers: Range<usize>) -> Vec<Filing> {
    numbers.map(|number| filing(number, Fate::Event, Some(form(number).into_bytes()))).collect()
}

/// A filing of so many bytes, more than its topics take.
pub(crate) fn oversized(number: usize, bytes: usize) -> Filing {
    // Sixteen kinds of byte: it compresses, but not to nothing, and any cut shows.
    let value = (0..bytes).map(|at| 0xf0 | (at / 7 % 16) as u8).collect();
    Filing { oversized: true, ..filing(number, Fate::DeadLetter, Some(value)) }
}

fn mixed_one(number: usize) -> Filing {
    // Spread over the keys: neighbours differ in issuer and in kind, and each issuer has all kinds.
    let kind = (number / ISSUERS + number * 7) % 20;
    match kind {
        0..12 => filing(number, Fate::Event, Some(form(number).into_bytes())),
        12 => filing(number, Fate::DeadLetter, Some(broken(number).into_bytes())),
        // An empty value is no tombstone.
        13 if number.is_multiple_of(3) => filing(number, Fate::DeadLetter, Some(vec![])),
        13 => filing(number, Fate::DeadLetter, Some(noise(number))),
        14 => filing(number, Fate::DeadLetter, Some(unknown_template(number).into_bytes())),
        15..18 => filing(number, Fate::Skip, Some(monthly_letter(number).into_bytes())),
        _ => filing(number, Fate::Skip, None),
    }
}

fn filing(number: usize, fate: Fate, value: Option<Vec<u8>>) -> Filing {
    let key = format!("issuer-{:02}", number % ISSUERS).into_bytes();
    let headers = vec![
        ("filing-id".to_owned(), Some(format!("2024082{:07}", number).into_bytes())),
        // A header that means nothing to the service, and no text: it must come through as it is.
        ("trace".to_owned(), Some(vec![0xff, (number % 251) as u8])),
        ("empty".to_owned(), None),
    ];
    Filing { number, fate, oversized: false, record: Stored { key: Some(key), value, headers, ..Stored::default() } }
}

/// The words by which an event tells which filing it was made from.
pub(crate) fn title(number: usize) -> String {
    format!("Interim dividend for the six months, filing {number:07}")
}

/// A good form in the tab-separated layout.
pub(crate) fn form(number: usize) -> String {
    let amount = format!("HKD 0.{:04}1 per share", number % 10_000);
    let code = format!("{:05}", 9_900 + number % ISSUERS);
    FORM.replace("{title}", &title(number)).replace("{amount}", &amount).replace("{code}", &code)
}

/// A form with three faults at once: no stock code, no amount, a record date after the payment.
fn broken(number: usize) -> String {
    let form = form(number);
    let rows = form.lines().filter(|row| !row.starts_with("Stock code") && !row.starts_with("Default currency"));
    let rows: Vec<&str> = rows.collect();
    rows.join("\n").replace("Record date\t04 September 2024", "Record date\t04 November 2024")
}

fn unknown_template(number: usize) -> String {
    format!("EF999\n{}", form(number).replace("Cash Dividend Announcement", "Rights Basket Announcement"))
}

fn monthly_letter(number: usize) -> String {
    format!("Letter to members no. {number}\nThe canteen on the third floor is closed on Friday.\n")
}

/// Bytes that are no text in any charset, the same for the same number.
fn noise(number: usize) -> Vec<u8> {
    let mut state = number as u64 * 2 + 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    // 0xff begins no character of UTF-8, Big5 or GBK, and 0x00 stands in no text.
    [0xff, 0x00, 0xff].into_iter().chain((0..200).map(|_| next())).collect()
}

const FORM: &str = "\
Disclaimer\t
Nobody takes any responsibility for the contents of this sample, which was written to test a program with; nobody makes any representation as to its accuracy or completeness, and everybody expressly disclaims any liability whatsoever for any loss howsoever arisen from or in reliance upon the whole or any part of it.\t
Cash Dividend Announcement for Equity Issuer\t
Issuer name\tLantau Kites and Lanterns Holdings Limited
Stock code\t{code}
Multi-counter stock code and currency\tNot applicable
Other related stock code(s) and name(s)\tNot applicable
Title of announcement\t{title}
Announcement date\t20 August 2024
Status\tNew announcement
Information relating to the dividend\t
Dividend type\tInterim (Semi-annual)
Dividend nature\tOrdinary
For the financial year end\t31 December 2024
Reporting period end for the dividend declared\t30 June 2024
Dividend declared\t{amount}
Date of shareholders' approval\tNot applicable
Information relating to Hong Kong share register\t
Default currency and amount in which the dividend will be paid\t{amount}
Exchange rate\tHKD 1 : HKD 1
Ex-dividend date\t03 September 2024
Latest time to lodge transfer documents for registration with share registrar for determining entitlement to the dividend\t04 September 2024 16:30
Book close period\tNot applicable
Record date\t04 September 2024
Payment date\t20 September 2024
Share registrar and its address\tHarbour Registrars Limited
\t12th Floor Example House 1 Example Road Wan Chai Hong Kong

Information relating to withholding tax\t
Details of withholding tax applied to the dividend declared\tNot applicable
Information relating to listed warrants / convertible securities issued by the issuer\t
Details of listed warrants / convertible securities issued by the issuer\tNot applicable
Other information\t
The kites are flown at the owners' risk and the lanterns are lit at dusk.\t
Directors of the issuer\t
As at the date of this sample the board of directors comprises Ms. Ada Example and Mr. Ben Example as executive directors, and Ms. Cho Example, Mr. Dan Example and Ms. Eve Example as independent non-executive directors.\t";

#[test]
fn a_good_form_has_the_size_of_a_real_one() {
    let sizes = good(100).iter().map(|filing| filing.record.value.as_ref().map_or(0, Vec::len)).collect::<Vec<_>>();
    assert!(sizes.iter().all(|size| (2_100..2_300).contains(size)), "{sizes:?}");
}

#[test]
fn a_mixed_stream_has_every_kind_for_every_issuer() {
    let filings = mixed(2_000);
    let mut seen = std::collections::BTreeSet::new();
    for filing in &filings {
        seen.insert((filing.record.key.clone(), filing.fate));
    }
    assert_eq!(seen.len(), ISSUERS * 3);
    let events = filings.iter().filter(|filing| filing.fate == Fate::Event).count();
    assert_eq!(events, 1_200);
}
