//! Proof that the verifier can fail: mutants of the delivery, compiled in by the feature `sabotage`, and circumstances in which each shows.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use super::OWN_BUILD;
use super::harness::kafka::Kafka;
use super::plan::{Dice, FORCED_ABORTS, Fault, Mode, Plan, Step};
use super::round;
use super::table;
use super::verdict::{Breach, Report};

/// A mutant, what else has to go wrong for it to show, and what it must be caught by; none for the control.
struct Mutant {
    name: &'static str,
    what: &'static str,
    with: &'static str,
    kills: usize,
    caught_by: Option<Breach>,
}

const fn mutant(name: &'static str, what: &'static str, kills: usize, caught_by: Breach) -> Mutant {
    Mutant { name, what, with: "", kills, caught_by: Some(caught_by) }
}

const MUTANTS: [Mutant; 13] = [
    Mutant { name: "", what: "none: the control", with: FORCED_ABORTS, kills: 4, caught_by: None },
    mutant("commit-before-produce", "offsets committed before producing", 12, Breach::Lost),
    mutant("commit-after-transaction", "offsets committed after the transaction, outside it", 16, Breach::Twice),
    mutant("auto-commit", "offsets committed by the client's auto-commit", 6, Breach::Twice),
    Mutant { with: FORCED_ABORTS, ..mutant("no-rewind", "no seek back after an abort", 1, Breach::Lost) },
    Mutant {
        with: FORCED_ABORTS,
        ..mutant("next-kept", "the batch read during a failed commit kept in its transaction", 1, Breach::Twice)
    },
    mutant("read-uncommitted", "input read uncommitted", 1, Breach::Altered),
    mutant("dead-letter-dropped", "one dead letter of ten dropped", 1, Breach::Lost),
    mutant("dead-letter-altered", "one byte of one dead letter of ten altered", 1, Breach::Altered),
    mutant(
        "dead-letter-without-provenance",
        "dead letters without the headers that say from where",
        1,
        Breach::Altered,
    ),
    mutant("neighbours-swapped", "two neighbours of ten swapped", 1, Breach::Disordered),
    mutant("exit-1-after-sigterm", "exit code 1 after SIGTERM", 1, Breach::Exit),
    mutant("metrics-too-high", "a committed batch counted twice", 1, Breach::Metrics),
];

/// A mutant, and what the verifier said of it.
pub(crate) struct Trial {
    mutant: &'static Mutant,
    report: Report,
}

impl Trial {
    /// Whether the mutant was caught by what it must be caught by, or the control was clean.
    pub(crate) fn is_right(&self) -> bool {
        let kinds = self.report.kinds();
        self.mutant.caught_by.map_or(kinds.is_empty(), |kind| kinds.contains_key(&kind))
    }

    fn verdict(&self) -> &'static str {
        match (self.is_right(), self.mutant.caught_by) {
            (true, None) => "clean",
            (true, Some(_)) => "caught",
            (false, None) => "NOT CLEAN",
            (false, Some(_)) => "NOT CAUGHT",
        }
    }
}

/// Runs the verifier against the mutants of these names, or all, on one broker; `note` sees what there is after each of them.
pub(crate) fn run(names: &[String], note: impl Fn(&[Trial])) -> Vec<Trial> {
    if !cfg!(feature = "sabotage") {
        panic!("mutants are compiled in by `--features sabotage`: `make mutants`");
    }
    let mut kafka = Kafka::started("chaos-kafka-mutants");
    let chosen = MUTANTS.iter().filter(|mutant| names.is_empty() || names.iter().any(|name| name == mutant.name));
    let mut trials = Vec::new();
    for mutant in chosen {
        println!("{}", mutant.what);
        let plan = mutant.plan();
        let name = format!("mutant-{}", if mutant.name.is_empty() { "none" } else { mutant.name });
        let trial = Trial { report: round::run(plan, &name, Path::new(OWN_BUILD), &mut kafka), mutant };
        println!("  {} in {:.0} s", table::verdict(&trial.report), trial.report.wall.as_secs_f32());
        trial.report.breaches.iter().take(3).for_each(|(kind, what)| println!("    ({}) {what}", kind.name()));
        println!("  {}", trial.verdict());
        trials.push(trial);
        note(&trials);
    }
    let wrong: Vec<&str> = trials.iter().filter(|trial| !trial.is_right()).map(|trial| trial.mutant.what).collect();
    println!("{} runs, {} wrong {wrong:?}", trials.len(), wrong.len());
    trials
}

/// The table that stands in the repository.
pub(crate) fn markdown(trials: &[Trial]) -> String {
    let mut text = "Each is a build of the service with one mistake in its delivery, run as above; the verifier must find the breach that \
        the mistake leads to.\n\n| mutant | kills | must be caught by | found | verdict |\n| --- | ---: | --- | --- | --- |\n"
        .to_owned();
    for trial in trials {
        let Mutant { what, kills, caught_by, .. } = trial.mutant;
        let (wanted, found) = (caught_by.map_or("nothing", Breach::name), table::verdict(&trial.report));
        let _ = writeln!(
            text,
            "| {what} | {kills} | {wanted} | {} | {} |",
            found.trim_start_matches("BREACHED: "),
            trial.verdict()
        );
    }
    text
}

impl Mutant {
    /// A backlog in small batches, and kills in quick succession: most of them meet a batch half-way.
    fn plan(&self) -> Plan {
        let mut dice = Dice(7);
        let pause = |dice: &mut Dice| Duration::from_millis(500 + dice.below(1_000));
        let steps = (0..self.kills).map(|_| Step { pause: pause(&mut dice), fault: Fault::Kill(0) }).collect();
        let sabotage: Vec<&str> = [self.name, self.with].into_iter().filter(|name| !name.is_empty()).collect();
        Plan {
            seed: 0,
            filings: 600 + 1_200 * self.kills,
            partitions: 1,
            instances: 1,
            mode: Mode::ExactlyOnce,
            batch_records: 10,
            backlog: true,
            oversized: false,
            expiry: false,
            sabotage: sabotage.join(","),
            steps,
        }
    }
}
