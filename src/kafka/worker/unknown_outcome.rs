//! What became of a transaction whose end nobody told: the group's committed offsets say it, once the producer's successor has settled it.

use rdkafka::error::KafkaResult;

use super::Worker;

impl Worker {
    /// Asks the group what is committed, if there is a doubt. The producers are ready by now, so nothing of ours is pending.
    pub(super) fn resolve_unknown_outcome(&mut self) -> KafkaResult<()> {
        self.resolve_unanswered()?;
        if !self.in_doubt.is_empty() {
            let committed = self.consumer.committed(&self.in_doubt)?;
            self.rewind.extend(committed);
            self.in_doubt.clear();
        }
        Ok(())
    }

    /// Counts the batch whose commit was not answered, if it was made: its tag stands with the group's offsets.
    ///
    /// One partition is enough, as a transaction commits all or none; best one that is still ours, where nobody has committed since. The tag
    /// of another's, or none, says nothing: it is then not counted, rather than twice.
    fn resolve_unanswered(&mut self) -> KafkaResult<()> {
        let Some(batch) = self.unanswered.as_ref().map(|closed| &closed.batch) else { return Ok(()) };
        let ours = batch.next().find(|(partition, _)| self.consumer.assigned().contains(partition));
        let Some((partition, _)) = ours.or_else(|| batch.next().next()) else { return Ok(()) };
        let is_committed = self.consumer.carries(partition, batch.tag.as_deref().unwrap_or_default())?;
        let Some(closed) = self.unanswered.take().filter(|_| is_committed) else { return Ok(()) };
        tracing::info!(
            records = closed.batch.records,
            "a commit that was not answered has been made: its batch is counted"
        );
        self.count(closed);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use std::time::Duration;

    use rdkafka::mocking::MockCluster;
    use rdkafka::producer::DefaultProducerContext;

    use super::*;
    use crate::config::Config;
    use crate::finding::Stage;
    use crate::kafka::worker::control::Control;
    use crate::kafka::worker::remedy::RebuildReason;
    use crate::message::Message;
    use crate::pipeline::Outcome;
    use crate::telemetry::metrics::Metrics;

    /// Records of the batch in doubt.
    const RECORDS: i64 = 3;

    /// A worker whose commit of `0..RECORDS` was not answered. The mock cluster keeps no offsets of transactions: what became of it is said by
    /// [`Doubt::committed`].
    struct Doubt {
        _cluster: MockCluster<'static, DefaultProducerContext>,
        worker: Worker,
        tag: String,
    }

    impl Doubt {
        fn new() -> Doubt {
            let cluster = MockCluster::new(1).expect("a mock cluster");
            let mut config = Config::default();
            config.kafka.bootstrap_servers = cluster.bootstrap_servers();
            cluster.create_topic(&config.kafka.input_topic, 2, 1).expect("a topic");
            let worker = Worker::new(&config.into(), 0, &Control::new(1), &Metrics::new()).expect("a worker");
            let mut doubt = Doubt { _cluster: cluster, worker, tag: String::new() };
            doubt.read();
            doubt.tag = doubt.worker.tags.make();
            doubt.worker.desk.batch.tag = Some(doubt.tag.clone());
            doubt.rebuild();
            doubt
        }

        /// Reads the records, all of them dead letters.
        fn read(&mut self) {
            let batch = &mut self.worker.desk.batch;
            for offset in 0..RECORDS {
                batch.read(1, offset, 10, None);
                let message = Message {
                    topic: "raw",
                    partition: 1,
                    offset,
                    timestamp_ms: None,
                    key: None,
                    value: None,
                    headers: vec![],
                };
                batch.tally.add(&message, &Outcome::DeadLetter(Stage::Document, vec![]), Duration::ZERO);
            }
        }

        fn rebuild(&mut self) {
            self.worker.rebuild(RebuildReason::OutcomeUnknown, "not answered").expect("no fault");
        }

        /// The group's committed offset, and whose it is.
        fn committed(&self, offset: i64, tag: &str) {
            let consumer = &self.worker.consumer;
            let offsets = consumer.offsets([(1, offset)].into_iter(), tag).expect("offsets");
            consumer.commit(&offsets).expect("a commit");
        }

        /// How many records are counted once the doubt is resolved.
        fn counted(&mut self) -> String {
            self.worker.resolve_unknown_outcome().expect("an answer");
            assert!(self.worker.unanswered.is_none() && self.worker.in_doubt.is_empty());
            let page = self.worker.metrics.render();
            let series = "exdate_outcomes_total{outcome=\"dead-letter\"} ";
            page.lines().find_map(|line| line.strip_prefix(series)).expect("a value").to_owned()
        }
    }

    #[test]
    fn a_batch_whose_commit_was_not_answered_is_counted_once_when_it_was_made() {
        let mut doubt = Doubt::new();
        // The successor fails before it is ready: what is known of the batch outlives that.
        doubt.rebuild();
        doubt.committed(RECORDS, &doubt.tag);
        assert_eq!(doubt.counted(), "3");
        assert_eq!(doubt.counted(), "3");
    }

    #[test]
    fn the_tag_outlives_the_membership() {
        let mut doubt = Doubt::new();
        doubt.committed(RECORDS, &doubt.tag);
        doubt.worker.rejoin().expect("another consumer");
        assert_eq!(doubt.counted(), "3");
    }

    #[test]
    fn a_batch_that_was_not_committed_or_by_another_is_not_counted() {
        assert_eq!(Doubt::new().counted(), "0", "nothing is committed");
        let mut doubt = Doubt::new();
        doubt.committed(RECORDS, "another's");
        assert_eq!(doubt.counted(), "0", "the very same offset, of another worker");
        let mut doubt = Doubt::new();
        let own = doubt.worker.tags.make();
        doubt.committed(RECORDS, &own);
        assert_eq!(doubt.counted(), "0", "the very same offset, of another batch");
    }

    #[test]
    fn a_batch_that_is_given_up_before_its_commit_is_not_kept() {
        let mut doubt = Doubt::new();
        doubt.committed(RECORDS, &doubt.tag);
        assert_eq!(doubt.counted(), "3");
        doubt.read();
        doubt.rebuild();
        assert!(doubt.worker.unanswered.is_none());
    }
}
