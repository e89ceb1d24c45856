//! What one test has to itself on a shared broker: three topics, a group, a folder.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::audit::{self, Breaches, Fed};
use super::filings::{Fate, Filing};
use super::topics::{self, Progress, Writer};
use super::{await_some, fresh_folder, shared};

/// One test's own part of a broker.
pub(crate) struct Lane {
    pub(crate) servers: String,
    pub(crate) input: String,
    pub(crate) output: String,
    pub(crate) dead_letter: String,
    pub(crate) group: String,
    /// For configuration files and logs; left behind.
    pub(crate) folder: PathBuf,
}

impl Lane {
    /// Makes the topics on the shared broker; `None` when there is none (and that is accepted).
    pub(crate) fn open(name: &str, partitions: i32) -> Option<Lane> {
        let lane = Lane::named(name, shared::servers()?);
        lane.create_topics(partitions);
        Some(lane)
    }

    /// Names only; nothing is made yet.
    pub(crate) fn named(name: &str, servers: String) -> Lane {
        // Also on a broker that was given and that has seen earlier runs.
        let group = format!("exdate-{name}-{}", std::process::id());
        let topic = |suffix: &str| format!("{group}.{suffix}");
        let (input, output, dead_letter) = (topic("raw"), topic("dividends"), topic("dead-letter"));
        Lane { servers, input, output, dead_letter, group, folder: fresh_folder(name) }
    }

    /// Input and output of so many partitions; dead letters have one.
    pub(crate) fn create_topics(&self, partitions: i32) {
        self.create_input(partitions);
        self.create_outputs(partitions);
    }

    /// The input topic alone.
    pub(crate) fn create_input(&self, partitions: i32) {
        topics::create(&self.servers, &self.input, partitions, &[]);
    }

    /// The output topic, of so many partitions, and the dead-letter topic, of one.
    pub(crate) fn create_outputs(&self, partitions: i32) {
        topics::create(&self.servers, &self.output, partitions, &[]);
        topics::create(&self.servers, &self.dead_letter, 1, &[]);
    }

    /// Writes filings to the input topic, in order, and says where they are.
    pub(crate) fn feed(&self, filings: Vec<Filing>) -> Vec<Fed> {
        self.feed_with(&Writer::to(&self.servers), filings)
    }

    /// The same with a writer that is there already.
    pub(crate) fn feed_with(&self, writer: &Writer, filings: Vec<Filing>) -> Vec<Fed> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
        let mut filings = filings;
        filings.iter_mut().for_each(|filing| filing.record.timestamp_ms = i64::try_from(now.as_millis()).ok());
        let records: Vec<_> = filings.iter().map(|filing| filing.record.clone()).collect();
        let places = writer.write(&self.input, &records, None);
        filings.into_iter().zip(places).map(|(filing, (partition, offset))| Fed { filing, partition, offset }).collect()
    }

    /// Waits until the group has committed all that was fed.
    pub(crate) fn await_done(&self, fed: &[Fed]) {
        let what = format!("the group commits to the end of its input; logs: {}", self.folder.display());
        await_some(&what, || self.is_done(fed).then_some(()));
    }

    /// Whether the group has committed all that was fed.
    pub(crate) fn is_done(&self, fed: &[Fed]) -> bool {
        topics::committed(&self.servers, &self.group, &self.input)
            .is_some_and(|committed| covers(&committed, &ends(fed)))
    }

    /// Waits until the group has committed at least that many records.
    pub(crate) fn await_committed(&self, records: i64) {
        let what = format!("the group commits {records} records; logs: {}", self.folder.display());
        let progress = await_some(&what, || Progress::of(&self.servers, &self.group, &self.input));
        await_some(&what, || (progress.total()? >= records).then_some(()));
    }

    /// Reads both output topics back, and compares them with what was fed.
    pub(crate) fn audit(&self, fed: &[Fed]) -> Breaches {
        let events = topics::read_committed(&self.servers, &self.output);
        let dead_letters = topics::read_committed(&self.servers, &self.dead_letter);
        audit::audit(fed, &events, &dead_letters)
    }

    /// The same, and each input has exactly its outcome.
    pub(crate) fn assert_exactly_once(&self, fed: &[Fed]) {
        let breaches = self.audit(fed);
        assert!(breaches.is_clean(), "{breaches}logs: {}", self.folder.display());
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // A broker of our own goes with its data.
        if shared::is_given(&self.servers) {
            topics::delete(&self.servers, &[&self.input, &self.output, &self.dead_letter]);
        }
    }
}

/// How many filings have this fate.
pub(crate) fn count(fed: &[Fed], fate: Fate) -> usize {
    fed.iter().filter(|fed| fed.filing.fate == fate).count()
}

/// Whether offsets are at least these. (Behind the last record may stand aborted ones and markers, which are committed as read, too.)
pub(crate) fn covers(committed: &BTreeMap<i32, i64>, ends: &BTreeMap<i32, i64>) -> bool {
    ends.iter().all(|(partition, end)| committed.get(partition).is_some_and(|committed| committed >= end))
}

/// The next offset of each partition that was fed.
pub(crate) fn ends(fed: &[Fed]) -> BTreeMap<i32, i64> {
    let mut ends = BTreeMap::new();
    for fed in fed {
        let end = ends.entry(fed.partition).or_insert(0);
        *end = (fed.offset + 1).max(*end);
    }
    ends
}
