//! What is deployed beside the service, held to it: dashboard and alerts name metrics that exist, manifests name its settings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use exdate::config::Config;
use exdate::telemetry::metrics::{CATALOGUE, Metrics};
use serde_json::Value;

fn text(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file of the repository")
}

fn dashboard() -> Value {
    serde_json::from_str(&text("deploy/grafana/dashboards/exdate.json")).expect("JSON")
}

/// Every string below a value whose key is one of these.
fn strings<'a>(value: &'a Value, keys: &[&str], found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member.as_str() {
                    Some(text) if keys.contains(&key.as_str()) => found.push(text),
                    _ => strings(member, keys, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| strings(element, keys, found)),
        _ => {}
    }
}

/// Queries of the dashboard and expressions of the alerts.
fn expressions() -> Vec<String> {
    let dashboard = dashboard();
    let mut found = Vec::new();
    strings(&dashboard, &["expr", "query", "definition"], &mut found);
    let mut expressions: Vec<String> = found.into_iter().map(str::to_owned).collect();
    let alerts = text("deploy/prometheus/alerts.yml");
    let blocks =
        alerts.split("expr:").skip(1).map(|block| block.split("labels:").next().unwrap_or_default().to_owned());
    expressions.extend(blocks);
    expressions
}

/// Each metric named in an expression, without a histogram's suffix, with the text that follows its name.
fn mentions(expression: &str) -> Vec<(String, &str)> {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    expression
        .match_indices("exdate_")
        .filter_map(|(start, _)| expression.get(start..))
        .map(|rest| {
            let (name, rest) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
            let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
            (histogram.unwrap_or(name).to_owned(), rest)
        })
        .collect()
}

/// Label and value of each matcher that follows a metric's name (`=`, `!=`, and alternatives of `=~`); no variables.
fn matchers(rest: &str) -> Vec<(String, String)> {
    let selector = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(selector, _)| selector);
    let pairs = selector.split(',').filter_map(|pair| pair.split_once('=')).filter(|(_, value)| !value.contains('$'));
    let values = |(label, value): (&str, &str)| {
        let label = label.trim_end_matches('!').trim().to_owned();
        let value = value.trim_start_matches('~').trim_matches('"').to_owned();
        value.split('|').map(|value| (label.clone(), value.to_owned())).collect::<Vec<_>>()
    };
    pairs.flat_map(values).collect()
}

/// The labels of each family of the page, and their values.
fn labels_of_the_page() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let metrics = Metrics::new();
    metrics.expect_topic("raw");
    metrics.lag("raw", 0, Some(0));
    let mut labels: BTreeMap<_, BTreeMap<_, BTreeSet<_>>> = BTreeMap::new();
    for series in crate::metrics::samples(&metrics.render()).into_keys() {
        for (family, rest) in mentions(&series) {
            let family = labels.entry(family).or_default();
            for (label, value) in matchers(rest) {
                family.entry(label).or_default().insert(value);
            }
        }
    }
    labels
}

#[test]
fn dashboard_and_alerts_name_metrics_labels_and_values_that_exist() {
    let labels = labels_of_the_page();
    let mut checked = 0;
    for expression in expressions() {
        for (name, rest) in mentions(&expression) {
            assert!(CATALOGUE.iter().any(|(known, _)| *known == name), "{name} does not exist: {expression}");
            for (label, value) in matchers(rest) {
                let values = labels.get(&name).and_then(|labels| labels.get(&label));
                assert!(values.is_some_and(|values| values.contains(&value)), "{name} has no {label}=\"{value}\"");
                checked += 1;
            }
        }
    }
    assert!(checked >= 10, "only {checked} values were found to check");
}

/// What the client's own collector tells on Linux, where the service runs.
#[cfg(target_os = "linux")]
#[test]
fn process_metrics_of_the_dashboard_and_alerts_are_on_the_page() {
    let shown = crate::metrics::samples(&Metrics::new().render());
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let expressions = expressions().join(" ");
    let named: BTreeSet<&str> =
        expressions.split(|c| !is_name(c)).filter(|word| word.starts_with("process_")).collect();
    assert!(named.len() >= 4, "{named:?}");
    for name in named {
        assert!(shown.get(name).is_some_and(|value| *value > 0.0 || name == "process_cpu_seconds_total"), "{name}");
    }
}

#[test]
fn groupings_are_by_labels_that_exist() {
    let labels = labels_of_the_page();
    for expression in expressions() {
        let names = mentions(&expression);
        let known = |label: &str| {
            ["job", "instance", "le"].contains(&label)
                || names.iter().any(|(name, _)| labels.get(name).is_some_and(|labels| labels.contains_key(label)))
        };
        for grouping in expression.split("by (").skip(1) {
            for label in grouping.split(')').next().unwrap_or_default().split(',') {
                assert!(known(label.trim()), "nothing has the label {label}: {expression}");
            }
        }
    }
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let dashboard = dashboard();
    let mut queries = Vec::new();
    strings(&dashboard, &["expr"], &mut queries);
    let shown: BTreeSet<String> = queries.iter().flat_map(|query| mentions(query)).map(|(name, _)| name).collect();
    for (name, _) in CATALOGUE {
        assert!(shown.contains(*name), "{name} is on no panel");
    }
}

#[test]
fn panels_have_a_place_and_a_sentence_each() {
    let dashboard = dashboard();
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut ids = BTreeSet::new();
    let mut cells = BTreeSet::new();
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_u64()), "{title} has the id of another panel");
        let [x, y, w, h] = ["x", "y", "w", "h"].map(|side| panel["gridPos"][side].as_u64().expect("a number"));
        assert!(x + w <= 24, "{title} is off the grid");
        for cell in (x..x + w).flat_map(|column| (y..y + h).map(move |line| (column, line))) {
            assert!(cells.insert(cell), "{title} lies on another panel");
        }
        let description = panel["description"].as_str().unwrap_or_default();
        assert!(panel["type"] == "row" || description.ends_with('.'), "{title} has no description");
    }
}

#[test]
fn each_alert_says_how_bad_it_is_and_what_to_do() {
    let alerts = text("deploy/prometheus/alerts.yml");
    let rules: Vec<&str> = alerts.split("- alert: ").skip(1).collect();
    assert!(rules.len() >= 10, "only {} alerts were found", rules.len());
    for rule in rules {
        let name = rule.lines().next().unwrap_or_default();
        assert!(name.starts_with("Exdate"), "{name}");
        assert!(rule.contains("severity: page") || rule.contains("severity: ticket"), "{name} has no severity");
        assert!(rule.contains("summary: \"") && rule.contains("action: >-"), "{name} does not say what to do");
    }
}

/// The rules' own tests need Prometheus' tool.
#[test]
fn alerts_fire_when_they_should() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus");
    let promtool = |arguments: &[&str]| Command::new("promtool").args(arguments).current_dir(&folder).output();
    if promtool(&["--version"]).is_err() {
        return crate::machine::not_run("promtool (Debian package prometheus) is not on the PATH");
    }
    for arguments in
        [["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]]
    {
        let output = promtool(&arguments).expect("promtool");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
    }
}

#[test]
fn manifests_fit_the_settings() {
    let defaults = Config::default();
    let compose = text("docker-compose.yml");
    assert!(compose.contains(&format!("--topic {}", defaults.kafka.input_topic)), "the example feeds another topic");
    let kubernetes = text("deploy/kubernetes.yml");
    let port = defaults.http.listen.port().to_string();
    for (file, text) in [("docker-compose.yml", &compose), ("kubernetes.yml", &kubernetes)] {
        assert!(text.contains(&port), "{file} does not know the port {port}");
        for name in
            text.split(|c: char| !c.is_ascii_uppercase() && c != '_').filter(|word| word.starts_with("EXDATE__"))
        {
            let setting = name.trim_start_matches("EXDATE__").to_lowercase().replace("__", ".");
            let known = setting.starts_with("kafka.properties.") || exdate::config::paths().any(|path| path == setting);
            assert!(known, "{file} sets {name}, which no setting reads");
        }
    }
    let grace = kubernetes.split_once("terminationGracePeriodSeconds: ").expect("a grace period").1;
    let grace: u64 = grace.lines().next().unwrap_or_default().parse().expect("seconds");
    assert!(grace > defaults.delivery.shutdown_budget.as_secs(), "the platform kills before the drain is over");
}

#[test]
fn the_configuration_of_the_manifest_loads() {
    let kubernetes = text("deploy/kubernetes.yml");
    let block =
        kubernetes.split_once("config.toml: |\n").expect("a configuration").1.split("---").next().unwrap_or_default();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("config.toml");
    fs::write(&file, block).expect("a file");
    let loaded = Config::load(Some(&file), [], &[]).expect("the manifest's configuration");
    assert_eq!(loaded.config.kafka.properties.get("sasl.mechanism"), Some("SCRAM-SHA-512"));
}
