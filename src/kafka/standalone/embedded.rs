//! librdkafka's own mock cluster as an embedded broker: real sockets on loopback, nothing to install.
//!
//! It keeps 5 MB a partition, has no isolation between transactions and knows no admin requests: right for a
//! demonstration and for injecting errors, no proof of anything.

use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use crate::kafka::client::CallError;

/// A broker inside this process; it ends when this value is dropped.
pub struct Embedded {
    cluster: MockCluster<'static, DefaultProducerContext>,
}

impl Embedded {
    /// Starts a single broker on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// When librdkafka cannot listen.
    pub fn start() -> Result<Embedded, CallError> {
        let cluster = MockCluster::new(1).map_err(CallError::on("start the embedded broker"))?;
        Ok(Embedded { cluster })
    }

    /// `host:port`, as `kafka.bootstrap_servers` wants it.
    pub fn bootstrap_servers(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// Makes a topic.
    ///
    /// # Errors
    ///
    /// When it exists already, or the number of partitions is not positive.
    pub fn create_topic(&self, topic: &str, partitions: i32) -> Result<(), CallError> {
        self.cluster.create_topic(topic, partitions, 1).map_err(CallError::on(format!("create topic {topic}")))
    }
}
