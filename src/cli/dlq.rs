//! What can be typed behind `exdate dlq`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Format, Settings, moment_ms, offsets};
use crate::finding::{Code, Stage};
use crate::record::Origin;
use crate::record::resolution::Act;

/// A dead letter that was sent back so often is for a person to look at.
const MAX_REDRIVES: u32 = 3;

/// `exdate dlq`
#[derive(Args, Debug)]
pub struct Dlq {
    /// What to do.
    #[command(subcommand)]
    pub act: DlqAct,
}

/// One file each, in `commands/dlq/`.
#[derive(Debug, Subcommand)]
pub enum DlqAct {
    /// Who waits for an event, since when, and why; the newest first.
    List(DlqList),
    /// One dead letter: headers, findings, the document with what this build reads in it.
    Show(DlqShow),
    /// Write the original documents to files.
    Export(DlqExport),
    /// Run this build over dead letters, and publish the events of those that give one by now.
    Redrive(DlqRedrive),
    /// Say that dead letters need no event, and why.
    Resolve(DlqResolve),
}

/// Which dead letters are meant.
#[derive(Args, Debug)]
pub struct Letters {
    /// With this code among their errors; may be repeated, as the other filters.
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    pub code: Vec<Code>,
    /// Given up at this stage.
    #[arg(long, value_enum, value_name = "STAGE", help_heading = "Filters")]
    pub stage: Vec<LetterStage>,
    /// Filings of this stock code.
    #[arg(long, value_name = "CODE", help_heading = "Filters")]
    pub stock_code: Vec<String>,
    /// With this key.
    #[arg(long, value_name = "TEXT", help_heading = "Filters")]
    pub key: Option<String>,
    /// That failed at this time or later: `2026-11-01`, or RFC 3339.
    #[arg(long, value_name = "TIME", value_parser = moment_ms, help_heading = "Filters")]
    pub since: Option<i64>,
    /// That failed before this time.
    #[arg(long, value_name = "TIME", value_parser = moment_ms, help_heading = "Filters")]
    pub until: Option<i64>,
    /// Offsets of the dead-letter topic, the last one not included: `1000..2000`.
    #[arg(long, value_name = "FROM..TO", value_parser = offsets, help_heading = "Filters")]
    pub offsets: Option<std::ops::Range<i64>>,
    /// Of this partition of the dead-letter topic.
    #[arg(long, value_name = "NUMBER", help_heading = "Filters")]
    pub partition: Vec<i32>,
}

/// The steps that give documents up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LetterStage {
    /// Bytes to text.
    Document,
    /// Text to form.
    Form,
    /// Form to event.
    Event,
    /// The broker refused the record.
    Delivery,
}

impl LetterStage {
    /// As in the dead letter.
    pub fn as_str(self) -> &'static str {
        let stage = match self {
            LetterStage::Document => Stage::Document,
            LetterStage::Form => Stage::Form,
            LetterStage::Event => Stage::Event,
            LetterStage::Delivery => Stage::Delivery,
        };
        stage.as_str()
    }
}

/// `exdate dlq list`
#[derive(Args, Debug)]
pub struct DlqList {
    /// Which.
    #[command(flatten)]
    pub letters: Letters,
    /// In this state only; may be repeated.
    #[arg(long, value_name = "STATE", value_parser = ["open", "redriven", "resolved", "superseded", "parked"], help_heading = "Filters")]
    pub state: Vec<String>,
    /// So many, at most; the counts are of all.
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<usize>,
    /// Sent back so often, a dead letter is parked.
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_REDRIVES)]
    pub max_redrives: u32,
    /// Human text, or one JSON object [default: human on a terminal].
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate dlq show`
#[derive(Args, Debug)]
pub struct DlqShow {
    /// Where it stands.
    #[arg(value_name = "TOPIC/PARTITION@OFFSET")]
    pub record: Origin,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate dlq export`
#[derive(Args, Debug)]
pub struct DlqExport {
    /// The folder to write to; made when it is not there.
    #[arg(long, value_name = "FOLDER")]
    pub to: PathBuf,
    /// Which.
    #[command(flatten)]
    pub letters: Letters,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate dlq redrive`
#[derive(Args, Debug)]
pub struct DlqRedrive {
    /// Which.
    #[command(flatten)]
    pub letters: Letters,
    /// All that are open, when no filter says less.
    #[arg(long)]
    pub all: bool,
    /// So many, at most: to look at what they become before the rest follows.
    #[arg(long, value_name = "NUMBER")]
    pub first: Option<u64>,
    /// Publish; without it, only what would be published is told.
    #[arg(long)]
    pub publish: bool,
    /// Do not ask before publishing.
    #[arg(long, requires = "publish")]
    pub yes: bool,
    /// Who does it, for the audit [default: the user of this process].
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Events a second, at most.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate: Option<u32>,
    /// Sent back so often, a dead letter is parked, and left out.
    #[arg(long, value_name = "NUMBER", default_value_t = MAX_REDRIVES)]
    pub max_redrives: u32,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// `exdate dlq resolve`
#[derive(Args, Debug)]
pub struct DlqResolve {
    /// Which.
    #[command(flatten)]
    pub letters: Letters,
    /// All, when no filter says less.
    #[arg(long)]
    pub all: bool,
    /// Why.
    #[arg(long, value_enum)]
    pub reason: ResolveReason,
    /// A word about it, for the audit.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Who says so [default: the user of this process].
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Configuration.
    #[command(flatten)]
    pub settings: Settings,
}

/// Why a dead letter needs no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResolveReason {
    /// Nobody needs an event of it.
    Discarded,
    /// A later filing says what it said.
    Superseded,
    /// The producer has sent the document again, as it should be.
    FixedUpstream,
}

impl ResolveReason {
    /// As the audit has it.
    pub fn act(self) -> Act {
        match self {
            ResolveReason::Discarded => Act::Discarded,
            ResolveReason::Superseded => Act::Superseded,
            ResolveReason::FixedUpstream => Act::FixedUpstream,
        }
    }
}
