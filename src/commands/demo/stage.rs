//! The stage of the demo: the embedded broker, the service, and whoever watches both ends.

use std::time::{Duration, Instant};

use super::Failure;
use super::describe;
use super::page::Page;
use super::samples::{Expected, Sample};
use crate::cli::Demo;
use crate::commands::terminal::{Tone, has_colours, print};
use crate::config::{Config, LogFormat};
use crate::event::DividendEvent;
use crate::exit::Exit;
use crate::kafka::client::CallError;
use crate::kafka::standalone::embedded::Embedded;
use crate::kafka::standalone::range::{Next, Range, Stored};
use crate::kafka::standalone::writer::{Place, Writer};
use crate::record::dead_letter;
use crate::service::{self, Running};

/// The embedded broker lets a new group wait for further members for three seconds.
const READY_WITHIN: Duration = Duration::from_secs(30);
const OUTCOME_WITHIN: Duration = Duration::from_secs(20);
const PARTITIONS: i32 = 3;

/// The service's settings on the embedded broker, whose address is filled in when it is there.
pub(super) fn config(args: &Demo) -> Config {
    let mut config = Config::default();
    config.kafka.instance_id = "demo".into();
    config.http.listen = args.listen;
    config.log.format = LogFormat::Human;
    // A real broker answers a waiting fetch when a record comes; the embedded one only when the time to wait is over.
    config.kafka.properties.insert("fetch.wait.max.ms", "5");
    config
}

pub(super) struct Stage {
    config: Config,
    service: Running,
    writer: Writer,
    /// Events and dead letters, as they come.
    outputs: [Range; 2],
    /// The first event, as it stands in the topic.
    first_event: Option<String>,
    sent: u64,
    colours: bool,
    /// Dropped last.
    _broker: Embedded,
}

impl Stage {
    /// Starts broker and service, and waits until the service has its partitions.
    pub(super) fn set(mut config: Config) -> Result<Stage, Failure> {
        let broker = Embedded::start()?;
        config.kafka.bootstrap_servers = broker.bootstrap_servers();
        let kafka = &config.kafka;
        for topic in [&kafka.input_topic, &kafka.output_topic, &kafka.dead_letter_topic] {
            broker.create_topic(topic, PARTITIONS)?;
        }
        let service = service::start(config.clone())?;
        let (writer, outputs) = (
            Writer::open(kafka)?,
            [Range::onwards(kafka, &kafka.output_topic)?, Range::onwards(kafka, &kafka.dead_letter_topic)?],
        );
        let since = Instant::now();
        while let Err(reason) = service.health.readiness() {
            if since.elapsed() > READY_WITHIN {
                return Err(Failure::DoesNotAddUp(format!("the service is not ready: {}", reason.trim_end())));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Stage {
            config,
            service,
            writer,
            outputs,
            first_event: None,
            sent: 0,
            colours: has_colours(),
            _broker: broker,
        })
    }

    pub(super) fn introduce(&self, documents: usize) {
        let kafka = &self.config.kafka;
        print(&format!(
            "The whole of exdate on a Kafka broker inside this process; nothing leaves this machine.\n\
             It reads announcements from {} and writes dividend events to {};\n\
             what it cannot turn into an event goes to {}, with the reason.\n\
             Broker: {}   Metrics: http://{}/metrics\n\n\
             {documents} documents are sent, one after the other. The issuers are made up.\n\
             In brackets: the time from the document's arrival in Kafka to the commit of its outcome.\n",
            kafka.input_topic,
            kafka.output_topic,
            kafka.dead_letter_topic,
            kafka.bootstrap_servers,
            self.service.http_address,
        ));
    }

    /// Sends one document, waits until its outcome is committed, and tells it.
    pub(super) fn play(&mut self, number: usize, sample: &Sample) -> Result<(), Failure> {
        print(&format!("\n{number:>2}. {}\n", sample.title));
        let skipped_before = self.skips();
        let place = self.writer.send(&self.config.kafka.input_topic, &sample.record())?;
        let sent = Instant::now();
        self.sent += 1;
        self.wait_for_commit(number)?;
        let millis = sent.elapsed().as_millis();
        let reason = self.skips().into_iter().find(|reason| !skipped_before.contains(reason));
        let outcome = match reason {
            Some((reason, _)) => Outcome::Skipped(reason),
            None => self.outcome(number, place)?,
        };
        self.tell(&outcome, millis);
        match outcome.kind() == sample.expected {
            true => Ok(()),
            false => {
                Err(Failure::DoesNotAddUp(format!("document {number} was expected to be {}", word(sample.expected))))
            }
        }
    }

    /// Reasons for skips, with their counts.
    fn skips(&self) -> Vec<(String, u64)> {
        let page = Page::new(self.service.metrics.render());
        let reasons = page.labels("exdate_skipped_total").into_iter();
        reasons.map(|reason| (reason.to_owned(), page.sum("exdate_skipped_total", &format!("\"{reason}\"")))).collect()
    }

    fn wait_for_commit(&self, number: usize) -> Result<(), Failure> {
        let since = Instant::now();
        while Page::new(self.service.metrics.render()).sum("exdate_records_consumed_total", "") < self.sent {
            if since.elapsed() > OUTCOME_WITHIN {
                let health = self.service.health.readiness().err().unwrap_or_default();
                let message =
                    format!("nothing became of document {number} within {} s. {health}", OUTCOME_WITHIN.as_secs());
                return Err(Failure::DoesNotAddUp(message));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// The record that was written for the document at `place`.
    fn outcome(&mut self, number: usize, place: Place) -> Result<Outcome, Failure> {
        let since = Instant::now();
        while since.elapsed() < OUTCOME_WITHIN {
            for output in &mut self.outputs {
                let Next::Record(stored) = output.next(Duration::from_millis(5))? else { continue };
                let (origin, outcome) = read(&stored)?;
                if origin != place {
                    return Err(Failure::DoesNotAddUp(format!("document {number}: a record of another document came")));
                }
                if let (None, Outcome::Published(..), Some(value)) = (&self.first_event, &outcome, &stored.value) {
                    self.first_event = Some(String::from_utf8_lossy(value).into_owned());
                }
                return Ok(outcome);
            }
        }
        Err(Failure::DoesNotAddUp(format!(
            "document {number} was consumed, and neither published nor dead-lettered nor skipped"
        )))
    }

    fn tell(&self, outcome: &Outcome, millis: u128) {
        let (tone, lines) = match outcome {
            Outcome::Published(event) => {
                let mut lines = vec![event.corporate_action_id.clone()];
                lines.extend(describe::event(event));
                (Tone::Good, lines)
            }
            Outcome::DeadLetter(letter) => (Tone::Bad, describe::dead_letter(&letter.provenance)),
            Outcome::Skipped(reason) => (Tone::Doubtful, vec![reason.clone()]),
        };
        let word = tone.paint(&format!("{:<14}", word(outcome.kind())), self.colours);
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            match number {
                0 => text.push_str(&format!("    {word}{line}  ({millis} ms)\n")),
                _ => text.push_str(&format!("    {:<14}{line}\n", "")),
            }
        }
        print(&text);
    }

    /// Shows the first event in full.
    pub(super) fn show_event(&self) {
        if let Some(json) = &self.first_event {
            print(&format!(
                "\nThe first event in full, as it stands in the topic (one line there):\n\n{}\n",
                describe::in_full(json)
            ));
        }
    }

    /// Reads both topics once more and fetches the metrics, and holds all three against each other.
    pub(super) fn add_up(&self) -> Result<(), Failure> {
        let kafka = &self.config.kafka;
        let events = Range::to_now(kafka, &kafka.output_topic)?.read()?.len();
        let dead_letters = Range::to_now(kafka, &kafka.dead_letter_topic)?.read()?.len();
        let page = Page::fetch(self.service.http_address)?;
        let outcomes = |outcome: &str| page.sum("exdate_outcomes_total", &format!("\"{outcome}\""));
        let (consumed, published) = (page.sum("exdate_records_consumed_total", ""), outcomes("publish"));
        let (dead_lettered, skipped) = (outcomes("dead-letter"), outcomes("skip"));
        let adds_up = consumed == self.sent && consumed == published + dead_lettered + skipped;
        let is_stored = u64::try_from(events) == Ok(published) && u64::try_from(dead_letters) == Ok(dead_lettered);
        let sum =
            format!("{consumed} consumed = {published} published + {dead_lettered} dead-lettered + {skipped} skipped");
        if !adds_up || !is_stored {
            let found = format!(
                "{sent} sent; {sum}; the topics hold {events} events and {dead_letters} dead letters",
                sent = self.sent
            );
            return Err(Failure::DoesNotAddUp(found));
        }
        print(&format!(
            "\n{sum}\nThe metrics say so, and the topics hold {events} events and {dead_letters} dead letters: nothing lost, nothing twice.\n"
        ));
        Ok(())
    }

    /// Says what to try next; stays, when asked to.
    pub(super) fn conclude(&self, keep: bool) -> Result<(), Failure> {
        let program = std::env::args().next().unwrap_or_else(|| "exdate".to_owned());
        print(&format!(
            "\nWhat to try next:\n  \
             {program} parse --explain FILE   what is read from where; try src/commands/demo/samples/tea-final.zh.txt\n  \
             {program} demo --keep            this again, staying up for a look at the metrics\n  \
             {program} check                  whether your Kafka cluster is ready for exdate\n  \
             {program} run                    the service\n",
        ));
        if keep {
            let told = format!("\nStill up: http://{}/metrics. Ctrl-C ends it.\n", self.service.http_address);
            wait_for_signal(|| print(&told))?;
        }
        Ok(())
    }

    /// Stops the service as an operator would.
    pub(super) fn clear(self) -> Result<(), Failure> {
        match self.service.stop() {
            Exit::Success => Ok(()),
            exit => Err(Failure::DoesNotAddUp(format!("the service ended with exit code {}", exit as u8))),
        }
    }
}

/// `listening` is called once a signal will be heard: whoever reads what it prints may send one at once.
fn wait_for_signal(listening: impl FnOnce()) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        listening();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(())
    })
}

/// What became of a document.
enum Outcome {
    Published(Box<DividendEvent>),
    DeadLetter(Box<dead_letter::DeadLetter>),
    Skipped(String),
}

impl Outcome {
    fn kind(&self) -> Expected {
        match self {
            Outcome::Published(_) => Expected::Published,
            Outcome::DeadLetter(_) => Expected::DeadLetter,
            Outcome::Skipped(_) => Expected::Skipped,
        }
    }
}

fn word(kind: Expected) -> &'static str {
    match kind {
        Expected::Published => "published",
        Expected::DeadLetter => "dead-lettered",
        Expected::Skipped => "skipped",
    }
}

/// The document that a record was made of, and the outcome that the record is.
fn read(stored: &Stored) -> Result<(Place, Outcome), Failure> {
    let message = stored.message();
    if let Ok(letter) = dead_letter::decode(&message) {
        let origin = (letter.provenance.origin.partition, letter.provenance.origin.offset);
        return Ok((origin, Outcome::DeadLetter(Box::new(letter))));
    }
    let number = |name: &str| message.header(name).and_then(|text| text.parse::<i64>().ok());
    let origin =
        number("source-partition").and_then(|partition| i32::try_from(partition).ok()).zip(number("source-offset"));
    let event = message.value.and_then(|value| serde_json::from_slice(value).ok());
    let unreadable =
        || CallError { what: format!("read topic {}", stored.topic), why: "neither an event nor a dead letter".into() };
    let (origin, event) = origin.zip(event).ok_or_else(unreadable)?;
    Ok((origin, Outcome::Published(Box::new(event))))
}
