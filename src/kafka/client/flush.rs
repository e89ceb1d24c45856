//! The one call of librdkafka that rdkafka does not pass on as it is: a flush that lasts.
//!
//! For as long as `rd_kafka_flush` waits, the client sends at once what is queued, whatever `linger.ms` says. rdkafka's own flush calls it
//! with a timeout of zero and polls in between, so that nothing is being flushed when the client's network thread looks. With this one, records
//! can gather into large requests under a backlog (small ones cost the client and the broker a third more) and an idle topic waits for nothing.

use std::time::Duration;

use rdkafka::bindings::rd_kafka_flush;
use rdkafka::producer::{Producer as _, ProducerContext, ThreadedProducer};

/// Sends what is queued, and returns when nothing is under way any more, or after this time.
pub(crate) fn flush<C: ProducerContext>(producer: &ThreadedProducer<C>, patience: Duration) {
    let patience = i32::try_from(patience.as_millis()).unwrap_or(i32::MAX);
    // SAFETY: the client lives as long as `producer`, which is borrowed here; any thread may call the function, beside any other of its calls.
    // It serves no events itself, as those of an rdkafka producer are polled from a queue (by the `ThreadedProducer`'s own thread).
    #[expect(unsafe_code, reason = "rdkafka offers no flush that lasts")]
    // Whether something is left under way is what the acknowledgements tell.
    let _ = unsafe { rd_kafka_flush(producer.client().native_ptr(), patience) };
}
