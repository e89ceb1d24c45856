//! Who a worker is to the broker.

use crate::config::Config;

/// One worker of one instance.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) worker: usize,
    pub(crate) instance: String,
    /// Of its first producer. The same after a restart, so that the new producer fences the old one and ends its transaction at once.
    pub(crate) transactional_id: String,
}

impl Identity {
    pub(crate) fn new(config: &Config, worker: usize) -> Identity {
        let instance = match config.kafka.instance_id.as_str() {
            "" => host_name(),
            instance => instance.to_owned(),
        };
        let transactional_id = format!("{}.{instance}.{worker}", config.kafka.group_id);
        Identity { worker, instance, transactional_id }
    }

    /// The id of one of the worker's producers, counted from 0. No worker's own id ends with a letter.
    pub(crate) fn transactional_id(&self, place: usize) -> String {
        let id = &self.transactional_id;
        if place == 0 { id.clone() } else { format!("{id}.b") }
    }
}

/// The kernel's name of this host; in a container, the container's.
fn host_name() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = kernel.or_else(|| std::env::var("HOSTNAME").ok()).unwrap_or_default();
    if name.trim().is_empty() { "localhost".into() } else { name.trim().to_owned() }
}
