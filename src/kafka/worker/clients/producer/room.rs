//! How much may be under way: as much as is of any use, and never more than the client's queue takes.

use std::thread;
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

use super::{GRACE, Producer};
use crate::kafka::worker::call::Call;
use crate::kafka::worker::clients::sink::NotQueued;

/// What one request carries of a partition: librdkafka's default of `batch.size`.
const REQUEST_BYTES: usize = 1_000_000;

/// So many requests' worth of a partition's records may be under way: one on its way, one ready, and two to fill while the worker is woken.
///
/// More would only wait longer, and not for free: librdkafka has one request of a partition under way at a time (its pull request 4989), and while
/// that one is, its network thread turns without sleeping as soon as the next record is older than `linger.ms`.
const REQUESTS_UNDER_WAY: usize = 4;

/// A full queue with nothing under way is given this long before the record alone counts as larger than the queue: the client frees the room of
/// acknowledged records a moment after it has told of them.
const ROOM_FREED: Duration = Duration::from_secs(1);

impl Producer {
    /// Waits while as much is under way as is of any use. What has failed meanwhile is told by who looks for it.
    pub(super) fn await_turn(&self) -> Result<(), NotQueued> {
        let most = self.useful_under_way();
        if self.acks.outstanding() < most { Ok(()) } else { self.await_at_most(most - 1) }
    }

    /// Records that fill the requests of each partition, as large as those of this batch are on average. With their keys evenly spread: else
    /// one partition may have all of them, and is no worse off than it would be without a limit.
    fn useful_under_way(&self) -> usize {
        let requests = REQUESTS_UNDER_WAY * self.partitions.max(1);
        let fill = REQUEST_BYTES.saturating_mul(requests).saturating_mul(self.produced);
        fill.checked_div(self.bytes).map_or(usize::MAX, |records| records.max(1))
    }

    /// The queue is full: waits for some acknowledgements. With none outstanding, for a while, the record alone is larger than the queue.
    pub(super) fn await_room(&self, full_since: &Instant) -> Result<(), NotQueued> {
        match self.acks.outstanding() {
            // The batch is lost, and the rest of it may stay in the queue for long.
            _ if self.acks.failed() => Err(NotQueued::Error(KafkaError::MessageProduction(Code::QueueFull))),
            0 if full_since.elapsed() > ROOM_FREED => Err(NotQueued::Record(Code::MessageSizeTooLarge)),
            0 => {
                thread::sleep(Duration::from_millis(1));
                Ok(())
            }
            outstanding => self.await_at_most(outstanding - 1),
        }
    }

    fn await_at_most(&self, most: usize) -> Result<(), NotQueued> {
        let _call = self.status.enter(Call::AwaitAcks, self.timeout + GRACE);
        if self.acks.wait(most, self.timeout) {
            return Ok(());
        }
        Err(NotQueued::Error(KafkaError::MessageProduction(Code::MessageTimedOut)))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::config::Config;
    use crate::kafka::client::identity::Identity;
    use crate::kafka::worker::status::Status;

    #[test]
    fn as_much_may_be_under_way_as_fills_the_requests_of_each_partition() {
        let config = Config::default();
        let identity = Identity::new(&config, 0);
        let mut producer = Producer::create(&config, &identity, 0, &Status::new()).map_err(|fault| fault.message);
        let producer = producer.as_mut().expect("a client");
        for (produced, bytes, partitions, useful) in [
            (0, 0, 1, usize::MAX),
            (1_000, 2_500_000, 1, 1_600),
            (1_000, 2_500_000, 6, 9_600),
            // Each is larger than all the requests: one at a time.
            (2, 20_000_000, 1, 1),
        ] {
            (producer.produced, producer.bytes, producer.partitions) = (produced, bytes, partitions);
            assert_eq!(producer.useful_under_way(), useful, "{produced} records of {bytes} bytes");
        }
    }
}
