//! What became of a transaction whose end nobody told: the group's committed offsets say it, once the producer's successor has settled it.

use rdkafka::error::KafkaResult;

use super::Worker;
use super::clients::{Clients, Source};
use crate::processor::Processor;

impl<P: Processor, C: Clients> Worker<P, C> {
    /// Asks the group what is committed, if there is a doubt. The producers are ready by now, so nothing of ours is pending.
    pub(super) fn resolve_unknown_outcome(&mut self) -> KafkaResult<()> {
        self.resolve_unanswered()?;
        if let Some(in_doubt) = self.positions.in_doubt() {
            let committed = self.source.committed(in_doubt)?;
            self.positions.resolved(committed);
        }
        Ok(())
    }

    /// Counts the batch whose commit was not answered, if it was made: its tag stands with the group's offsets.
    ///
    /// One partition is enough, as a transaction commits all or none; best one that is still ours, where nobody has committed since. The tag
    /// of another's, or none, says nothing: it is then not counted, rather than twice.
    fn resolve_unanswered(&mut self) -> KafkaResult<()> {
        let Some(batch) = self.unanswered.as_ref().map(|closed| &closed.batch) else { return Ok(()) };
        let ours = batch.next().find(|(partition, _)| self.source.assigned().contains(partition));
        let Some((partition, _)) = ours.or_else(|| batch.next().next()) else { return Ok(()) };
        let is_committed = self.source.carries(partition, batch.tag.as_deref().unwrap_or_default())?;
        let Some(closed) = self.unanswered.take().filter(|_| is_committed) else { return Ok(()) };
        tracing::info!(
            worker = self.identity.worker,
            records = closed.batch.records,
            "a commit that nobody answered has been made after all: its batch is counted, and not read again"
        );
        self.count(closed);
        Ok(())
    }
}
