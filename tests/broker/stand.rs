//! The test stand itself: what it starts can be stopped, killed and started again, and what it reads is true.

use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use crate::harness::copier::Copier;
use crate::harness::filings;
use crate::harness::kafka::Kafka;
use crate::harness::lane::Lane;
use crate::harness::leash::Leash;
use crate::harness::topics::{self, Found, Stored, Tail, Writer};
use crate::harness::{PATIENCE, fresh_folder, shared};

#[test]
fn a_program_on_a_leash_ends_with_its_holder() {
    let folder = fresh_folder("leash");
    let start = || Leash::start("sleep", &["600"], "", &folder, &folder.join("sleep.log"));
    let mut told = start();
    assert!(told.ended().is_none());
    told.signal("TERM");
    assert_eq!(told.wait(Duration::from_secs(10)).signal(), Some(15));
    let mut orphan = start();
    orphan.abandon();
    assert_eq!(orphan.wait(Duration::from_secs(10)).signal(), Some(9));
}

#[test]
fn a_copier_copies_what_the_stand_has_written() {
    let Some(lane) = Lane::open("copier", 3) else { return };
    let fed = lane.feed(filings::mixed(2_000));
    let copier = Copier::start(&lane.servers, &lane.input, &lane.output, &lane.group, 500);
    lane.await_done(&fed);
    copier.stop();
    let copies = topics::read_committed(&lane.servers, &lane.output);
    assert_eq!(copies.len(), fed.len());
    // Markers of transactions take offsets; what remains is the content, partition by partition in the order of the input.
    let content = |record: &Stored| (record.key.clone(), record.value.clone(), record.headers.clone());
    for partition in 0..3 {
        let wanted = fed.iter().filter(|fed| fed.partition == partition).map(|fed| content(&fed.filing.record));
        let copied = copies.iter().filter(|copy| copy.partition == partition).map(content);
        assert!(wanted.eq(copied), "partition {partition}");
    }
}

#[test]
fn a_tail_meets_a_record_that_is_sent_while_it_waits() {
    let Some(lane) = Lane::open("tail", 1) else { return };
    let mut tail = Tail::from_beginning(&lane.servers, &lane.input);
    assert!(matches!(tail.next(PATIENCE), Some(Found::End(0))));
    let filing = filings::good(1).remove(0);
    let writer = Writer::to(&lane.servers);
    writer.send(&lane.input, &filing.record);
    let Some(Found::Record(record)) = tail.next(PATIENCE) else { panic!("the record did not come") };
    assert_eq!(
        (&record.key, &record.value, &record.headers),
        (&filing.record.key, &filing.record.value, &filing.record.headers)
    );
}

#[test]
fn a_broker_comes_back_after_stop_and_kill_with_all_it_had() {
    if !shared::may_own("stop and kill of a broker") {
        return;
    }
    let mut kafka = Kafka::started("kafka-stand");
    let servers = kafka.bootstrap_servers();
    topics::create(&servers, "kept", 1, &[]);
    let records: Vec<_> = filings::good(10).into_iter().map(|filing| filing.record).collect();
    Writer::to(&servers).write("kept", &records, None);
    kafka.stop();
    assert!(!topics::serves(&servers));
    kafka.start();
    Writer::to(&servers).write("kept", &records, None);
    kafka.kill();
    kafka.start();
    let kept = topics::read_committed(&servers, "kept");
    assert_eq!(
        kept.iter().map(|record| &record.value).collect::<Vec<_>>(),
        records.iter().chain(&records).map(|r| &r.value).collect::<Vec<_>>()
    );
}
