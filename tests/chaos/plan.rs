//! What is done to a run, and when: drawn from a seed, so that a failing run can be had again.

use std::fmt;
use std::time::Duration;

/// One run: its circumstances and its faults.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) filings: usize,
    pub(crate) partitions: i32,
    pub(crate) instances: usize,
    pub(crate) mode: Mode,
    pub(crate) batch_records: usize,
    /// The whole input lies there before the first instance starts; else it comes while the faults do.
    pub(crate) backlog: bool,
    pub(crate) steps: Vec<Step>,
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    ExactlyOnce,
    /// Duplicates are allowed, and counted; losses are not.
    AtLeastOnce,
}

/// A fault, so long after the one before has been dealt with.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) pause: Duration,
    pub(crate) fault: Fault,
}

/// What can happen to a service and its broker. A number is that of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// SIGKILL, then a new process.
    Kill(usize),
    /// SIGTERM, then a new process.
    Terminate(usize),
    /// SIGSTOP for longer than the session timeout, then SIGCONT: a zombie that still believes in its partitions.
    Freeze(usize),
    /// A further instance joins for a while, and leaves.
    Visit,
    /// A second process with the same instance id, and so the same transactional id.
    Twin(usize),
    /// The broker is stopped in good order and started.
    StopBroker,
    /// The broker is killed and started.
    KillBroker,
    /// The broker does not answer for longer than the transaction timeout.
    FreezeBroker,
}

impl Plan {
    /// Draws circumstances and faults; what the command line names is taken from there.
    pub(crate) fn draw(seed: u64, filings: usize, faults: usize, mode: Option<Mode>) -> Plan {
        let mut dice = Dice(seed);
        let partitions = dice.pick(&[1, 6]);
        let instances = dice.pick(&[1, 3]);
        let batch_records = dice.pick(&[10, 50, 750, 5000]);
        let drawn = if dice.below(5) == 0 { Mode::AtLeastOnce } else { Mode::ExactlyOnce };
        // A backlog outlasts the faults only in small batches.
        let backlog = batch_records <= 50 && dice.below(2) == 0;
        let steps = (0..faults).map(|_| Step::draw(&mut dice, instances)).collect();
        Plan { seed, filings, partitions, instances, mode: mode.unwrap_or(drawn), batch_records, backlog, steps }
    }
}

impl Step {
    fn draw(dice: &mut Dice, instances: usize) -> Step {
        let victim = dice.below(instances as u64) as usize;
        let fault = match dice.below(20) {
            0..8 => Fault::Kill(victim),
            8..10 => Fault::Terminate(victim),
            10..12 => Fault::Freeze(victim),
            12..14 => Fault::Visit,
            14..15 => Fault::Twin(victim),
            15..17 => Fault::StopBroker,
            17..19 => Fault::KillBroker,
            _ => Fault::FreezeBroker,
        };
        Step { pause: Duration::from_millis(1_000 + dice.below(2_000)), fault }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { seed, filings, partitions, instances, mode, batch_records, .. } = self;
        let shape = if self.backlog { "as a backlog" } else { "as a stream" };
        write!(
            to,
            "seed {seed}: {filings} filings {shape}, {partitions} partitions, {instances} instances, {mode:?}, \
             batches of {batch_records}, faults:"
        )?;
        self.steps.iter().try_for_each(|step| write!(to, " {:.1}s {:?}", step.pause.as_secs_f32(), step.fault))
    }
}

/// Pseudo-random numbers (SplitMix64): a few lines that never change, so that a seed stays what it was.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}
