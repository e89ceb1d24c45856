//! Who a worker is to the broker, and the names that its messages to people need.

use crate::config::Config;

/// One worker of one instance: who it is to the broker.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) worker: usize,
    pub(crate) instance: String,
    pub(crate) names: Names,
}

impl Identity {
    pub(crate) fn new(config: &Config, worker: usize) -> Identity {
        let instance = match config.kafka.instance_id.as_str() {
            "" => host_name(),
            instance => instance.to_owned(),
        };
        let names = Names {
            bootstrap_servers: config.kafka.bootstrap_servers.clone(),
            group_id: config.kafka.group_id.clone(),
            // The same after a restart, so that the new producer fences the old one and ends its transaction at once.
            transactional_id: format!("{}.{instance}.{worker}", config.kafka.group_id),
            input_topic: config.kafka.input_topic.clone(),
            output_topic: config.kafka.output_topic.clone(),
            dead_letter_topic: config.kafka.dead_letter_topic.clone(),
        };
        Identity { worker, instance, names }
    }

    /// The id of one of the worker's producers, counted from 0. No worker's own id ends with a letter.
    pub(crate) fn transactional_id(&self, place: usize) -> String {
        let id = &self.names.transactional_id;
        if place == 0 { id.clone() } else { format!("{id}.b") }
    }
}

/// The kernel's name of this host; in a container, the container's.
fn host_name() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    if name.trim().is_empty() { "localhost".into() } else { name.trim().to_owned() }
}

/// The names that a person needs to put a refusal right.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) bootstrap_servers: String,
    pub(crate) group_id: String,
    pub(crate) transactional_id: String,
    pub(crate) input_topic: String,
    pub(crate) output_topic: String,
    pub(crate) dead_letter_topic: String,
}

#[cfg(test)]
impl Names {
    /// Short ones, told apart at a glance.
    pub(crate) fn of_tests() -> Names {
        Names {
            bootstrap_servers: "kafka:9092".into(),
            group_id: "exdate".into(),
            transactional_id: "exdate.a.0".into(),
            input_topic: "raw".into(),
            output_topic: "out".into(),
            dead_letter_topic: "dead".into(),
        }
    }
}
