//! `exdate demo` as a process: what it says, that it adds up, and that it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Ends the process, should the test fail before it has ended by itself.
struct Playing(Child);

impl Drop for Playing {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The text without what differs from run to run: ports and times.
fn steady(text: &str) -> String {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).count();
    let mut steady = String::new();
    for line in text.lines() {
        let line = match line.rsplit_once("  (") {
            Some((before, time)) if time.ends_with(" ms)") && digits(time) > 0 => format!("{before}  (N ms)"),
            _ => line.to_owned(),
        };
        let mut pieces = line.split("127.0.0.1:");
        steady.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            steady.push_str("127.0.0.1:PORT");
            steady.push_str(piece.get(digits(piece)..).unwrap_or_default());
        }
        steady.push('\n');
    }
    steady
}

#[test]
fn a_newcomer_reads_what_becomes_of_each_document() {
    let output = Command::new(env!("CARGO_BIN_EXE_exdate")).arg("demo").output().expect("the program runs");
    let text = steady(&String::from_utf8(output.stdout).expect("text"));
    assert_eq!(output.status.code(), Some(0), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stderr).as_deref(), Ok(""), "logs are off");

    let (introduction, rest) = text.split_once("\n 1. ").expect("a first document");
    assert_eq!(
        introduction,
        "The whole of exdate on a Kafka broker inside this process; nothing leaves this machine.\n\
         It reads announcements from hkex.announcements.raw and writes dividend events to hkex.dividends;\n\
         what it cannot turn into an event goes to hkex.announcements.dead-letter, with the reason.\n\
         Broker: 127.0.0.1:PORT   Metrics: http://127.0.0.1:PORT/metrics\n\n\
         11 documents are sent, one after the other. The issuers are made up.\n\
         In brackets: the time from the document's arrival in Kafka to the commit of its outcome.\n"
    );
    let in_order = [
        "    published     XHKG:07901:DVCA:2025-12-31:FINL:ORDI  (N ms)\n",
        "                  Lantau Night Ferries Limited pays HKD 0.35 a share\n",
        "                  ex-date 2026-05-28, payment date 2026-06-22\n",
        "    published     XHKG:07901:DVCA:2025-12-31:FINL:ORDI  (N ms)\n",
        "                  ex-date 2026-05-28, payment date 2026-06-29\n",
        "                  replaces the version above: the same id\n",
        "                  大帽山茶業股份有限公司 pays HKD 0.305704 a share (declared: CNY 0.28)\n",
        "                  鴨脷洲電纜股份有限公司 pays HKD, the amount to be announced (declared: CNY 0.17)\n",
        "                  ex-date to be announced, payment date 2026-08-14\n",
        "                  青衣船塢有限公司 pays HKD 0.5 a share, or CNY 0.431 a share, to be chosen by 2026-10-07 16:30\n",
        "                  Kowloon Bay Cranes Limited pays HKD 0.39 a share (declared: USD 0.05)\n",
        "    dead-lettered ",
        "invalid-stock-code, line 7: found `7905`, expected five digits",
        "    dead-lettered unsupported-template, line 1: ",
        "    skipped       not-a-dividend-form  (N ms)\n",
        "    skipped       tombstone  (N ms)\n",
        "\nThe first event in full, as it stands in the topic (one line there):\n\n{\"schema_version\":",
        "\n \"corporate_action_id\":\"XHKG:07901:DVCA:2025-12-31:FINL:ORDI\",\n",
        "\n11 consumed = 7 published + 2 dead-lettered + 2 skipped\n\
         The metrics say so, and the topics hold 7 events and 2 dead letters: nothing lost, nothing twice.\n",
        "\nWhat to try next:\n",
        " parse --explain FILE ",
    ];
    in_order.iter().fold(rest, |rest, expected| match rest.split_once(expected) {
        Some((_, after)) => after,
        None => unreachable!("`{expected}` does not follow in:\n{rest}"),
    });
}

#[test]
fn kept_up_it_serves_its_metrics_until_a_signal() {
    let mut playing = Playing(
        Command::new(env!("CARGO_BIN_EXE_exdate"))
            .args(["demo", "--keep"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs"),
    );
    let output = BufReader::new(playing.0.stdout.take().expect("a pipe"));
    let told = output.lines().map_while(Result::ok).find_map(|line| {
        let address = line.strip_prefix("Still up: http://")?.strip_suffix("/metrics. Ctrl-C ends it.")?;
        Some(address.to_owned())
    });
    let address = told.expect("it says where the metrics are");
    let mut connection = TcpStream::connect(&address).expect("the metrics are served");
    write!(connection, "GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").expect("a request");
    let mut page = String::new();
    connection.read_to_string(&mut page).expect("an answer");
    assert!(page.contains("\nexdate_outcomes_total{outcome=\"publish\"} 7\n"), "{page}");

    let pid = playing.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    assert_eq!(playing.0.wait().expect("it ends").code(), Some(0));
}

#[test]
fn err_a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output =
        Command::new(env!("CARGO_BIN_EXE_exdate")).args(["demo", "--listen", &address]).output().expect("it runs");
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.starts_with("the demo failed: ") && text.contains(&address), "{text}");
    assert_eq!(output.status.code(), Some(4));
}
