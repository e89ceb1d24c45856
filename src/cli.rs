//! What can be typed: subcommands, flags, help. No behaviour.

mod dlq;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::exit::Exit;
use crate::finding::Code;
use crate::record::Origin;
pub use dlq::{Dlq, DlqAct, DlqExport, DlqList, DlqRedrive, DlqResolve, DlqShow, LetterStage, Letters, ResolveReason};

/// Hong Kong dividend announcement forms in, one normalised dividend event each out, exactly once.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, after_help = Exit::table())]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// One recipe each, in `commands/`.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service: forms from the input topic, events and dead letters out.
    Run(Run),
    /// Parse forms to one JSON object each.
    Parse(Parse),
    /// Read records again, and compare what this build gives with what stands on the topics.
    Replay(Replay),
    /// Look at dead letters, save their documents, publish what this build makes of them.
    Dlq(Dlq),
    /// Follow the outcomes of the live service, a line each.
    Tap(Tap),
    /// Explain a finding: what it means, an example, what to do.
    Explain(Explain),
    /// Show the whole service at work on sample forms, on a broker inside the process.
    Demo(Demo),
    /// Check configuration, broker, topics, transactions and permissions.
    Check(Check),
    /// Print the JSON Schema of the event.
    Schema,
    /// Read PDFs for the service, which starts this itself.
    #[command(hide = true)]
    ReadPdf(ReadPdf),
}

/// Where settings come from, for every command that has some.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// Configuration file [default: ./config.toml when it is there].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// One setting by its path, above file and environment: `--set delivery.workers=2`.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// `exdate run`
#[derive(Args, Debug)]
pub struct Run {
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate parse`
#[derive(Args, Debug)]
pub struct Parse {
    /// Files or folders; `-` is standard input.
    #[arg(required_unless_present = "record", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A record of a topic, with its headers, as the service sees it; read outside any group.
    #[arg(long, value_name = "TOPIC/PARTITION@OFFSET")]
    pub record: Vec<Origin>,
    /// Show each document with what was read from where.
    #[arg(long)]
    pub explain: bool,
    /// Media type and charset of the documents, as the `content-type` header would say.
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// A header that each document came with: `--header filing-id=2026051500417`.
    #[arg(long, value_name = "NAME=VALUE", value_parser = header)]
    pub header: Vec<(String, String)>,
    /// Configuration: the rules and limits by which `exdate run` reads.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate replay`
#[derive(Args, Debug)]
pub struct Replay {
    /// Records of this past time only: `7d`, `12h`.
    #[arg(long, value_name = "DURATION", conflicts_with = "since", help_heading = "Range")]
    pub last: Option<humantime::Duration>,
    /// Records from this time on: `2026-11-01`, or RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = moment_ms, help_heading = "Range")]
    pub since: Option<i64>,
    /// Records up to this time.
    #[arg(long, value_name = "TIME", value_parser = moment_ms, help_heading = "Range")]
    pub until: Option<i64>,
    /// Offsets of each partition, the last one not included: `1000..2000`.
    #[arg(long, value_name = "FROM..TO", value_parser = offsets, help_heading = "Range")]
    pub offsets: Option<std::ops::Range<i64>>,
    /// This partition only; may be repeated.
    #[arg(long, value_name = "NUMBER", help_heading = "Range")]
    pub partition: Vec<i32>,
    /// The records that a file names, TOPIC/PARTITION@OFFSET a line.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["last", "since", "until", "offsets", "partition"], help_heading = "Range")]
    pub records: Option<PathBuf>,
    /// Filings of this stock code only; may be repeated, as the other filters.
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    pub stock_code: Vec<String>,
    /// Forms of this template only: `EF002`.
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    pub template: Vec<String>,
    /// Records that have or had this finding as an error.
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    pub code: Vec<Code>,
    /// Only what has an outcome of the same kind, and other contents.
    #[arg(long, help_heading = "Filters")]
    pub changed_only: bool,
    /// Write a line of JSON for each record that differs, with the fields that change.
    #[arg(long, value_name = "FILE")]
    pub details: Option<PathBuf>,
    /// Write a plan: the events to publish for what differs, to be looked at and kept.
    #[arg(long, value_name = "FILE", help_heading = "Publishing")]
    pub plan: Option<PathBuf>,
    /// Publish what a plan says, all that it says and nothing else; refused when anything has moved since.
    #[arg(long, value_name = "PLAN", help_heading = "Publishing", conflicts_with_all = ["last", "since", "until", "offsets", "partition", "records", "stock_code", "template", "code", "changed_only", "details", "plan", "format"])]
    pub publish: Option<PathBuf>,
    /// Do not ask before publishing.
    #[arg(long, requires = "publish", help_heading = "Publishing")]
    pub yes: bool,
    /// Records a second, at most.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,
    /// Human text, or one JSON object [default: human on a terminal].
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate tap`
#[derive(Args, Debug)]
pub struct Tap {
    /// End after so many lines [default: when a signal comes].
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<u64>,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate explain`
#[derive(Args, Debug)]
pub struct Explain {
    /// Codes of findings [default: all codes, a line each].
    #[arg(value_name = "CODE")]
    pub codes: Vec<Code>,
}

/// `exdate demo`
#[derive(Args, Debug)]
pub struct Demo {
    /// Address of the metrics while the demo runs.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub listen: std::net::SocketAddr,
    /// Keep running until a signal comes, to look at the metrics.
    #[arg(long)]
    pub keep: bool,
    /// Show the service's own log on the standard error.
    #[arg(long)]
    pub logs: bool,
}

/// `exdate check`
#[derive(Args, Debug)]
pub struct Check {
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
    /// Make the topics that are missing, with settings that keep every record.
    #[arg(long)]
    pub create_topics: bool,
    /// Partitions of each topic that is made.
    #[arg(long, value_name = "COUNT", default_value_t = 6, requires = "create_topics", value_parser = clap::value_parser!(i32).range(1..))]
    pub partitions: i32,
    /// Replicas of each topic that is made [default: three, or one for each broker when there are fewer].
    #[arg(long, value_name = "COUNT", requires = "create_topics", value_parser = clap::value_parser!(i32).range(1..))]
    pub replicas: Option<i32>,
    /// Human text, or one JSON object [default: human on a terminal].
    #[arg(long, value_enum)]
    pub format: Option<Format>,
}

/// `exdate read-pdf`
#[derive(Args, Debug)]
pub struct ReadPdf {
    /// Memory that the process may have [default: as much as this one].
    #[arg(long, value_name = "BYTES")]
    pub memory_bytes: Option<u64>,
    /// Time of a processor for each file.
    #[arg(long, value_name = "SECONDS", default_value_t = 1)]
    pub cpu_seconds: u64,
}

/// How a command's answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For pipes.
    Json,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A day in Hong Kong, or a moment.
fn moment_ms(text: &str) -> Result<i64, String> {
    let moment = chrono::DateTime::parse_from_rfc3339(text).ok();
    let midnight = || format!("{text}T00:00:00+08:00");
    let moment = moment.or_else(|| chrono::DateTime::parse_from_rfc3339(&midnight()).ok());
    moment
        .map(|moment| moment.timestamp_millis())
        .ok_or_else(|| "expected 2026-11-01 or 2026-11-01T09:00:00+08:00".into())
}

fn offsets(text: &str) -> Result<std::ops::Range<i64>, String> {
    let read = || {
        let (from, to) = text.split_once("..")?;
        let bound = |text: &str, open: i64| if text.is_empty() { Some(open) } else { text.parse().ok() };
        Some(bound(from, 0)?..bound(to, i64::MAX)?)
    };
    read().ok_or_else(|| "expected two offsets, as 1000..2000; either may be left out".into())
}
