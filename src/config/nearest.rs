//! The known name that a misspelt one is most like.

use super::settings::SETTINGS;

/// The setting that was probably meant: a few letters off, the same name in another section, or cut short.
pub(super) fn nearest(unknown: &str) -> Option<&'static str> {
    let known = || SETTINGS.iter().map(|setting| setting.path());
    let in_wrong_section = || known().find(|path| last(path) == last(unknown));
    let distance = |path: &str| strsim::damerau_levenshtein(path, &unknown.to_ascii_lowercase());
    let closest = known().min_by_key(|path| distance(path)).filter(|path| distance(path) <= tolerance(path));
    let cut_short = || known().find(|path| last(unknown).len() >= SHORTEST && path.starts_with(unknown));
    closest.or_else(in_wrong_section).or_else(cut_short).or_else(|| {
        let name_distance = |path: &str| strsim::damerau_levenshtein(last(path), last(unknown));
        known().min_by_key(|path| name_distance(path)).filter(|path| name_distance(path) <= tolerance(last(path)))
    })
}

/// Fewest letters of a name that was cut short.
const SHORTEST: usize = 4;

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// One letter in four.
fn tolerance(name: &str) -> usize {
    name.len() / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_misspelt_and_misplaced_names() {
        let cases = [
            ("kafka.bootstrap_server", "kafka.bootstrap_servers"),
            ("kafka.bootstrap.servers", "kafka.bootstrap_servers"),
            ("kafak.group_id", "kafka.group_id"),
            ("delivery.wrokers", "delivery.workers"),
            ("Delivery.Workers", "delivery.workers"),
            ("workers", "delivery.workers"),
            ("kafka.workers", "delivery.workers"),
            ("rules.t_plus", "rules.t_plus_1_from"),
            ("delivery.shutdown", "delivery.shutdown_budget"),
            ("breaker.window", "dead_letters.breaker.window"),
            ("kafka.batch_byte", "delivery.batch_bytes"),
        ];
        for (unknown, known) in cases {
            assert_eq!(nearest(unknown), Some(known), "{unknown}");
        }
    }

    #[test]
    fn err_names_like_none() {
        for unknown in ["", "x", "kafka.retention_policy_of_the_topic", "colour"] {
            assert_eq!(nearest(unknown), None, "{unknown}");
        }
    }
}
