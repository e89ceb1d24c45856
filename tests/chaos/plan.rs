//! What is done to a run, and when: circumstances from the seed's residue, faults drawn from the seed, so that a failing run can be had again.
//!
//! Twenty seeds in a row are the matrix: every circumstance with every other that matters to it, and every fault several times.

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
    /// Among the filings are some that the broker refuses as too large, as events and as dead letters.
    pub(crate) oversized: bool,
    /// After the faults everything idles until the broker has forgotten the producers and their transactional ids.
    pub(crate) expiry: bool,
    /// What is compiled into the program under test for this run, by the names that it knows: forced aborts, or a mutant.
    pub(crate) sabotage: String,
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
    /// SIGKILL, and a process of another name in its place: nobody but the broker's timeout ends the transaction that was left open.
    Abandon(usize),
    /// The broker is stopped in good order and started.
    StopBroker,
    /// The broker is killed and started.
    KillBroker,
    /// The broker does not answer for longer than the transaction timeout.
    FreezeBroker,
    /// The broker has forgotten the idle producers and their transactional ids (at the end of a run, see [`Plan::expiry`]).
    Expire,
}

/// Aborts one transaction of three on purpose.
pub(crate) const FORCED_ABORTS: &str = "abort-one-in-three";

/// The faults other than kills, in the order in which the seeds take turns with them.
const TURNS: [fn(usize) -> Fault; 9] = [
    |_| Fault::KillBroker,
    Fault::Freeze,
    |_| Fault::StopBroker,
    Fault::Abandon,
    |_| Fault::FreezeBroker,
    Fault::Twin,
    |_| Fault::Visit,
    Fault::Terminate,
    Fault::Abandon,
];

impl Plan {
    /// Takes the circumstances from the seed's residue, and draws the faults; what the command line names is taken from there.
    pub(crate) fn draw(seed: u64, filings: usize, faults: usize, mode: Option<Mode>) -> Plan {
        let mut dice = Dice(seed);
        let row = seed % 20;
        let is_set = |bit: u64| row >> bit & 1 == 1;
        let (instances, backlog) = (if is_set(1) { 3 } else { 1 }, is_set(2));
        let drawn = if row % 5 == 4 { Mode::AtLeastOnce } else { Mode::ExactlyOnce };
        let mode = mode.unwrap_or(drawn);
        let aborts = is_set(3) && mode == Mode::ExactlyOnce;
        let batch_records = match (backlog, aborts) {
            // A backlog outlasts the faults only in small batches.
            (true, false) => dice.pick(&[10, 25]),
            // Each abort costs a pause, and the next batch begins with the same partition again: smaller ones would starve the others.
            (true, true) => 750,
            _ => dice.pick(&[50, 750, 5000]),
        };
        Plan {
            seed,
            filings,
            partitions: if is_set(0) { 6 } else { 1 },
            instances,
            mode,
            batch_records,
            backlog,
            oversized: seed.is_multiple_of(3),
            // Only transactions have ids that expire.
            expiry: mode == Mode::ExactlyOnce && seed % 5 == 2,
            sabotage: if aborts { FORCED_ABORTS.to_owned() } else { String::new() },
            steps: steps(seed, faults, instances, &mut dice),
        }
    }

    /// How long the faults and the service's recoveries are likely to take together.
    pub(crate) fn span(&self) -> Duration {
        self.steps.iter().map(|step| step.pause + step.fault.span()).sum()
    }

    /// Whether the program under test aborts transactions on purpose.
    pub(crate) fn aborts(&self) -> bool {
        self.sabotage.contains(FORCED_ABORTS)
    }
}

/// Kills, one to three seconds apart, and among them the faults whose turn it is: three for each five kills.
fn steps(seed: u64, faults: usize, instances: usize, dice: &mut Dice) -> Vec<Step> {
    let turns = (faults * 3).div_ceil(8);
    let mut drawn: Vec<Fault> = Vec::new();
    for number in 0..faults {
        let victim = dice.below(instances as u64) as usize;
        let turn = (seed as usize).wrapping_mul(3).wrapping_add(number + seed as usize / 3) % TURNS.len();
        drawn.push(if number < turns { TURNS[turn](victim) } else { Fault::Kill(victim) });
    }
    // Shuffled (Fisher and Yates).
    for last in (1..drawn.len()).rev() {
        drawn.swap(last, dice.below(last as u64 + 1) as usize);
    }
    drawn.into_iter().map(|fault| Step { pause: Duration::from_millis(1_000 + dice.below(2_000)), fault }).collect()
}

impl Fault {
    /// What it is called, whomever it befalls.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Fault::Kill(_) => "kill",
            Fault::Terminate(_) => "terminate",
            Fault::Freeze(_) => "freeze",
            Fault::Visit => "join and leave",
            Fault::Twin(_) => "twin",
            Fault::Abandon(_) => "open transaction",
            Fault::StopBroker => "broker stop",
            Fault::KillBroker => "broker kill",
            Fault::FreezeBroker => "broker freeze",
            Fault::Expire => "expired ids",
        }
    }

    fn span(self) -> Duration {
        Duration::from_millis(match self {
            Fault::Kill(_) | Fault::Terminate(_) => 1_500,
            Fault::Freeze(_) | Fault::Expire => 11_000,
            Fault::Visit => 5_000,
            Fault::Twin(_) | Fault::Abandon(_) | Fault::FreezeBroker => 8_000,
            Fault::StopBroker | Fault::KillBroker => 7_000,
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "seed {}: {} filings, {}, faults:", self.seed, self.filings, self.circumstances())?;
        self.steps.iter().try_for_each(|step| write!(to, " {:.1}s {:?}", step.pause.as_secs_f32(), step.fault))
    }
}

impl Plan {
    /// All but the faults, in words.
    pub(crate) fn circumstances(&self) -> String {
        let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let mut parts = vec![
            if self.mode == Mode::ExactlyOnce { "exactly-once" } else { "at-least-once" }.to_owned(),
            plural(self.partitions as usize, "partition"),
            plural(self.instances, "instance"),
            if self.backlog { "backlog" } else { "fed live" }.to_owned(),
            format!("batches of {}", self.batch_records),
        ];
        let extra =
            [(self.oversized, "oversized records"), (self.expiry, "ids expire"), (self.aborts(), "1 in 3 aborted")];
        parts.extend(extra.into_iter().filter(|(is, _)| *is).map(|(_, what)| what.to_owned()));
        parts.join(", ")
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
