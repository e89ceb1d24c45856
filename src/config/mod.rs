//! Typed settings: file, then environment, then flags. Every problem in one report, with its path.
//!
//! A setting is a field of [`Config`] with its default, a line in `settings.rs`, and a commented line in `config.toml` at the root of the
//! repository. New settings have defaults: an old file, or none, always works.

mod checks;
mod effective;
mod load;
mod nearest;
mod properties;
mod raw;
mod report;
mod settings;
mod skip;
mod units;
mod value_types;

use std::net::SocketAddr;
use std::time::Duration;

use crate::message::Rules;
pub use load::Loaded;
pub use properties::Properties;
#[cfg(test)]
pub(crate) use properties::refusal;
pub use report::{Origin, Problem, Problems};
pub use skip::Skip;
pub use units::Bytes;

/// Every setting of the service, valid by construction.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[kafka]`
    pub kafka: Kafka,
    /// `[delivery]`
    pub delivery: Delivery,
    /// `[dead_letters.breaker]`
    pub breaker: Breaker,
    /// `[limits]` and `[rules]`
    pub rules: Rules,
    /// `[http]`
    pub http: Http,
    /// `[log]`
    pub log: Log,
    /// Records that may be stepped over; of the command line alone, as they are for one occasion.
    pub skips: Vec<Skip>,
}

/// Where the topics are and who reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Kafka {
    /// `host:port`, comma-separated.
    pub bootstrap_servers: String,
    /// Consumer group.
    pub group_id: String,
    /// A dead instance's partitions move after this; the transaction timeout stays below it.
    pub session_timeout: Duration,
    /// Empty: the host name, dynamic membership. Set: static membership too.
    pub instance_id: String,
    /// Raw announcements.
    pub input_topic: String,
    /// Events.
    pub output_topic: String,
    /// Dead letters.
    pub dead_letter_topic: String,
    /// Further librdkafka properties, none of which the delivery guarantee depends on.
    pub properties: Properties,
}

/// How outcomes are delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// The guarantee.
    pub mode: Mode,
    /// Worker threads, each with its own consumer and producers.
    pub workers: usize,
    /// A batch closes at this many records,
    pub batch_records: usize,
    /// or this many bytes,
    pub batch_bytes: Bytes,
    /// or this long after its first record, or at once when the queue runs empty.
    pub batch_wait: Duration,
    /// Time to finish the batch, commit and leave the group.
    pub shutdown_budget: Duration,
    /// What to do when records were deleted before they were read.
    pub on_gap: OnGap,
}

/// What to do when records of the input were deleted before they were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnGap {
    /// The partition stands still until a person decides.
    Stop,
    /// It is told and counted, and reading goes on behind it.
    Continue,
}

/// The delivery guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Events, dead letters and offsets in one transaction.
    ExactlyOnce,
    /// Idempotent producer, offsets after every acknowledgement; for clusters without transactions.
    AtLeastOnce,
}

/// When a run of dead letters means that the fault is ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaker {
    /// Number of latest documents (skips not counted) over which the ratio is taken.
    pub window: usize,
    /// Share of dead letters in a full window that opens the breaker, in percent; 0 switches this off.
    pub ratio_percent: u8,
    /// Dead letters in a row that open the breaker; 0 switches this off.
    pub consecutive: usize,
}

/// The HTTP endpoints.
#[derive(Clone, Debug, PartialEq)]
pub struct Http {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
}

/// Logs.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// Human on a terminal, JSON otherwise, or always one of them.
    pub format: LogFormat,
    /// `tracing` filter directives, `info` by default.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON otherwise.
    Auto,
    /// One readable line.
    Human,
    /// One JSON object.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            kafka: Kafka {
                bootstrap_servers: "localhost:9092".into(),
                group_id: "exdate".into(),
                session_timeout: Duration::from_secs(10),
                instance_id: String::new(),
                input_topic: "hkex.announcements.raw".into(),
                output_topic: "hkex.dividends".into(),
                dead_letter_topic: "hkex.announcements.dead-letter".into(),
                properties: Properties::default(),
            },
            delivery: Delivery {
                mode: Mode::ExactlyOnce,
                workers: 1,
                batch_records: 5000,
                batch_bytes: Bytes(8 * 1024 * 1024),
                batch_wait: Duration::from_millis(50),
                shutdown_budget: Duration::from_secs(20),
                on_gap: OnGap::Stop,
            },
            breaker: Breaker { window: 1000, ratio_percent: 50, consecutive: 100 },
            rules: Rules::default(),
            http: Http { listen: SocketAddr::from(([0, 0, 0, 0], 9464)) },
            log: Log { format: LogFormat::Auto, filter: "info".into() },
            skips: Vec::new(),
        }
    }
}

/// The path of every setting, in the order of `config.toml`.
pub fn paths() -> impl Iterator<Item = &'static str> {
    settings::SETTINGS.iter().map(|setting| setting.path())
}
