//! What exactly-once delivery costs: `exdate run` beside a bare transactional copy of the same records, on the same broker, in turns.
//!
//! An event is larger than its form and has four times its headers, so the same copier also copies the events: what is left beside that is the
//! reading of forms, and what exdate itself adds to the delivery.
//!
//! Idle latency is the time from producing one record to reading its event as committed. Throughput is that of a backlog: records
//! committed a second, from the first commit on, so that start and rebalance do not count. Only the ratios travel to other machines.
#![expect(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot measure ends")]
#![expect(clippy::print_stdout, reason = "the table is what it is for")]
#![expect(clippy::float_arithmetic, reason = "times and ratios, no money")]

#[path = "../tests/broker/harness/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod harness;

use std::time::{Duration, Instant};

use harness::copier::Copier;
use harness::filings::{self, Filing};
use harness::kafka::Kafka;
use harness::lane::Lane;
use harness::service::Service;
use harness::topics::{self, Found, Progress, Tail, Writer};
use harness::{PATIENCE, await_some};

/// Records of the backlog; at the largest batch size, ten transactions.
const BACKLOG: usize = 100_000;
const BATCHES: [usize; 3] = [500, 2_000, 10_000];
/// Each program has so many turns at each batch size.
const TURNS: usize = 5;
/// Records sent one at a time to each program, in so many turns.
const SINGLES: usize = 300;
const SINGLES_A_TURN: usize = 30;

/// At most this many times the bare copy's latency, at least this part of its throughput.
const LATENCY_GOAL: f64 = 1.5;
const THROUGHPUT_GOAL: f64 = 0.8;

fn main() {
    let servers = match std::env::var("KAFKA_BOOTSTRAP_SERVERS").ok().filter(|servers| !servers.is_empty()) {
        Some(servers) => (servers, None),
        None => {
            assert!(Kafka::is_installed(), "no broker: `make kafka` installs one, KAFKA_BOOTSTRAP_SERVERS names one");
            let kafka = Kafka::started("kafka-bench");
            (kafka.bootstrap_servers(), Some(kafka))
        }
    };
    let (servers, _kafka) = servers;
    println!(
        "\nexdate beside a bare transactional copy: one partition, forms of 2.2 kB, broker and clients on this machine\n"
    );
    println!("{:24} {:>12} {:>12} {:>7}   goal", "", "bare copy", "exdate", "ratio");
    latency(&servers);
    throughput(&servers);
}

// Latency.

fn latency(servers: &str) {
    let (copied, parsed) = (lane("idle-copy", servers), lane("idle-exdate", servers));
    let _copier = Copier::start(servers, &copied.input, &copied.output, &copied.group, 5_000);
    let _service = Service::ready(&parsed, "a", &[]);
    let mut probes = [Probe::new(&copied), Probe::new(&parsed)];
    let records = filings::good(SINGLES + 20);
    let (warm_up, measured) = records.split_at(20);
    for probe in &mut probes {
        warm_up.iter().for_each(|filing| {
            probe.time(filing);
        });
    }
    let mut times = [vec![], vec![]];
    for turn in measured.chunks(SINGLES_A_TURN) {
        for (probe, times) in probes.iter_mut().zip(&mut times) {
            times.extend(turn.iter().map(|filing| probe.time(filing).as_secs_f64() * 1_000.0));
        }
    }
    let [copy, exdate] = times.map(sorted);
    for (name, at, goal) in [("p50", 0.5, Some(LATENCY_GOAL)), ("p99", 0.99, None)] {
        let (copy, exdate) = (quantile(&copy, at), quantile(&exdate, at));
        let verdict = goal.map(|goal| (format!("at most {goal}"), exdate / copy <= goal));
        row(
            &format!("idle latency, {name}"),
            &format!("{copy:.1} ms"),
            &format!("{exdate:.1} ms"),
            exdate / copy,
            verdict,
        );
    }
}

/// Sends records one at a time and waits for what is made of each.
struct Probe<'a> {
    lane: &'a Lane,
    writer: Writer,
    tail: Tail,
}

impl Probe<'_> {
    fn new(lane: &Lane) -> Probe<'_> {
        Probe { lane, writer: Writer::to(&lane.servers), tail: Tail::from_beginning(&lane.servers, &lane.output) }
    }

    fn time(&mut self, filing: &Filing) -> Duration {
        // The topic is idle, for a time that is no multiple of anybody's timer.
        std::thread::sleep(Duration::from_millis(5 + filing.number as u64 * 7 % 23));
        let begun = Instant::now();
        self.writer.send(&self.lane.input, &filing.record);
        loop {
            match self.tail.next(Duration::from_secs(1)) {
                Some(Found::Record(_)) => return begun.elapsed(),
                _ => assert!(begun.elapsed() < PATIENCE, "nothing came out of {}", self.lane.folder.display()),
            }
        }
    }
}

// Throughput.

fn throughput(servers: &str) {
    let backlog = lane("backlog", servers);
    let writer = Writer::to(servers);
    for part in filings::good(BACKLOG).chunks(10_000) {
        let records: Vec<_> = part.iter().map(|filing| filing.record.clone()).collect();
        writer.write(&backlog.input, &records, None);
    }
    // The broker's own warm-up, with requests of either program. The events stay, to be copied too.
    copy_backlog(&backlog, "warm-copy", 2_000);
    let events = events_of(&backlog);
    let (mut parsing_us, mut beside_events) = (vec![], vec![]);
    for batch in BATCHES {
        let (mut copied, mut copied_events, mut parsed) = (vec![], vec![], vec![]);
        for turn in 0..TURNS {
            copied.push(copy_backlog(&backlog, &format!("copy-{batch}-{turn}"), batch));
            let (rate, record_us) = parse_backlog(&backlog, &format!("exdate-{batch}-{turn}"), batch);
            parsed.push(rate);
            parsing_us.push(record_us);
            copied_events.push(copy_backlog(&events, &format!("copy-events-{batch}-{turn}"), batch));
        }
        let [copied, copied_events, parsed] =
            [copied, copied_events, parsed].map(|rates| quantile(&sorted(rates), 0.5));
        let ratio = parsed / copied;
        let verdict = Some((format!("at least {THROUGHPUT_GOAL}"), ratio >= THROUGHPUT_GOAL));
        let name = format!("backlog, {batch} a batch");
        row(&name, &format!("{copied:.0} /s"), &format!("{parsed:.0} /s"), ratio, verdict);
        beside_events.push((name, copied_events, parsed));
    }
    println!("\nBeside the same copy of the events, which are larger than the forms:\n");
    for (name, copied, parsed) in beside_events {
        row(&name, &format!("{copied:.0} /s"), &format!("{parsed:.0} /s"), parsed / copied, None);
    }
    let parsing_us = quantile(&sorted(parsing_us), 0.5);
    println!("\nOf its time exdate spends {parsing_us:.0} µs a record on the way from bytes to outcome.");
}

/// The events of the backlog, as something to copy.
fn events_of(backlog: &Lane) -> Lane {
    let mut events = reader_of(backlog, "events");
    let service = Service::start(&events, "a", &[]);
    rate(&events);
    assert_eq!(service.terminate().0.code(), Some(0));
    events.input.clone_from(&events.output);
    events
}

fn copy_backlog(backlog: &Lane, name: &str, batch: usize) -> f64 {
    let mine = reader_of(backlog, name);
    let copier = Copier::start(&mine.servers, &mine.input, &mine.output, &mine.group, batch);
    let rate = rate(&mine);
    copier.stop();
    topics::delete(&mine.servers, &[&mine.output, &mine.dead_letter]);
    rate
}

/// Also gives the microseconds from a record's bytes to its outcome, on average.
fn parse_backlog(backlog: &Lane, name: &str, batch: usize) -> (f64, f64) {
    let mine = reader_of(backlog, name);
    let records = batch.to_string();
    // The number of records alone closes a batch, as in the copy.
    let settings = [
        ("delivery.batch_records", records.as_str()),
        ("delivery.batch_bytes", "256MiB"),
        ("delivery.batch_wait", "3s"),
    ];
    let service = Service::start(&mine, "a", &settings);
    let rate = rate(&mine);
    let page = service.page();
    let parsing_us = page.value("process_seconds_sum") / page.value("process_seconds_count") * 1e6;
    assert_eq!(service.terminate().0.code(), Some(0));
    topics::delete(&mine.servers, &[&mine.output, &mine.dead_letter]);
    (rate, parsing_us)
}

/// Records committed a second, from the first commit that is seen to the last.
fn rate(lane: &Lane) -> f64 {
    let progress = await_some("the group can be looked at", || Progress::of(&lane.servers, &lane.group, &lane.input));
    let total = || progress.total().unwrap_or_default();
    let first = await_some("a first commit", || Some(total()).filter(|committed| *committed > 0));
    let begun = Instant::now();
    await_some("the last commit", || (total() >= BACKLOG as i64).then_some(()));
    (BACKLOG as i64 - first) as f64 / begun.elapsed().as_secs_f64()
}

// Lanes and figures.

fn lane(name: &str, servers: &str) -> Lane {
    let lane = Lane::named(&format!("bench-{name}"), servers.to_owned());
    lane.create_topics(1);
    lane
}

/// A group and output topics of its own for one turn over the common backlog.
fn reader_of(backlog: &Lane, name: &str) -> Lane {
    let mut lane = Lane::named(&format!("bench-{name}"), backlog.servers.clone());
    lane.create_outputs(1);
    lane.input.clone_from(&backlog.input);
    lane
}

fn sorted(mut figures: Vec<f64>) -> Vec<f64> {
    figures.sort_by(f64::total_cmp);
    figures
}

fn quantile(sorted: &[f64], at: f64) -> f64 {
    let index = ((sorted.len() as f64 - 1.0) * at).round() as usize;
    *sorted.get(index).expect("figures")
}

fn row(name: &str, copy: &str, exdate: &str, ratio: f64, goal: Option<(String, bool)>) {
    let goal = goal.map_or(String::new(), |(goal, met)| format!("{goal}{}", if met { "" } else { ": missed" }));
    println!("{name:24} {copy:>12} {exdate:>12} {ratio:>7.2}   {goal}");
}
