//! Every setting, one line each: its name, its type with its bounds, its place in [`Config`].

use std::ops::RangeInclusive;
use std::time::Duration;

use super::raw::Raw;
use super::units::Bytes;
use super::value_types::{
    Address, Day, GROUP, INSTANCE, LOG_FILTER, OneOf, SERVERS, Size, TOPIC, Time, ValueType, Whole,
};
use super::{Config, LogFormat, Mode, OnGap};

/// A named setting.
pub(super) trait Setting: Sync {
    /// `delivery.workers`
    fn path(&self) -> &'static str;

    /// Reads a value into the configuration.
    ///
    /// # Errors
    ///
    /// What is expected instead.
    fn read(&self, config: &mut Config, raw: &Raw) -> Result<(), String>;

    /// The value as it stands in a configuration file.
    fn show(&self, config: &Config) -> String;
}

struct Field<V: ValueType> {
    path: &'static str,
    value_type: V,
    get: fn(&Config) -> &V::Value,
    set: fn(&mut Config, V::Value),
}

impl<V: ValueType> Setting for Field<V> {
    fn path(&self) -> &'static str {
        self.path
    }

    fn read(&self, config: &mut Config, raw: &Raw) -> Result<(), String> {
        let value = self.value_type.read(raw).ok_or_else(|| self.value_type.expected())?;
        (self.set)(config, value);
        Ok(())
    }

    fn show(&self, config: &Config) -> String {
        self.value_type.show((self.get)(config))
    }
}

macro_rules! settings {
    ($( $path:literal: $value_type:expr => $($field:ident).+; )+) => {
        &[ $( &Field {
            path: $path,
            value_type: $value_type,
            get: |config| &config.$($field).+,
            set: |config, value| config.$($field).+ = value,
        }, )+ ]
    };
}

/// In the order of `config.toml`.
pub(super) const SETTINGS: &[&dyn Setting] = settings! {
    "kafka.bootstrap_servers": SERVERS => kafka.bootstrap_servers;
    "kafka.group_id": GROUP => kafka.group_id;
    "kafka.session_timeout": Time(seconds(1)..=seconds(1800)) => kafka.session_timeout;
    "kafka.instance_id": INSTANCE => kafka.instance_id;
    "kafka.input_topic": TOPIC => kafka.input_topic;
    "kafka.output_topic": TOPIC => kafka.output_topic;
    "kafka.dead_letter_topic": TOPIC => kafka.dead_letter_topic;
    "delivery.mode": OneOf(MODES) => delivery.mode;
    "delivery.workers": Whole(1..=64) => delivery.workers;
    "delivery.batch_records": Whole(1..=100_000) => delivery.batch_records;
    "delivery.batch_bytes": size(KIB..=GIB) => delivery.batch_bytes;
    "delivery.batch_wait": Time(Duration::ZERO..=seconds(10)) => delivery.batch_wait;
    "delivery.shutdown_budget": Time(seconds(1)..=seconds(600)) => delivery.shutdown_budget;
    "delivery.on_gap": OneOf(ON_GAP) => delivery.on_gap;
    "dead_letters.breaker.window": Whole(1..=1_000_000) => breaker.window;
    "dead_letters.breaker.ratio_percent": Whole(0..=100) => breaker.ratio_percent;
    "dead_letters.breaker.consecutive": Whole(0..=1_000_000) => breaker.consecutive;
    "limits.max_document_bytes": size_in_memory(KIB..=512 * MIB) => rules.max_document_bytes;
    "limits.max_pdf_bytes": size_in_memory(KIB..=512 * MIB) => rules.max_pdf_bytes;
    "rules.t_plus_1_from": Day => rules.t_plus_1_from;
    "http.listen": Address => http.listen;
    "log.format": OneOf(LOG_FORMATS) => log.format;
    "log.filter": LOG_FILTER => log.filter;
};

const MODES: &[(&str, Mode)] = &[("exactly-once", Mode::ExactlyOnce), ("at-least-once", Mode::AtLeastOnce)];

const ON_GAP: &[(&str, OnGap)] = &[("stop", OnGap::Stop), ("continue", OnGap::Continue)];

const LOG_FORMATS: &[(&str, LogFormat)] =
    &[("auto", LogFormat::Auto), ("human", LogFormat::Human), ("json", LogFormat::Json)];

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn size(bounds: RangeInclusive<u64>) -> Size<Bytes> {
    Size { bounds, from_bytes: Some, to_bytes: |bytes| *bytes }
}

const fn size_in_memory(bounds: RangeInclusive<u64>) -> Size<usize> {
    Size { bounds, from_bytes: |bytes| usize::try_from(bytes.0).ok(), to_bytes: |bytes| Bytes(*bytes as u64) }
}
