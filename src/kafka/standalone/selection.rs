//! Which offsets of a topic are meant: by number, by time, by partition; and how far the live group has come.

use std::collections::BTreeMap;

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{Offset, TopicPartitionList};

use super::range::{ANSWERED_WITHIN, Span, extent, reader};
use crate::config::Kafka;
use crate::kafka::client::CallError;
use crate::kafka::client::quiet::Quiet;

/// What is meant of a topic; what is not said leaves nothing out.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// These partitions; none stands for all.
    pub partitions: Vec<i32>,
    /// These offsets of each.
    pub offsets: Option<Span>,
    /// Records with this timestamp or a later one, in milliseconds since the epoch.
    pub since_ms: Option<i64>,
    /// Records before the first one with this timestamp or a later one.
    pub until_ms: Option<i64>,
}

/// The offsets that are meant, as far as they are there and committed at this moment.
///
/// # Errors
///
/// When the broker does not answer, or refuses; when the topic has no such partition.
pub fn spans(kafka: &Kafka, topic: &str, selection: &Selection) -> Result<BTreeMap<i32, Span>, CallError> {
    let consumer = reader(kafka).map_err(CallError::on(format!("read topic {topic}")))?;
    let mut spans = extent(&consumer, topic)?;
    if let Some(missing) = selection.partitions.iter().find(|partition| !spans.contains_key(partition)) {
        return Err(CallError { what: format!("read topic {topic}"), why: format!("it has no partition {missing}") });
    }
    spans.retain(|partition, _| selection.partitions.is_empty() || selection.partitions.contains(partition));
    let since = selection.since_ms.map(|time| offsets_at(&consumer, topic, &spans, time)).transpose()?;
    let until = selection.until_ms.map(|time| offsets_at(&consumer, topic, &spans, time)).transpose()?;
    for (partition, span) in &mut spans {
        if let Some(offsets) = &selection.offsets {
            *span = span.start.max(offsets.start)..span.end.min(offsets.end);
        }
        // A partition without a record of that time or later is meant up to its end.
        let end = span.end;
        let at = |times: &Option<BTreeMap<i32, i64>>| {
            times.as_ref().map(|times| times.get(partition).copied().unwrap_or(end))
        };
        *span = at(&since).unwrap_or(span.start).max(span.start)..at(&until).unwrap_or(end).min(end);
    }
    Ok(spans)
}

/// The first offset of each partition with this timestamp or a later one.
fn offsets_at(
    consumer: &BaseConsumer<Quiet>,
    topic: &str,
    spans: &BTreeMap<i32, Span>,
    time_ms: i64,
) -> Result<BTreeMap<i32, i64>, CallError> {
    let what = || CallError::on(format!("find the offsets of a time in topic {topic}"));
    let mut times = TopicPartitionList::new();
    for partition in spans.keys() {
        times.add_partition_offset(topic, *partition, Offset::Offset(time_ms)).map_err(what())?;
    }
    Ok(offsets(&consumer.offsets_for_times(times, ANSWERED_WITHIN).map_err(what())?))
}

/// The next offset of each partition that the live group is to read; it is asked for, not joined.
///
/// # Errors
///
/// When the broker does not answer, or refuses.
pub fn committed(kafka: &Kafka, topic: &str) -> Result<BTreeMap<i32, i64>, CallError> {
    let what = || CallError::on(format!("ask for the offsets of group {}", kafka.group_id));
    let consumer = reader(kafka).map_err(what())?;
    let mut partitions = TopicPartitionList::new();
    for partition in extent(&consumer, topic)?.keys() {
        partitions.add_partition(topic, *partition);
    }
    Ok(offsets(&consumer.committed_offsets(partitions, ANSWERED_WITHIN).map_err(what())?))
}

fn offsets(list: &TopicPartitionList) -> BTreeMap<i32, i64> {
    let known = |offset: Offset| match offset {
        Offset::Offset(offset) => Some(offset),
        _ => None,
    };
    list.elements().iter().filter_map(|element| Some((element.partition(), known(element.offset())?))).collect()
}
