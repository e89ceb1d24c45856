//! Settings: their sources and order, the report of everything that is wrong, secrets, and the documented file.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use exdate::config::{self, Bytes, Config, Loaded, LogFormat, Mode, Origin, Problems};
use proptest::collection::vec;
use proptest::prelude::*;

fn repository_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config.toml")
}

/// Loads a file of this text, variables and flags.
fn load(file: &str, variables: &[(&str, &str)], flags: &[&str]) -> Result<Loaded, Problems> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("exdate.toml");
    fs::write(&path, file).expect("a file");
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    Config::load(Some(&path), variables, &flags)
}

/// The report of a load that must fail, without the folder of the file.
fn report(file: &str, variables: &[(&str, &str)], flags: &[&str]) -> String {
    let problems = load(file, variables, flags).expect_err("a broken configuration");
    let report = problems.to_string();
    let folder = report.split_inclusive(['(', '\n']).find_map(|part| part.trim_start().split_once("exdate.toml"));
    folder.map_or(report.clone(), |(folder, _)| report.replace(folder, ""))
}

#[test]
fn nothing_and_an_empty_file_are_the_defaults() {
    assert_eq!(load("", &[], &[]).expect("an empty file").config, Config::default());
    let none = Config::load(Some(&repository_file()), [], &[]).expect("the repository's file");
    assert_eq!(none.config, Config::default());
}

#[test]
fn flags_go_over_environment_over_file() {
    let file = "[delivery]\nworkers = 2\nbatch_records = 10\nbatch_bytes = \"1MB\"\n";
    let variables = [("EXDATE__DELIVERY__WORKERS", "3"), ("EXDATE__DELIVERY__BATCH_RECORDS", "20"), ("HOME", "/")];
    let loaded = load(file, &variables, &["delivery.workers=5", "delivery.workers=4"]).expect("a configuration");
    let delivery = &loaded.config.delivery;
    assert_eq!((delivery.workers, delivery.batch_records, delivery.batch_bytes), (4, 20, Bytes(1_000_000)));
    assert_eq!(loaded.origin("delivery.workers"), Origin::Flag);
    assert_eq!(loaded.origin("delivery.batch_records").to_string(), "EXDATE__DELIVERY__BATCH_RECORDS");
    assert!(loaded.origin("delivery.batch_bytes").to_string().ends_with("exdate.toml:4"));
    assert_eq!(loaded.origin("delivery.mode"), Origin::Default);
}

#[test]
fn every_setting_can_be_set_in_each_source() {
    let values = [
        ("kafka.bootstrap_servers", "\"b:1\""),
        ("kafka.group_id", "\"g\""),
        ("kafka.session_timeout", "\"45s\""),
        ("kafka.instance_id", "\"i-0\""),
        ("kafka.input_topic", "\"in\""),
        ("kafka.output_topic", "\"out\""),
        ("kafka.dead_letter_topic", "\"dead\""),
        ("delivery.mode", "\"at-least-once\""),
        ("delivery.workers", "2"),
        ("delivery.batch_records", "1"),
        ("delivery.batch_bytes", "\"1MiB\""),
        ("delivery.batch_wait", "\"0s\""),
        ("delivery.shutdown_budget", "\"1m\""),
        ("delivery.on_gap", "\"continue\""),
        ("dead_letters.breaker.window", "10"),
        ("dead_letters.breaker.ratio_percent", "0"),
        ("dead_letters.breaker.consecutive", "0"),
        ("limits.max_document_bytes", "\"16MiB\""),
        ("limits.max_pdf_bytes", "\"4MiB\""),
        ("rules.t_plus_1_from", "\"2027-10-11\""),
        ("http.listen", "\"127.0.0.1:0\""),
        ("log.format", "\"json\""),
        ("log.filter", "\"warn,exdate=debug\""),
    ];
    assert_eq!(values.map(|(path, _)| path).to_vec(), config::paths().collect::<Vec<_>>());
    let file: String = values.map(|(path, value)| format!("{path} = {value}\n")).concat();
    let by_file = load(&file, &[], &[]).expect("a file").config;
    let bare = values.map(|(path, value)| (path, value.trim_matches('"')));
    let names = bare.map(|(path, value)| (format!("EXDATE__{}", path.to_uppercase().replace('.', "__")), value));
    let variables: Vec<_> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let by_environment = load("", &variables, &[]).expect("an environment").config;
    let flags = bare.map(|(path, value)| format!("{path}={value}"));
    let by_flags = load("", &[], &flags.each_ref().map(String::as_str)).expect("flags").config;
    assert_eq!(by_file, by_environment);
    assert_eq!(by_file, by_flags);
    let default = load("", &[], &[]).expect("defaults").effective();
    let set = load(&file, &[], &[]).expect("a file").effective();
    let unchanged: Vec<&str> = set.lines().filter(|line| line.contains('=') && default.contains(line)).collect();
    assert_eq!(unchanged, Vec::<&str>::new(), "each value of the table differs from its default");
    assert_eq!(by_file.delivery.mode, Mode::AtLeastOnce);
    assert_eq!(by_file.delivery.shutdown_budget, Duration::from_secs(60));
    assert_eq!(by_file.rules.max_document_bytes, 16 << 20);
    assert_eq!(by_file.rules.max_pdf_bytes, 4 << 20);
    assert_eq!(by_file.log.format, LogFormat::Json);
}

#[test]
fn all_problems_stand_in_one_report() {
    let file = "\
[kafka]
sesion_timeout = \"10s\"
group_id = 7
output_topic = \"hkex.announcements.raw\"

[delivery]
workers = 0
batch_wait = \"50\"

[kafka.properties]
\"enable.auto.commit\" = true

[colour]
";
    let variables =
        [("EXDATE__DELIVERY__BATCH_BYTES", ""), ("EXDATE__LOG__FILTER", "inof"), ("EXDATE_KAFKA_GROUP_ID", "x")];
    let flags = ["http.listen=localhost", "rules.t_plus_1_from=2027-2-30", "delivery.mode"];
    assert_eq!(
        report(file, &variables, &flags),
        "\
the configuration has 13 problems:
  EXDATE_KAFKA_GROUP_ID: unknown variable, did you mean EXDATE__KAFKA__GROUP_ID?
  --set: expected PATH=VALUE, as in --set delivery.workers=2
  kafka.sesion_timeout (exdate.toml:2): unknown setting, did you mean kafka.session_timeout?
  kafka.group_id (exdate.toml:3): found the number 7, expected a group id: 1 to 255 characters, none of them a control character
  delivery.workers (exdate.toml:7): found the number 0, expected a whole number from 1 to 64
  delivery.batch_wait (exdate.toml:8): found the string \"50\", expected a duration with a unit, as in \"10s\" or \"50ms\", from 0s to 10s
  kafka.properties.enable.auto.commit (exdate.toml:11): refused: an offset is committed only together with its outcome
  colour (exdate.toml:13): unknown setting; config.toml has a line for each that there is
  delivery.batch_bytes (EXDATE__DELIVERY__BATCH_BYTES): found nothing, expected a size with a unit, as in \"8MiB\", from 1KiB to 1GiB
  log.filter (EXDATE__LOG__FILTER): found `inof`, expected a level (off, error, warn, info, debug, trace) or directives, as in \"info,exdate=debug\"
  http.listen (--set): found `localhost`, expected an IP address and port, as in \"0.0.0.0:9464\" or \"[::]:9464\"
  rules.t_plus_1_from (--set): found `2027-2-30`, expected a day as \"2027-10-11\", or \"\" for none
  kafka.output_topic (exdate.toml:4): found `hkex.announcements.raw`, expected another topic than that of kafka.input_topic"
    );
}

#[test]
fn err_values_of_the_wrong_shape() {
    let cases = [
        ("kafka = 3", "kafka (exdate.toml:1): expected a table of settings"),
        (
            "[delivery.workers]\ncount = 2",
            "delivery.workers.count (exdate.toml:2): unknown setting; config.toml has a line for each that there is",
        ),
        (
            "[delivery.workers]",
            "delivery.workers (exdate.toml:1): found an empty table, expected a whole number from 1 to 64",
        ),
        ("delivery.workers = \"2\"", "found the string \"2\", expected a whole number from 1 to 64"),
        ("delivery.workers = 2.5", "found a number with a fraction, expected a whole number from 1 to 64"),
        (
            "delivery.workers = 99999999999999999999",
            "found a number beyond all bounds, expected a whole number from 1 to 64",
        ),
        (
            "delivery.mode = \"exactly once\"",
            "found the string \"exactly once\", expected \"exactly-once\" or \"at-least-once\"",
        ),
        ("kafka.input_topic = [\"a\"]", "found an array, expected a topic name"),
        ("kafka.bootstrap_servers = true", "found the boolean true, expected comma-separated host:port"),
        ("rules.t_plus_1_from = 2027-10-11", "found a date without quotes, expected a day as \"2027-10-11\""),
        ("limits.max_document_bytes = 8388608", "found the number 8388608, expected a size with a unit"),
        ("kafka.properties = 1", "kafka.properties (exdate.toml:1): expected a table of settings"),
        (
            "kafka.properties.\"linger.ms\" = 0.5",
            "found a number with a fraction, expected a string, a whole number or a boolean",
        ),
        ("delivery.batch_wait = \"6s\"", "found 6s, expected at most half of kafka.session_timeout, 5s"),
        (
            "kafka.output_topic = \"t\"\nkafka.dead_letter_topic = \"t\"",
            "expected another topic than that of kafka.output_topic",
        ),
    ];
    for (file, part) in cases {
        let report = report(file, &[], &[]);
        assert!(report.contains(part), "{file}\n{report}");
        assert!(report.starts_with("the configuration has 1 problem:\n"), "{file}\n{report}");
    }
}

#[test]
fn err_files_that_are_none() {
    let missing = Config::load(Some(Path::new("no/such/exdate.toml")), [], &[]).expect_err("no file").to_string();
    assert!(missing.contains("no/such/exdate.toml: cannot read the file: No such file"), "{missing}");
    let folder = tempfile::tempdir().expect("a folder");
    let latin = folder.path().join("latin.toml");
    fs::write(&latin, b"# caf\xe9\n").expect("a file");
    let report_of = |path: &Path| Config::load(Some(path), [], &[]).expect_err("not a configuration").to_string();
    assert!(report_of(&latin).contains("the file is not UTF-8"));
    assert!(report_of(folder.path()).contains("cannot read the file"));
    let report = report("[kafka]\n\"sasl.password\" = \"hunter2\n\n[delivery\n", &[], &["delivery.workers=x"]);
    assert!(report.contains("exdate.toml:2: not TOML: "), "{report}");
    assert!(report.contains("exdate.toml:4: not TOML: "), "{report}");
    assert!(report.contains("delivery.workers (--set): found `x`"), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn err_a_variable_that_is_not_utf_8() {
    let variable = (OsString::from("EXDATE__KAFKA__GROUP_ID"), OsString::from_vec(vec![0xff, 0xfe]));
    let report = Config::load(Some(&repository_file()), [variable], &[]).expect_err("no text").to_string();
    assert!(report.contains("kafka.group_id (EXDATE__KAFKA__GROUP_ID): the value is not UTF-8"), "{report}");
}

#[test]
fn properties_pass_through_by_their_own_names() {
    let file = "[kafka.properties]\n\"sasl.username\" = \"reader\"\nssl.ca.location = \"/ca.pem\"\n\"linger.ms\" = 5\n\"socket.keepalive.enable\" = true\n";
    let variables =
        [("EXDATE__KAFKA__PROPERTIES__SASL_PASSWORD", "hunter2"), ("EXDATE__KAFKA__PROPERTIES__CLIENT_RACK", "r1")];
    let loaded = load(file, &variables, &["kafka.properties.sasl.username=writer"]).expect("a configuration");
    let properties: Vec<_> = loaded.config.kafka.properties.iter().collect();
    let expected = [
        ("client.rack", "r1"),
        ("linger.ms", "5"),
        ("sasl.password", "hunter2"),
        ("sasl.username", "writer"),
        ("socket.keepalive.enable", "true"),
        ("ssl.ca.location", "/ca.pem"),
    ];
    assert_eq!(properties, expected);
}

#[test]
fn properties_that_the_guarantee_depends_on_are_refused_with_the_reason() {
    let refused = [
        ("bootstrap.servers", "use kafka.bootstrap_servers"),
        ("group.id", "use kafka.group_id"),
        ("transactional.id", "made of kafka.group_id and kafka.instance_id"),
        ("enable.auto.commit", "only together with its outcome"),
        ("enable.auto.offset.store", "only together with its outcome"),
        ("isolation.level", "may yet be aborted"),
        ("acks", "the guarantee is chosen by delivery.mode"),
        ("session.timeout.ms", "use kafka.session_timeout"),
        ("partition.assignment.strategy", "cooperative-sticky"),
        ("metadata.recovery.strategy", "may never return"),
    ];
    for (name, reason) in refused {
        let variable = format!("EXDATE__KAFKA__PROPERTIES__{}", name.to_uppercase().replace('.', "_"));
        for report in [
            report(&format!("[kafka.properties]\n{name} = \"x\"\n"), &[], &[]),
            report("", &[(variable.as_str(), "x")], &[]),
            report("", &[], &[&format!("kafka.properties.{name}=x")]),
        ] {
            assert!(report.contains(&format!("kafka.properties.{name} (")) && report.contains(reason), "{report}");
        }
    }
}

#[test]
fn no_secret_is_ever_shown() {
    let flags = ["kafka.properties.sasl.password=hunter2", "kafka.properties.ssl.key.pem=hunter2"];
    let loaded = load("", &[], &flags).expect("a configuration");
    let shown = format!("{}{:?}{:#?}", loaded.effective(), loaded, loaded.config);
    assert!(!shown.contains("hunter2") && shown.contains("\"sasl.password\" = \"***\"  # --set"), "{shown}");
    let wrong = ["kafka.pasword=hunter2", "kafka.sasl.password=hunter2", "hunter2"];
    assert!(!report("", &[], &wrong).contains("hunter2"));
    assert!(!report("kafka.properties.\"sasl.password\" = [\"hunter2\"]", &[], &[]).contains("hunter2"));
}

#[test]
fn the_effective_configuration_can_be_loaded_again() {
    let file = "[kafka]\ngroup_id = \"a \\\"quoted\\\" group\"\n[kafka.properties]\n\"client.rack\" = \"r\\\\1\"\n[delivery]\nbatch_wait = \"1s 500ms\"\n";
    let once = load(file, &[], &["limits.max_document_bytes=1500B"]).expect("a configuration");
    let again = load(&once.effective(), &[], &[]).expect("what was shown");
    assert_eq!(once.config, again.config);
}

#[test]
fn the_documented_file_holds_every_setting_at_its_default() {
    let text = fs::read_to_string(repository_file()).expect("config.toml");
    let loaded = Config::load(Some(&repository_file()), [], &[]).expect("config.toml");
    assert_eq!(loaded.config, Config::default());
    let lines: Vec<&str> = text.lines().collect();
    for path in config::paths() {
        let line = loaded.origin(path).line().expect("a line of config.toml for each setting");
        let before = lines.get(line - 2).copied().unwrap_or_default();
        assert!(before.starts_with("# "), "{path} has no comment in config.toml:{line}");
    }
    let default = load("", &[], &[]).expect("defaults").effective();
    for line in default.lines().filter(|line| line.contains('=')) {
        assert!(lines.contains(&line), "config.toml writes `{line}` in another way");
    }
}

#[test]
fn the_program_ends_with_the_whole_report_and_exit_code_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_exdate"));
    command.current_dir(folder.path()).env_clear().env("EXDATE__DELIVERY__WORKERS", "many");
    command.args(["run", "--set", "http.listen=9464", "--set", "kafka.group=x", "--config", "exdate.toml"]);
    fs::write(folder.path().join("exdate.toml"), "[log]\nformat = \"text\"\n").expect("a file");
    let output = command.output().expect("the program runs");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "\
the configuration has 4 problems:
  log.format (exdate.toml:2): found the string \"text\", expected \"auto\" or \"human\" or \"json\"
  delivery.workers (EXDATE__DELIVERY__WORKERS): found `many`, expected a whole number from 1 to 64
  http.listen (--set): found `9464`, expected an IP address and port, as in \"0.0.0.0:9464\" or \"[::]:9464\"
  kafka.group (--set): unknown setting, did you mean kafka.group_id?
"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever stands in the sources, the answer is a configuration or a report.
    #[test]
    fn no_source_breaks_the_loading(
        lines in vec(("[a-z_.\"\\[\\]]{0,12}", r#"([0-9]{1,20}|"[^"]{0,8}"|\[.*\]|\PC{0,8})"#), 0..3),
        value in "\\PC*",
        place in 0..config::paths().count(),
        flags in vec("\\PC*", 0..2),
    ) {
        let file: String = lines.iter().map(|(key, value)| format!("{key} = {value}\n")).collect();
        let path = config::paths().nth(place).unwrap_or_default();
        let variable = format!("EXDATE__{}", path.to_uppercase().replace('.', "__"));
        match load(&file, &[(&variable, &value)], &flags.iter().map(String::as_str).collect::<Vec<_>>()) {
            Ok(loaded) => prop_assert_eq!(load(&loaded.effective(), &[], &[]).map(|again| again.config), Ok(loaded.config)),
            Err(problems) => prop_assert!(!problems.0.is_empty()),
        }
    }
}
