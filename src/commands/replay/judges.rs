//! A record taken through the path of the service, and judged by what stands.

use std::collections::BTreeMap;

use crate::commands::patient::read_pdf;
use crate::config::Config;
use crate::kafka::standalone::range::Stored;
use crate::message::Message;
use crate::pipeline::{self, Outcome, Trace};
use crate::reader::Reader;
use crate::record::Origin;
use crate::replay::{Judgement, Place, Standing, Stood, judge};

/// What is needed to judge a record.
pub(super) struct Judges<'a> {
    pub(super) config: &'a Config,
    pub(super) standing: &'a Standing,
    /// How far the live group has come, by partition.
    pub(super) committed: &'a BTreeMap<i32, i64>,
}

impl Judges<'_> {
    /// Judges a record, and shows what was decided.
    pub(super) fn judge<R>(
        &self,
        reader: &Reader,
        stored: &Stored,
        look: impl FnOnce(Judgement<'_>, &Message<'_>, &Outcome) -> R,
    ) -> R {
        let message = stored.message();
        let is_processed = self.committed.get(&stored.partition).is_some_and(|next| stored.offset < *next);
        let read_pdf = |bytes: &[u8]| read_pdf(reader, bytes);
        pipeline::trace_with(&message, &self.config.rules, &read_pdf, |trace: Trace<'_>| {
            let document = trace.document.map(|document| document.checksum.hex());
            let judgement = judge(self.standing, &message, &trace.outcome, document.as_deref(), is_processed);
            look(judgement, &message, &trace.outcome)
        })
    }

    /// Where a record stands.
    pub(super) fn origin(&self, stood: &Stood) -> Origin {
        stood.place(&self.config.kafka.output_topic, &self.config.kafka.dead_letter_topic)
    }
}

/// Where a record was read.
pub(super) fn place(stored: &Stored) -> Place {
    Place { partition: stored.partition, offset: stored.offset }
}
