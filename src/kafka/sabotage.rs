//! Mistakes of the delivery, on purpose: for the verifier (`tests/chaos`) to catch, and aborts that a broker would not produce on demand.
//!
//! They exist only in a build with the feature `sabotage`, where `EXDATE_SABOTAGE` chooses some by their names, divided by commas. In any other
//! build [`is`] is false by definition, and the compiler leaves out what hangs on it.

use crate::processor::Output;
use crate::record::Record;

/// What can go wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "sabotage"), expect(dead_code, reason = "chosen by name, in a build that has them"))]
pub(crate) enum Mistake {
    /// No mistake, but a hard life: one transaction of three is aborted when it is ready to commit. The guarantee must hold.
    AbortOneInThree,
    /// Offsets are committed before the records are, outside the transaction.
    CommitBeforeProduce,
    /// Offsets are committed after the transaction, outside it.
    CommitAfterTransaction,
    /// The client commits offsets whenever it likes.
    AutoCommit,
    /// After an abort, reading goes on behind the batch.
    NoRewind,
    /// The batch that was read during a commit which failed stays in its transaction.
    NextKept,
    /// The input's aborted transactions are read too.
    ReadUncommitted,
    /// One dead letter of ten is not written.
    DeadLetterDropped,
    /// One dead letter of ten has another value.
    DeadLetterAltered,
    /// Dead letters do not say where they come from.
    DeadLetterWithoutProvenance,
    /// Two neighbours of ten change places.
    NeighboursSwapped,
    /// SIGTERM ends the service well, and the exit code says otherwise.
    ExitOneAfterSigterm,
    /// The metrics count each committed batch twice.
    MetricsTooHigh,
}

pub(crate) use switch::{announce, dead_letter, hold_back, is, is_to_abort, take_held};

/// Whether the offsets travel outside the transaction.
pub(crate) fn offsets_go_another_way() -> bool {
    is(Mistake::CommitBeforeProduce) || is(Mistake::CommitAfterTransaction) || is(Mistake::AutoCommit)
}

#[cfg(not(feature = "sabotage"))]
mod switch {
    use crate::kafka::sabotage::{Mistake, Output, Record};

    pub(crate) fn announce() {}

    pub(crate) const fn is(_: Mistake) -> bool {
        false
    }

    pub(crate) const fn is_to_abort() -> bool {
        false
    }

    pub(crate) fn dead_letter(letter: Record) -> Option<Record> {
        Some(letter)
    }

    pub(crate) const fn hold_back(_: &Output) -> bool {
        false
    }

    pub(crate) const fn take_held() -> Option<Output> {
        None
    }
}

#[cfg(feature = "sabotage")]
mod switch {
    use std::cell::{Cell, RefCell};
    use std::sync::LazyLock;
    use std::time::{SystemTime, UNIX_EPOCH};

    use crate::kafka::sabotage::{Mistake, Output, Record};

    const NAMES: [(&str, Mistake); 13] = [
        ("abort-one-in-three", Mistake::AbortOneInThree),
        ("commit-before-produce", Mistake::CommitBeforeProduce),
        ("commit-after-transaction", Mistake::CommitAfterTransaction),
        ("auto-commit", Mistake::AutoCommit),
        ("no-rewind", Mistake::NoRewind),
        ("next-kept", Mistake::NextKept),
        ("read-uncommitted", Mistake::ReadUncommitted),
        ("dead-letter-dropped", Mistake::DeadLetterDropped),
        ("dead-letter-altered", Mistake::DeadLetterAltered),
        ("dead-letter-without-provenance", Mistake::DeadLetterWithoutProvenance),
        ("neighbours-swapped", Mistake::NeighboursSwapped),
        ("exit-1-after-sigterm", Mistake::ExitOneAfterSigterm),
        ("metrics-too-high", Mistake::MetricsTooHigh),
    ];

    static CHOSEN: LazyLock<Vec<Mistake>> = LazyLock::new(|| {
        let names = std::env::var("EXDATE_SABOTAGE").unwrap_or_default();
        let chosen = names.split(',').filter(|name| !name.is_empty());
        chosen.filter_map(|name| NAMES.iter().find(|(known, _)| *known == name).map(|(_, mistake)| *mistake)).collect()
    });

    thread_local! {
        /// Dead letters, and records, of this worker so far.
        static LETTERS: Cell<usize> = const { Cell::new(0) };
        static RECORDS: Cell<usize> = const { Cell::new(0) };
        static HELD: RefCell<Option<Output>> = const { RefCell::new(None) };
    }

    /// Says at the start that this is no build to be used.
    pub(crate) fn announce() {
        tracing::warn!(mistakes = ?*CHOSEN, "a build for tests, which makes mistakes when it is told to");
    }

    pub(crate) fn is(mistake: Mistake) -> bool {
        CHOSEN.contains(&mistake)
    }

    /// Whether this transaction is one of the three.
    pub(crate) fn is_to_abort() -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        is(Mistake::AbortOneInThree) && now.as_micros().is_multiple_of(3)
    }

    /// A dead letter as it is written; `None` when it is not.
    pub(crate) fn dead_letter(mut letter: Record) -> Option<Record> {
        let is_tenth = one_of_ten(&LETTERS);
        if is(Mistake::DeadLetterDropped) && is_tenth {
            return None;
        }
        if is(Mistake::DeadLetterAltered) && is_tenth {
            letter.value.get_or_insert_default().push(b'!');
        }
        if is(Mistake::DeadLetterWithoutProvenance) {
            letter.headers.retain(|(name, _)| !name.starts_with("__connect."));
        }
        Some(letter)
    }

    /// Whether this record waits for its successor to be sent.
    pub(crate) fn hold_back(output: &Output) -> bool {
        let holds = is(Mistake::NeighboursSwapped) && one_of_ten(&RECORDS);
        if holds {
            HELD.set(Some(output.clone()));
        }
        holds
    }

    /// The record that has waited.
    pub(crate) fn take_held() -> Option<Output> {
        HELD.take()
    }

    fn one_of_ten(count: &'static std::thread::LocalKey<Cell<usize>>) -> bool {
        let so_far = count.get();
        count.set(so_far + 1);
        so_far.is_multiple_of(10)
    }
}
