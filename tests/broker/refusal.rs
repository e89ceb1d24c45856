//! Records that are too large for somebody: for the service, for the dead-letter topic, for both.

use crate::harness::filings::{self, Fate, Filing};
use crate::harness::lane::Lane;
use crate::harness::service::Service;
use crate::harness::topics::{self, Stored};

const MIB: usize = 1 << 20;

/// A filing that must become a dead letter, whose value is that large.
fn large(number: usize, bytes: usize) -> Filing {
    let mut filing = filings::mixed(number + 1).pop().expect("a filing");
    // Sixteen kinds of byte: it compresses, but not to nothing, and any cut shows.
    filing.record.value = Some((0..bytes).map(|at| 0xf0 | (at / 7 % 16) as u8).collect());
    filing.fate = Fate::DeadLetter;
    filing
}

#[test]
fn a_value_of_50_mb_is_dead_lettered_byte_for_byte() {
    let Some(servers) = crate::harness::shared::servers() else { return };
    let lane = Lane::named("large", servers);
    let room = (64 * MIB).to_string();
    let settings = [("max.message.bytes", room.as_str())];
    topics::create(&lane.servers, &lane.input, 1, &settings);
    topics::create(&lane.servers, &lane.output, 1, &[]);
    topics::create(&lane.servers, &lane.dead_letter, 1, &settings);
    let mut filings = filings::mixed(60);
    filings[30] = large(30, 50 * 1_000_000);
    let fed = lane.feed(filings);
    let service = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    let page = service.page_after(fed.len());
    assert!(page.adds_up());
    assert_eq!(page.value("errors_total{code=\"document-too-large\"}"), 1.0);
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_dead_letter_that_its_topic_refuses_is_truncated_and_the_others_go_through() {
    let Some(servers) = crate::harness::shared::servers() else { return };
    let lane = Lane::named("refused", servers);
    let room = (3 * MIB).to_string();
    topics::create(&lane.servers, &lane.input, 1, &[("max.message.bytes", &room)]);
    topics::create(&lane.servers, &lane.output, 1, &[]);
    topics::create(&lane.servers, &lane.dead_letter, 1, &[]);
    let mut filings = filings::mixed(400);
    filings[170] = large(170, 2 * MIB);
    let fed = lane.feed(filings);
    let service = Service::start(&lane, "a", &[]);
    lane.await_done(&fed);
    assert!(service.page().adds_up());
    let dead_letters = topics::read_committed(&lane.servers, &lane.dead_letter);
    let (cut, whole): (Vec<Stored>, Vec<Stored>) = dead_letters
        .into_iter()
        .partition(|letter| letter.header("__connect.errors.offset") == Some(&fed[170].offset.to_string()));
    let [cut] = cut.as_slice() else { panic!("{} dead letters of the large record", cut.len()) };
    let original = &fed[170].filing.record;
    let value = cut.value.as_deref().expect("what is left of the value");
    assert!(!value.is_empty() && original.value.as_deref().is_some_and(|whole| whole.starts_with(value)));
    assert_eq!(cut.key, original.key);
    assert_eq!(cut.header("dlq.error-codes").map(|codes| codes.contains("rejected-by-broker")), Some(true));
    assert!(
        cut.headers.iter().any(|(name, value)| name.starts_with("dlq.") && value.as_deref() == Some(b"2097152")),
        "the whole size is not told"
    );

    let events = topics::read_committed(&lane.servers, &lane.output);
    let others: Vec<_> = fed.into_iter().filter(|fed| fed.filing.number != 170).collect();
    let breaches = crate::harness::audit::audit(&others, &events, &whole);
    assert!(breaches.is_clean(), "{breaches}");
}
