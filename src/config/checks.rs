//! What settings have to do with each other.

use super::Config;
use super::units::show_duration;

/// A rule over several settings.
pub(super) struct Check {
    /// The settings that it reads.
    pub(super) settings: &'static [&'static str],
    /// The setting to look at and what is wrong, if anything.
    pub(super) problem: fn(&Config) -> Option<(&'static str, String)>,
}

/// Every rule.
pub(super) const CHECKS: &[Check] = &[
    Check {
        settings: &["kafka.input_topic", "kafka.output_topic"],
        problem: |config| {
            same(&config.kafka.input_topic, &config.kafka.output_topic, "kafka.output_topic", "kafka.input_topic")
        },
    },
    Check {
        settings: &["kafka.input_topic", "kafka.dead_letter_topic"],
        problem: |config| {
            let (input, dead_letters) = (&config.kafka.input_topic, &config.kafka.dead_letter_topic);
            same(input, dead_letters, "kafka.dead_letter_topic", "kafka.input_topic")
        },
    },
    Check {
        settings: &["kafka.output_topic", "kafka.dead_letter_topic"],
        problem: |config| {
            let (output, dead_letters) = (&config.kafka.output_topic, &config.kafka.dead_letter_topic);
            same(output, dead_letters, "kafka.dead_letter_topic", "kafka.output_topic")
        },
    },
    Check { settings: &["kafka.session_timeout", "delivery.batch_wait"], problem: batch_outlives_session },
];

fn same(one: &str, other: &str, path: &'static str, than: &str) -> Option<(&'static str, String)> {
    (one == other).then(|| (path, format!("found `{other}`, expected another topic than that of {than}")))
}

/// A batch that is collected for most of a session leaves no time to commit it.
fn batch_outlives_session(config: &Config) -> Option<(&'static str, String)> {
    let half = config.kafka.session_timeout / 2;
    (config.delivery.batch_wait > half).then(|| {
        let found = show_duration(config.delivery.batch_wait);
        (
            "delivery.batch_wait",
            format!("found {found}, expected at most half of kafka.session_timeout, {}", show_duration(half)),
        )
    })
}
