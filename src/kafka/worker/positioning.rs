//! Where reading goes on when the client has no answer: nothing is committed, or the log no longer holds what is.
//!
//! The client's own policy for that is off (`auto.offset.reset=error`): it goes to the start or to the end without a word, so that
//! retention loses records, and a truncated log publishes all of them again, and nobody hears of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat};
use rdkafka::error::{KafkaError, KafkaResult};

use super::Worker;
use super::call::Call;
use super::clients::{Clients, Polled, Source};
use super::partition::Partition;
use super::state::{Bounds, CommitTags, Obstacle, Place};
use crate::config::OnGap;
use crate::processor::Processor;
use crate::telemetry::metrics::Jump;

/// The client reports each partition by itself, all within a moment. What comes of others meanwhile is read again.
const MOMENT: Duration = Duration::from_millis(20);
const REPORTS_MAX: usize = 1_000;

/// Between two examinations.
const AGAIN: Duration = Duration::from_secs(30);

/// The next offset to process, and the tag of the commit that says so.
type Wanted = (i64, String);

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Finds out where reading goes on, if the client does not know. No batch is open or being committed by now.
    pub(super) fn find_positions(&mut self) -> Result<(), (Call, KafkaError)> {
        if !self.positions.are_lost() {
            return Ok(());
        }
        let mut reports = 0;
        while reports < REPORTS_MAX && matches!(self.source.poll(MOMENT), Polled::Record(..) | Polled::Error(_)) {
            reports += 1;
        }
        let assigned = self.source.assigned().clone();
        let bounds = self.source.bounds(&assigned).map_err(|error| (Call::Bounds, error))?;
        self.notice_recreated();
        let committed = self.source.group_offsets(&assigned).map_err(|error| (Call::CommittedOffsets, error))?;
        let mut go_on = BTreeMap::new();
        for (partition, bounds) in bounds {
            let committed = committed.get(&partition).cloned();
            let known = self.positions.wanted(partition).map(|offset| (offset, String::new()));
            let tag = committed.as_ref().map(|(_, tag)| tag.clone()).unwrap_or_default();
            let wanted = known.map(|(offset, _)| (offset, tag)).or(committed);
            let place = Place::of(wanted.as_ref().map(|(offset, _)| *offset), bounds);
            self.judge(partition, place, wanted.as_ref());
            let stepped = self.examine(partition, place.offset(), bounds).map_err(|error| (Call::Examine, error))?;
            go_on.insert(partition, stepped.unwrap_or(place.offset()));
        }
        self.has_suspicion = false;
        // When only half of it is done, a new membership begins at the committed offsets: as after a seek that fails.
        self.source.place(&go_on).map_err(|error| (Call::Seek, error))?;
        self.positions.placed(go_on);
        self.hold_back()
    }

    /// A topic that was made anew begins again, and no offset of old means anything.
    fn notice_recreated(&mut self) {
        while let Some(input) = self.source.take_recreated() {
            self.restart(input, "the topic was deleted and made anew");
        }
    }

    /// Tells and counts a place that is not the expected one; where records are missing, the setting decides whether to go on.
    fn judge(&mut self, partition: Partition, place: Place, wanted: Option<&Wanted>) {
        let (worker, name) = (self.identity.worker, self.partition_name(partition));
        match place {
            Place::AsWanted(_) => {}
            Place::Start(offset) => {
                tracing::info!(
                    worker,
                    partition = name,
                    offset,
                    "nothing is committed: reading begins at the first record"
                );
            }
            Place::Gap { from, to } => {
                let since = wanted.and_then(|(_, tag)| committed_at(tag)).unwrap_or_else(|| "unknown".into());
                tracing::error!(
                    worker,
                    partition = name,
                    from,
                    to,
                    offsets = to - from,
                    last_commit = since,
                    "a gap in the input: offsets were deleted before they were read"
                );
                self.metrics.jumped(Jump::Gap, to - from);
                if self.config.delivery.on_gap == OnGap::Stop {
                    self.obstacles.insert(partition, Obstacle::Gap(from, to));
                }
            }
            Place::BeyondEnd { wanted, end } => {
                tracing::error!(
                    worker,
                    partition = name,
                    committed = wanted,
                    end,
                    offsets = wanted - end,
                    "the input ends before the committed offset: its log was cut off, or the topic made anew; reading goes on at its end, and \
                     what was written in place of the lost records up to there is not read"
                );
                self.metrics.jumped(Jump::BeyondEnd, wanted - end);
            }
        }
    }

    /// The client cannot read some records, or gets on nowhere and does not say why: the partitions are examined before anything else is read.
    pub(super) fn suspect(&mut self) {
        self.has_suspicion = true;
        self.examined = Some(self.clock.now());
        self.positions.lost();
    }

    /// Looks again at a partition that stands still for records that cannot be read (a replica may have been mended), and into one that stands still
    /// without a word of the client's.
    pub(super) fn suspect_again(&mut self, is_silent: bool) {
        let is_known = self.obstacles.values().any(|obstacle| matches!(obstacle, Obstacle::Unreadable(..)));
        let is_due = self.examined.is_none_or(|at| self.clock.now().saturating_duration_since(at) >= AGAIN);
        if is_due && (is_known || is_silent) {
            self.suspect();
        }
    }

    /// Looks for records that cannot be read; returns where reading goes on behind those that may be stepped over.
    fn examine(&mut self, partition: Partition, from: i64, bounds: Bounds) -> KafkaResult<Option<i64>> {
        if !self.has_suspicion {
            return Ok(None);
        }
        let unreadable = self.source.unreadable(partition, from, bounds)?;
        let was_known = matches!(self.obstacles.get(&partition), Some(Obstacle::Unreadable(..)));
        let name = self.partition_name(partition);
        match unreadable {
            Some(range) if self.may_step_over(partition, &range) => {
                tracing::warn!(
                    worker = self.identity.worker,
                    partition = name,
                    from = range.start,
                    to = range.end,
                    offsets = range.end - range.start,
                    "records that cannot be read are stepped over, as --skip says; a dead letter names them"
                );
                self.metrics.jumped(Jump::SteppedOver, range.end - range.start);
                self.stepping_over.retain(|(known, _)| *known != partition);
                let to = range.end;
                self.stepping_over.push((partition, range));
                return Ok(Some(to));
            }
            Some(range) if !was_known => {
                tracing::error!(
                    worker = self.identity.worker,
                    partition = name,
                    from = range.start,
                    to = range.end,
                    offsets = range.end - range.start,
                    "records of the input cannot be read: the partition stands still before them"
                );
                self.obstacles.insert(partition, Obstacle::Unreadable(range.start, range.end));
            }
            None if was_known => {
                tracing::info!(
                    worker = self.identity.worker,
                    partition = name,
                    "the records can be read again: the partition goes on"
                );
                self.obstacles.remove(&partition);
            }
            _ => {}
        }
        Ok(None)
    }

    fn may_step_over(&self, partition: Partition, offsets: &Range<i64>) -> bool {
        let topic = self.names.inputs.get(partition.input).map_or("", |topic| &topic.name);
        self.config.skips.iter().any(|skip| skip.covers(topic, partition.number, offsets))
    }

    /// Stops the flow of the partitions that stand still, and shows how many do.
    fn hold_back(&mut self) -> Result<(), (Call, KafkaError)> {
        self.obstacles.retain(|partition, _| self.source.assigned().contains(partition));
        self.show_obstacles();
        self.source.hold(self.obstacles.keys().copied().collect()).map_err(|error| (Call::Assign, error))
    }

    pub(super) fn show_obstacles(&self) {
        self.metrics.standing_still(self.identity.worker, self.obstacles.values().map(|obstacle| obstacle.label()));
    }

    /// What is in the way of the first partition that stands still, and what to do.
    pub(super) fn obstacle(&self) -> Option<String> {
        let (partition, obstacle) = self.obstacles.first_key_value()?;
        let others = match self.obstacles.len() - 1 {
            0 => String::new(),
            others => format!(" ({others} more partitions stand still)"),
        };
        Some(format!("{}{others}", obstacle.describe(&self.partition_name(*partition))))
    }

    /// `hkex.announcements.raw/3`
    pub(super) fn partition_name(&self, partition: Partition) -> String {
        let topic = self.names.inputs.get(partition.input).map_or("", |topic| &topic.name);
        format!("{topic}/{}", partition.number)
    }
}

/// When a commit was made, by its tag, in words.
fn committed_at(tag: &str) -> Option<String> {
    let at = DateTime::from_timestamp_millis(CommitTags::made_at_ms(tag)?)?;
    Some(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
