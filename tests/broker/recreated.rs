//! The input topic is deleted and made anew under its name, in the middle of the work: its offsets begin again at 0, and every position of old
//! lies somewhere in the new records.

use crate::harness::audit;
use crate::harness::await_some;
use crate::harness::filings::{self, Fate};
use crate::harness::lane::Lane;
use crate::harness::service::Service;
use crate::harness::topics::{self, Stored};

const SMALL: &[(&str, &str)] = &[("delivery.batch_records", "50")];

/// Filings in the first topic; those of the second have higher numbers.
const FIRST: usize = 3_000;

#[test]
fn a_topic_that_is_made_anew_is_read_from_its_start_and_nothing_of_it_is_lost() {
    let Some(lane) = Lane::open("recreated", 2) else { return };
    let first = lane.feed(filings::mixed(FIRST));
    let mut service = Service::start(&lane, "a", SMALL);
    lane.await_committed(500);
    topics::delete(&lane.servers, &[&lane.input]);
    await_some("the topic is gone", || topics::ends(&lane.servers, &lane.input).is_none().then_some(()));
    lane.create_input(2);
    let second = lane.feed(filings::mixed(FIRST + 2_000).split_off(FIRST));
    lane.await_done(&second);
    assert!(service.runs() && service.is_live());
    assert!(service.page().adds_up());

    let read = |topic: &str| -> (Vec<Stored>, Vec<Stored>) {
        topics::read_committed(&lane.servers, topic).into_iter().partition(|record| number(record) < FIRST)
    };
    let ((first_events, second_events), (first_dead, second_dead)) = (read(&lane.output), read(&lane.dead_letter));
    let breaches = audit::audit(&second, &second_events, &second_dead);
    assert!(breaches.is_clean(), "the second topic: {breaches}logs: {}", lane.folder.display());
    // What of the first was not read in time went with it.
    let breaches = audit::audit(&first, &first_events, &first_dead);
    let lost = breaches.lost.len();
    assert!(
        breaches.twice.is_empty() && breaches.altered.is_empty() && breaches.disordered.is_empty(),
        "the first topic: {breaches}logs: {}",
        lane.folder.display()
    );
    let due = first.iter().filter(|fed| fed.filing.fate != Fate::Skip).count();
    assert!(lost < due, "nothing was read of the first topic");
    assert_eq!(service.terminate().0.code(), Some(0));
}

/// The number of the filing that an outcome was made from: dead letters keep its header, events say it in their title.
fn number(record: &Stored) -> usize {
    let header = record.header("filing-id").and_then(|id| id.strip_prefix("2024082"));
    let text = String::from_utf8_lossy(record.value.as_deref().unwrap_or_default()).into_owned();
    let title = || text.split("six months, filing ").nth(1)?.get(..7).map(str::to_owned);
    let number = header.map(str::to_owned).or_else(title).and_then(|digits| digits.parse().ok());
    number.expect("an outcome that tells its filing")
}
