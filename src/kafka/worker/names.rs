//! The names that a person needs to put a refusal right.

use std::sync::Arc;

use crate::config::Config;
use crate::kafka::client::identity::Identity;
use crate::processor::{Processor, Topic};

/// What a worker uses of the cluster, by its names there.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) bootstrap_servers: String,
    pub(crate) group_id: String,
    pub(crate) transactional_id: String,
    pub(crate) inputs: Arc<[Topic]>,
    pub(crate) outputs: Arc<[Topic]>,
}

impl Names {
    pub(crate) fn new(config: &Config, identity: &Identity, processor: &impl Processor) -> Names {
        Names {
            bootstrap_servers: config.kafka.bootstrap_servers.clone(),
            group_id: config.kafka.group_id.clone(),
            transactional_id: identity.transactional_id.clone(),
            inputs: processor.inputs().into(),
            outputs: processor.outputs().into(),
        }
    }
}

#[cfg(test)]
impl Names {
    /// Short ones, told apart at a glance.
    pub(crate) fn of_tests() -> Names {
        Names {
            bootstrap_servers: "kafka:9092".into(),
            group_id: "exdate".into(),
            transactional_id: "exdate.a.0".into(),
            inputs: [Topic::new("raw", "kafka.input_topic")].into(),
            outputs: [Topic::new("out", "kafka.output_topic"), Topic::new("dead", "kafka.dead_letter_topic")].into(),
        }
    }
}
