//! The stream of filings: numbered, spread over a time, with records among them that are too large for the topics behind, and with aborted
//! transactions that nobody may read.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use super::harness::audit::Fed;
use super::harness::filings::{self, Filing};
use super::harness::lane::{self, Lane};
use super::harness::topics::{self, Writer};

/// More than the output topics take; the input topic takes [`INPUT_LIMIT`].
const OVERSIZED_BYTES: usize = 3 << 19;

/// The largest record of the input topic.
const INPUT_LIMIT: &str = "4194304";

/// A part of the stream comes this often: so often that a group which waits for input does not look like one that stands still.
const PACE: Duration = Duration::from_millis(250);

/// Parts of a backlog, which comes at once.
const BACKLOG_PARTS: usize = 16;

/// Aborted transactions in the stream.
const ABORTED: usize = 8;

/// What was fed so far.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    fed: Vec<Fed>,
    ends: BTreeMap<i32, i64>,
    /// More is to come by itself.
    streaming: bool,
}

impl Ledger {
    /// The next offset of each partition that was fed.
    pub(crate) fn ends(&self) -> BTreeMap<i32, i64> {
        self.lock().ends.clone()
    }

    /// Whether more is to come by itself, soon and for every partition.
    pub(crate) fn is_streaming(&self) -> bool {
        self.lock().streaming
    }

    /// All of it.
    pub(crate) fn into_fed(self) -> Vec<Fed> {
        self.0.into_inner().expect("a feeder without panic").fed
    }

    /// Writes filings to the input topic, and notes where they are.
    pub(crate) fn feed(&self, lane: &Lane, filings: Vec<Filing>) {
        self.feed_with(&Writer::to(&lane.servers), lane, filings);
    }

    fn feed_with(&self, writer: &Writer, lane: &Lane, filings: Vec<Filing>) {
        let written = lane.feed_with(writer, filings);
        let mut inner = self.lock();
        inner.ends.extend(lane::ends(&written));
        inner.fed.extend(written);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nobody panics with it")
    }
}

/// The input topic, which takes more than the topics behind it, and these.
pub(crate) fn create_topics(lane: &Lane, partitions: i32) {
    topics::create(&lane.servers, &lane.input, partitions, &[("max.message.bytes", INPUT_LIMIT)]);
    lane.create_outputs(partitions);
}

/// The filings of a run, two of them oversized when that is asked for.
pub(crate) fn filings(count: usize, oversized: bool) -> Vec<Filing> {
    let mut filings = filings::mixed(count);
    if oversized {
        for number in [count / 3, count / 3 * 2] {
            filings[number] = filings::oversized(number, OVERSIZED_BYTES);
        }
    }
    filings
}

/// Writes the stream, spread over a time, which may be none.
pub(crate) fn stream(lane: &Lane, filings: Vec<Filing>, over: Duration, ledger: &Ledger) {
    let (begun, count) = (Instant::now(), filings.len());
    let parts = BACKLOG_PARTS.max((over.as_millis() / PACE.as_millis()) as usize);
    let writer = Writer::of_many(&lane.servers);
    let mut filings = filings.into_iter();
    ledger.lock().streaming = true;
    for part in 0..parts {
        std::thread::sleep((over * part as u32 / parts as u32).saturating_sub(begun.elapsed()));
        if part % (parts / ABORTED) == 0 {
            phantoms(lane, part);
        }
        let size = count * (part + 1) / parts - count * part / parts;
        ledger.feed_with(&writer, lane, filings.by_ref().take(size).collect());
    }
    ledger.lock().streaming = false;
}

/// Good filings in a transaction that is aborted: an outcome of theirs names an input that nobody wrote.
fn phantoms(lane: &Lane, part: usize) {
    let phantoms: Vec<_> = filings::good(10).into_iter().map(|filing| filing.record).collect();
    let id = format!("{}.phantoms.{part}", lane.group);
    // A broker that is away just now is part of the game; there are others.
    let _ = topics::write_aborted(&lane.servers, &lane.input, &id, &phantoms);
}
