//! What the README says, held to the program.

#[cfg(feature = "service")]
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a README")
}

/// What stands between two marks, each time they occur.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split_once(close)).map(|(inside, _)| inside).collect()
}

#[test]
fn its_event_is_the_golden_event() {
    let readme = readme();
    let block = between(&readme, "```json\n", "```").into_iter().next().expect("an event");
    let told: serde_json::Value = serde_json::from_str(block).expect("JSON");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/03660-qifu-interim-2023.json");
    let golden: serde_json::Value = serde_json::from_slice(&fs::read(golden).expect("the golden event")).expect("JSON");
    assert_eq!(told, golden);
}

#[test]
fn its_links_lead_somewhere() {
    let readme = readme();
    let links = between(&readme, "](", ")");
    assert!(links.len() >= 5, "{links:?}");
    for link in links.into_iter().filter(|link| !link.starts_with("https://")) {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link} is not there");
    }
}

#[cfg(feature = "service")]
#[test]
fn its_table_lists_every_command() {
    use clap::CommandFactory as _;
    let readme = readme();
    let told: BTreeSet<_> =
        between(&readme, "| `exdate ", "`").into_iter().filter_map(|text| text.split(' ').next()).collect();
    let command = exdate::cli::Cli::command();
    // A hidden one is for the program itself.
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let known: BTreeSet<_> = shown.map(clap::Command::get_name).collect();
    assert_eq!(told, known);
}

#[cfg(feature = "service")]
#[test]
fn its_metrics_exist() {
    let known = exdate::telemetry::metrics::CATALOGUE;
    let readme = readme();
    let told: BTreeSet<_> =
        between(&readme, "`exdate_", "`").into_iter().filter_map(|text| text.split('{').next()).collect();
    assert!(told.len() >= 8, "{told:?}");
    for name in told {
        let name = format!("exdate_{name}");
        assert!(known.iter().any(|(known, _)| *known == name), "{name} is no metric");
    }
}

#[cfg(feature = "service")]
#[test]
fn its_settings_exist() {
    let readme = readme();
    let paths: BTreeSet<_> = exdate::config::paths().collect();
    for told in between(&readme, "`", "`") {
        let section = told.split('.').next().unwrap_or_default();
        let is_setting =
            ["kafka", "delivery", "limits", "http", "log", "rules"].contains(&section) && told.contains('.');
        let path = told.split([' ', '=']).next().unwrap_or_default();
        assert!(!is_setting || paths.contains(path) || path == "kafka.properties", "{told} is no setting");
    }
}
