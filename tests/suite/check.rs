//! `exdate check` as a process: against librdkafka's mock cluster, against what is no broker, and against nothing.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use exdate::config::{Config, Kafka};
use exdate::kafka::standalone::embedded::Embedded;
use exdate::kafka::standalone::range::Range;
use serde_json::Value;

const TOPICS: [&str; 3] = ["hkex.announcements.raw", "hkex.dividends", "hkex.announcements.dead-letter"];

fn check(servers: &str, more: &[&str]) -> Output {
    let elsewhere = tempfile::tempdir().expect("a folder without a config.toml");
    Command::new(env!("CARGO_BIN_EXE_exdate"))
        .args(["check", "--set", &format!("kafka.bootstrap_servers={servers}")])
        .args(more)
        .current_dir(elsewhere.path())
        .output()
        .expect("the program runs")
}

/// The lines of a check as `status subject: found`, and the exit code.
fn checked(servers: &str, more: &[&str]) -> (Vec<String>, Option<i32>) {
    let output = check(servers, &[&["--format", "json"], more].concat());
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let text = |line: &Value, name: &str| line[name].as_str().expect("a text").to_owned();
    let checks = report["checks"].as_array().expect("a list").iter();
    let lines =
        checks.map(|line| format!("{} {}: {}", text(line, "status"), text(line, "subject"), text(line, "found")));
    (lines.collect(), output.status.code())
}

fn broker_with(topics: &[&str]) -> Embedded {
    let broker = Embedded::start().expect("an embedded broker");
    for topic in topics {
        broker.create_topic(topic, 2).expect("a new topic");
    }
    broker
}

#[test]
fn a_cluster_in_order_passes() {
    let broker = broker_with(&TOPICS);
    let (lines, code) = checked(&broker.bootstrap_servers(), &["--set", "kafka.instance_id=here"]);
    let (first, rest) = lines.split_first().expect("some lines");
    assert!(first.starts_with(&format!("ok broker: {} answered in ", broker.bootstrap_servers())), "{first}");
    // The mock cluster shows no settings.
    let expected = [
        "warning input: hkex.announcements.raw: 2 partitions; its settings are not shown to this user",
        "warning output: hkex.dividends: 2 partitions; its settings are not shown to this user",
        "warning dead letters: hkex.announcements.dead-letter: 2 partitions; its settings are not shown to this user",
        "ok reading: hkex.announcements.raw can be read",
        "ok group: exdate can be read",
        "ok transactions: transactional id exdate.here.check can be used",
        "ok writing: hkex.dividends can be written",
        "ok writing: hkex.announcements.dead-letter can be written",
    ];
    assert_eq!(rest, expected);
    assert_eq!(code, Some(0));
}

#[test]
fn people_read_the_settings_then_a_line_for_each_thing_and_its_advice_then_the_verdict() {
    let broker = broker_with(&TOPICS[..2]);
    let servers = broker.bootstrap_servers();
    let output = check(&servers, &["--format", "human", "--set", "kafka.instance_id=here"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.starts_with(&format!("[kafka]\nbootstrap_servers = \"{servers}\"  # --set\n")), "{text}");
    let (_, checks) = text.split_once(&format!("{servers} answered in ")).expect("an answer");
    let (_, checks) = checks.split_once(" ms").expect("a time");
    let (_, checks) = checks.split_once('\n').expect("a line");
    let expected = "\
warning    input          hkex.announcements.raw: 2 partitions; its settings are not shown to this user
                          → allow DescribeConfigs on topic hkex.announcements.raw, so that clean-up and sizes can be checked
warning    output         hkex.dividends: 2 partitions; its settings are not shown to this user
                          → allow DescribeConfigs on topic hkex.dividends, so that clean-up and sizes can be checked
failed     dead letters   hkex.announcements.dead-letter does not exist
                          → `exdate check --create-topics` makes it
ok         reading        hkex.announcements.raw can be read
ok         group          exdate can be read
ok         transactions   transactional id exdate.here.check can be used
ok         writing        hkex.dividends can be written

Not in order: 1 failed, 2 warnings.
";
    assert_eq!(checks, expected);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn without_transactions_writing_is_not_tried() {
    let broker = broker_with(&TOPICS);
    let (lines, code) = checked(&broker.bootstrap_servers(), &["--set", "delivery.mode=at-least-once"]);
    let last = "not tried writing: without transactions, only a record would show whether it is allowed";
    assert_eq!(lines.last().map(String::as_str), Some(last));
    assert!(!lines.iter().any(|line| line.contains("transactions:")), "{lines:?}");
    assert_eq!(code, Some(0));
}

#[test]
fn a_check_leaves_no_record_behind() {
    let broker = broker_with(&TOPICS);
    assert_eq!(checked(&broker.bootstrap_servers(), &[]).1, Some(0));
    let kafka = Kafka { bootstrap_servers: broker.bootstrap_servers(), ..Config::default().kafka };
    for topic in TOPICS {
        assert_eq!(Range::to_now(&kafka, topic).and_then(Range::read), Ok(vec![]), "{topic}");
    }
}

#[test]
fn err_missing_topics_are_named_and_not_made() {
    let broker = broker_with(&TOPICS[..1]);
    let (lines, code) = checked(&broker.bootstrap_servers(), &[]);
    let failed: Vec<_> = lines.iter().filter(|line| line.starts_with("failed")).collect();
    assert_eq!(
        failed,
        [
            "failed output: hkex.dividends does not exist",
            "failed dead letters: hkex.announcements.dead-letter does not exist"
        ]
    );
    assert_eq!(code, Some(1));
    let kafka = Kafka { bootstrap_servers: broker.bootstrap_servers(), ..Config::default().kafka };
    let trouble = Range::to_now(&kafka, "hkex.dividends").err().expect("a check makes no topic");
    assert!(trouble.why.contains("Unknown topic"), "{trouble}");
}

#[test]
fn err_a_cluster_that_makes_no_topics_says_so() {
    let broker = broker_with(&TOPICS[..2]);
    let (lines, code) = checked(&broker.bootstrap_servers(), &["--create-topics"]);
    let failed: Vec<_> = lines.iter().filter(|line| line.starts_with("failed")).collect();
    assert_eq!(failed.len(), 1, "{lines:?}");
    assert!(
        failed[0].starts_with("failed dead letters: hkex.announcements.dead-letter could not be made: "),
        "{failed:?}"
    );
    assert_eq!(code, Some(1));
}

#[test]
fn err_nothing_listens() {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
    let since = Instant::now();
    let output = check(&format!("127.0.0.1:{port}"), &["--format", "human"]);
    assert!(since.elapsed() < Duration::from_secs(10), "an unreachable broker is told within seconds");
    let text = String::from_utf8(output.stdout).expect("text");
    let (_, checks) = text.split_once("\n\n").expect("the settings, then the checks");
    let expected = format!(
        "failed     broker         connection refused: 127.0.0.1:{port}: Connect to ipv4#127.0.0.1:{port} failed: Connection refused\n\
         {:26}→ start the broker, or name its address and port in kafka.bootstrap_servers\n\nNot in order: 1 failed.\n",
        ""
    );
    assert!(checks.ends_with(&expected), "{checks}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn err_a_name_that_nobody_knows() {
    // Too long for a name, so that no resolver is asked, which may be slow or not there.
    let host = format!("{}.invalid", "x".repeat(64));
    let (lines, code) = checked(&format!("{host}:9092"), &[]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with(&format!("failed broker: name not resolved: {host}:9092: ")), "{lines:?}");
    assert_eq!(code, Some(1));
}

/// A server that reads what comes and answers with `answer`, or not at all.
fn stranger(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address").to_string();
    let serve = move |mut stream: TcpStream| {
        let mut request = [0; 1024];
        while stream.read(&mut request).is_ok_and(|count| count > 0) {
            if !answer.is_empty() && stream.write_all(answer).is_err() {
                return;
            }
        }
    };
    std::thread::spawn(move || {
        listener.incoming().flatten().for_each(|stream| drop(std::thread::spawn(move || serve(stream))));
    });
    address
}

#[test]
fn err_another_program_at_the_address() {
    let (lines, code) = checked(&stranger(b"HTTP/1.1 400 Bad Request\r\n\r\n"), &[]);
    assert!(lines[0].starts_with("failed broker: no Kafka there: "), "{lines:?}");
    assert_eq!(code, Some(1));
}

#[test]
fn err_silence_ends_after_its_time() {
    let address = stranger(b"");
    let since = Instant::now();
    let (lines, code) = checked(&address, &[]);
    assert_eq!(lines, [format!("failed broker: {address} did not answer within 8 s")]);
    assert!(since.elapsed() < Duration::from_secs(14), "{:?}", since.elapsed());
    assert_eq!(code, Some(1));
}

#[test]
fn err_tls_towards_a_listener_without_it() {
    let broker = broker_with(&TOPICS);
    let (lines, code) = checked(&broker.bootstrap_servers(), &["--set", "kafka.properties.security.protocol=SSL"]);
    assert!(lines[0].starts_with("failed broker: TLS refused: "), "{lines:?}");
    assert_eq!(code, Some(1));
}

#[test]
fn err_settings_that_are_wrong_are_told_all_at_once() {
    let (lines, code) = checked("localhost:9092", &["--set", "delivery.workers=0", "--set", "kafka.topic=x"]);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("failed configuration: ")), "{lines:?}");
    assert_eq!(code, Some(3));
}

#[test]
fn err_a_property_that_librdkafka_does_not_know() {
    let (lines, code) = checked("localhost:9092", &["--set", "kafka.properties.linger.mss=1"]);
    let expected = "failed configuration: kafka.properties: librdkafka refuses `linger.mss`: No such configuration property: \"linger.mss\"";
    assert_eq!(lines, [expected]);
    assert_eq!(code, Some(3));
}

#[test]
fn secrets_are_never_shown() {
    let secret = ["--set", "kafka.properties.sasl.password=hunter2", "--set", "kafka.properties.sasl.username=reader"];
    for format in ["human", "json"] {
        let output = check("127.0.0.1:1", &[&["--format", format], &secret[..]].concat());
        let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        assert!(text.contains("reader") && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn err_other_commands_without_a_broker_say_that_this_one_tells_more() {
    let elsewhere = tempfile::tempdir().expect("a folder without a config.toml");
    let output = Command::new(env!("CARGO_BIN_EXE_exdate"))
        .args(["dlq", "list", "--set", "kafka.bootstrap_servers=127.0.0.1:1"])
        .current_dir(elsewhere.path())
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&output.stderr);
    for expected in ["hkex.dividends", "`exdate check`", "kafka.bootstrap_servers", "run again"] {
        assert!(told.contains(expected), "no {expected} in {told}");
    }
    assert_eq!(output.status.code(), Some(5));
}
