//! Requests about topics and their settings.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use tokio::runtime::Runtime;

use super::{CallError, call_error, properties};
use crate::config::Kafka;

const ANSWERED_WITHIN: Duration = Duration::from_secs(6);

/// A client for requests about topics; each call blocks for a bounded time.
pub(crate) struct Admin {
    client: AdminClient<DefaultClientContext>,
    runtime: Runtime,
    /// Whether the cluster lacks such requests, as librdkafka's mock cluster does.
    is_unsupported: Cell<bool>,
}

impl Admin {
    pub(crate) fn open(kafka: &Kafka) -> Result<Admin, CallError> {
        let what = format!("connect to {}", kafka.bootstrap_servers);
        let client = properties::plain(kafka).create().map_err(CallError::on(&what))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| CallError { what, why: error.to_string() })?;
        Ok(Admin { client, runtime, is_unsupported: Cell::new(false) })
    }

    /// A topic's or a broker's settings by name; empty when this user may not see them.
    pub(crate) fn settings(&self, of: ResourceSpecifier<'_>) -> Result<BTreeMap<String, String>, KafkaError> {
        if self.is_unsupported.get() {
            return Err(KafkaError::AdminOp(RDKafkaErrorCode::UnsupportedFeature));
        }
        let options = AdminOptions::new().request_timeout(Some(ANSWERED_WITHIN));
        let answer = self.runtime.block_on(self.client.describe_configs([&of], &options)).inspect_err(|error| {
            self.is_unsupported.set(call_error::code(error) == Some(RDKafkaErrorCode::UnsupportedFeature));
        })?;
        let entries = answer.into_iter().flatten().flat_map(|resource| resource.entries);
        Ok(entries.filter_map(|entry| Some((entry.name, entry.value?))).collect())
    }

    /// Makes a topic.
    pub(crate) fn create(&self, topic: &NewTopic<'_>) -> Result<(), KafkaError> {
        let options =
            AdminOptions::new().request_timeout(Some(ANSWERED_WITHIN)).operation_timeout(Some(ANSWERED_WITHIN));
        let answer = self.runtime.block_on(self.client.create_topics([topic], &options))?;
        match answer.into_iter().next() {
            Some(Err((_, code))) => Err(KafkaError::AdminOp(code)),
            _ => Ok(()),
        }
    }
}
