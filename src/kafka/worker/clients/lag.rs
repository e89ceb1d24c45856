//! How far a worker is behind, from the fetcher's own figures.
//!
//! Once a second the client reports, for each partition, the last stable offset that the broker told with the latest fetch, the next offset to
//! fetch, and what is fetched and not yet handed out. Its own `consumer_lag` is wrong under transactions, because it never learns
//! of offsets that a producer commits; and asking the broker for end offsets would block the worker.
//! Transaction markers have offsets, too: a partition read to its end is 0 behind, whatever the subtraction says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;

use crate::kafka::worker::partition::Partition;
use crate::processor::Topic;

/// The ends of the assigned partitions.
pub(crate) struct Lag {
    topics: Arc<[Topic]>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// The client goes on to report partitions that are another's by now. Nobody here will move them on.
    assigned: BTreeSet<Partition>,
    ends: BTreeMap<Partition, End>,
}

/// The end of one partition, as of the latest report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    /// The last stable offset: what a reader of committed records may read up to.
    stable: i64,
    /// Where the group, or else the partition, begins: the position before the first record was handed out.
    start: i64,
    /// All up to the end is fetched, and nothing waits in the client's queue (it has one for all partitions).
    drained: bool,
    /// How many reports in a row have said so, with the same end.
    reports: u32,
}

/// So many reports in a row leave no doubt: one that was made before a seek may arrive after it.
const REPORTS_SURE: u32 = 8;

impl PartitionReport {
    fn end(&self) -> End {
        let start = [self.app_offset, self.committed_offset, self.lo_offset];
        let start = start.into_iter().find(|offset| *offset >= 0).unwrap_or(self.ls_offset);
        let drained = self.next_offset >= self.ls_offset && self.fetchq_cnt == 0;
        End { stable: self.ls_offset, start, drained, reports: 0 }
    }
}

impl End {
    /// The end, when everything before it was handed out: between the last record and it are markers and aborted records, and nothing else.
    pub(crate) fn read_through(self) -> Option<i64> {
        (self.reports >= REPORTS_SURE).then_some(self.stable)
    }

    fn after(self, before: Option<&End>) -> End {
        let same = before.filter(|before| self.drained && before.stable == self.stable);
        End { reports: same.map_or(0, |before| before.reports.saturating_add(1)), ..self }
    }

    /// Records between the next one to commit and the end; `next` is unknown before the first. `is_all_committed` says that nothing that was handed out
    /// waits for its commit, or to be read again.
    pub(crate) fn behind(self, next: Option<i64>, is_all_committed: bool) -> i64 {
        // Drained and committed, what the subtraction leaves are markers.
        if self.drained && is_all_committed { 0 } else { (self.stable - next.unwrap_or(self.start)).max(0) }
    }
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    brokers: HashMap<String, Broker>,
    #[serde(default)]
    topics: HashMap<String, TopicReport>,
}

#[derive(Deserialize)]
struct Broker {
    state: String,
}

#[derive(Deserialize)]
struct TopicReport {
    partitions: HashMap<String, PartitionReport>,
}

#[derive(Deserialize)]
struct PartitionReport {
    partition: i32,
    ls_offset: i64,
    lo_offset: i64,
    committed_offset: i64,
    next_offset: i64,
    app_offset: i64,
    fetchq_cnt: i64,
}

impl Lag {
    /// Of the inputs with these names.
    pub(crate) fn of(topics: &Arc<[Topic]>) -> Lag {
        Lag { topics: topics.clone(), inner: Mutex::default() }
    }

    /// Takes a report of the client; returns whether it has a connection to a broker.
    pub(crate) fn read(&self, statistics: &[u8]) -> bool {
        let Ok(report) = serde_json::from_slice::<Report>(statistics) else { return false };
        let mut inner = self.lock();
        let Inner { assigned, ends } = &mut *inner;
        for (input, topic) in self.topics.iter().enumerate() {
            let reported = report.topics.get(&*topic.name).into_iter().flat_map(|topic| topic.partitions.values());
            for reported in reported.filter(|reported| reported.ls_offset >= 0) {
                let partition = Partition { input, number: reported.partition };
                if assigned.contains(&partition) {
                    let end = reported.end().after(ends.get(&partition));
                    ends.insert(partition, end);
                }
            }
        }
        report.brokers.values().any(|broker| broker.state == "UP")
    }

    /// Whether, by the latest report, more records are to come behind these next offsets.
    pub(crate) fn more_is_coming(&self, next: impl Iterator<Item = (Partition, i64)>) -> bool {
        let inner = self.lock();
        let mut next = next;
        next.any(|(partition, next)| inner.ends.get(&partition).is_some_and(|end| end.behind(Some(next), true) > 0))
    }

    /// These are assigned from now on; all others are forgotten.
    pub(crate) fn keep(&self, assigned: &BTreeSet<Partition>) {
        let mut inner = self.lock();
        inner.assigned.clone_from(assigned);
        inner.ends.retain(|partition, _| assigned.contains(partition));
    }

    /// These partitions are read from elsewhere: what was reported of them says nothing any more.
    pub(crate) fn moved<'a>(&self, partitions: impl Iterator<Item = &'a Partition>) {
        let mut inner = self.lock();
        for partition in partitions {
            inner.ends.remove(partition);
        }
    }

    /// The ends that are known.
    pub(crate) fn ends(&self) -> BTreeMap<Partition, End> {
        self.lock().ends.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lag() -> Lag {
        Lag::of(&[Topic::new("t", "kafka.input_topic")].into())
    }

    fn partition(number: i32) -> Partition {
        Partition { input: 0, number }
    }

    fn end(app_offset: i64, next_offset: i64, ls_offset: i64, fetchq_cnt: i64) -> End {
        let lag = lag();
        lag.keep(&BTreeSet::from([partition(0)]));
        let report = format!(
            r#"{{"brokers":{{"b":{{"state":"UP"}}}},"topics":{{"t":{{"partitions":{{
            "0":{{"partition":0,"lo_offset":0,"committed_offset":-1001,"next_offset":{next_offset},"app_offset":{app_offset},"ls_offset":{ls_offset},"fetchq_cnt":{fetchq_cnt}}},
            "-1":{{"partition":-1,"lo_offset":-1001,"committed_offset":-1001,"next_offset":0,"app_offset":-1001,"ls_offset":-1001,"fetchq_cnt":0}}}}}}}}}}"#
        );
        assert!(lag.read(report.as_bytes()), "a broker is up");
        lag.ends().get(&partition(0)).copied().unwrap_or(End { stable: -1, start: -1, drained: false, reports: 0 })
    }

    #[test]
    fn a_partition_is_as_far_behind_as_its_next_offset_is_from_the_last_stable_one() {
        assert_eq!(end(40, 60, 100, 0).behind(Some(30), true), 70);
        assert_eq!(end(40, 100, 100, 60).behind(Some(30), true), 70, "fetched is not processed");
        assert_eq!(end(40, 60, 100, 0).behind(None, true), 60, "before the first batch, the client's position holds");
    }

    #[test]
    fn markers_at_the_end_are_nothing_to_wait_for() {
        assert_eq!(end(99, 100, 100, 0).behind(Some(99), true), 0);
        assert_eq!(end(99, 100, 100, 0).behind(Some(98), false), 2, "handed out is not committed");
    }

    #[test]
    fn a_partition_is_read_through_after_several_reports_and_no_longer_once_it_is_read_from_elsewhere() {
        let lag = lag();
        let ours = partition(0);
        lag.keep(&BTreeSet::from([ours]));
        let report = |next_offset: i64, end: i64| {
            let text = format!(
                r#"{{"topics":{{"t":{{"partitions":{{"0":{{"partition":0,"lo_offset":0,"committed_offset":-1001,"next_offset":{next_offset},
                "app_offset":95,"ls_offset":{end},"fetchq_cnt":0}}}}}}}}}}"#
            );
            lag.read(text.as_bytes());
            lag.ends().get(&ours).and_then(|end| end.read_through())
        };
        let mut told: Vec<Option<i64>> = (0..=REPORTS_SURE).map(|_| report(100, 100)).collect();
        assert_eq!(told.pop(), Some(Some(100)));
        assert!(told.iter().all(Option::is_none), "{told:?}");
        assert_eq!(report(100, 101), None, "more has come");
        for _ in 0..=REPORTS_SURE {
            report(101, 101);
        }
        assert_eq!(report(101, 101), Some(101));
        lag.moved([ours].iter());
        assert_eq!(report(101, 101), None);
    }

    #[test]
    fn a_position_past_an_old_report_is_no_negative_lag() {
        assert_eq!(end(40, 60, 100, 0).behind(Some(120), false), 0);
    }

    /// A partition that went to another and has input there would else look as if it stood still, and turn /livez red.
    #[test]
    fn a_partition_of_another_is_none_of_ours() {
        let lag = lag();
        let report =
            br#"{"brokers":{},"topics":{"t":{"partitions":{"3":{"partition":3,"lo_offset":0,"committed_offset":-1001,
            "next_offset":60,"app_offset":40,"ls_offset":100,"fetchq_cnt":0}}}}}"#;
        for (assigned, known) in
            [(BTreeSet::from([partition(3)]), 1), (BTreeSet::from([partition(4)]), 0), (BTreeSet::new(), 0)]
        {
            lag.keep(&assigned);
            lag.read(report);
            assert_eq!(lag.ends().len(), known, "{assigned:?}");
        }
    }

    #[test]
    fn a_report_that_is_none_says_that_no_broker_is_up() {
        assert!(!lag().read(b"{}"));
        assert!(!lag().read(b"nonsense"));
        assert!(!lag().read(br#"{"brokers":{"b":{"state":"TRY_CONNECT"}}}"#));
    }
}
