//! What can be typed: subcommands, flags, help. No behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::Skip;
use crate::exit::Exit;

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
    /// Parse forms to one JSON object each, without a broker.
    Parse(Parse),
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
    /// Step over records that cannot be read, and leave a dead letter that says so; the last offset is not among them.
    #[arg(long, value_name = "TOPIC/PARTITION@FROM..TO")]
    pub skip: Vec<Skip>,
}

/// `exdate parse`
#[derive(Args, Debug)]
pub struct Parse {
    /// Files or folders; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show each document with what was read from where.
    #[arg(long)]
    pub explain: bool,
    /// Media type and charset of the documents, as the `content-type` header would say.
    #[arg(long, value_name = "TYPE")]
    pub content_type: Option<String>,
    /// Configuration: the rules and limits by which `exdate run` reads.
    #[command(flatten)]
    pub settings: Settings,
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
}

/// How a command's answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// For pipes.
    Json,
}
