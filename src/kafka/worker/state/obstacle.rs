//! Why a partition stands still until a person decides: going on would lose records without their being asked for.

use crate::telemetry::metrics::Standstill;

/// What is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// These offsets were deleted before they were read; the second is the first that there still is.
    Gap(i64, i64),
    /// The records from the first to before the second of these offsets cannot be read.
    Unreadable(i64, i64),
}

impl Obstacle {
    /// Its label on the metrics page.
    pub(crate) fn label(self) -> Standstill {
        match self {
            Obstacle::Gap(..) => Standstill::Gap,
            Obstacle::Unreadable(..) => Standstill::Unreadable,
        }
    }

    /// What it is, and what to do; `partition` is the name of topic and partition.
    pub(crate) fn describe(self, partition: &str) -> String {
        match self {
            Obstacle::Gap(from, to) => format!(
                "the offsets {from} to {last} of {partition} were deleted before they were read, and the partition stands still: see that retention \
                 keeps what is not read yet, then restart with --set delivery.on_gap=continue to go on at {to}",
                last = to - 1
            ),
            Obstacle::Unreadable(from, to) => format!(
                "the records at the offsets {from} to {last} of {partition} cannot be read (a wrong checksum, or a broken batch), and the partition stands \
                 still: mend the replica, or restart with --skip {partition}@{from}..{to} to step over them",
                last = to - 1
            ),
        }
    }
}
