//! The real program on days on which its log cannot be written, and what signals do to it. No broker is there, nor needed.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything here takes on a busy machine, and shorter than the service's own budget for a drain.
const PATIENCE: Duration = Duration::from_secs(15);

/// A running `exdate run`. Dropped, it is killed.
struct Service {
    process: Child,
    port: u16,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the service by a shell, which runs `prelude` before it becomes the program.
fn start(prelude: &str, stderr: impl Into<Stdio>, settings: &[&str]) -> Service {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("its address").port();
    drop(free);
    let listen = format!("http.listen=127.0.0.1:{port}");
    let fixed = ["kafka.bootstrap_servers=127.0.0.1:1", "log.format=json", &listen];
    let settings = fixed.iter().chain(settings).flat_map(|setting| ["--set", setting]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{prelude} exec \"$@\""), "sh", env!("CARGO_BIN_EXE_exdate"), "run"]).args(settings);
    let process = command.stdin(Stdio::null()).stderr(stderr).spawn().expect("a shell");
    let service = Service { process, port };
    await_that("it serves", || service.get("/livez").is_some());
    service
}

fn await_that(what: &str, mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl Service {
    /// The whole answer, if there is one.
    fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: exdate\r\nconnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    fn metric(&self, name: &str) -> f64 {
        let page = self.get("/metrics").expect("a page");
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name}: {page}")).trim().parse().expect("a number")
    }

    fn signal(&self, names: &[&str]) {
        let kill = |name| format!("kill -s {name} {};", self.process.id());
        let script: String = names.iter().map(kill).collect();
        assert!(Command::new("sh").args(["-c", &script]).status().expect("a shell").success(), "{script}");
    }

    /// Waits for the end; the exit code, or none when a signal killed it.
    fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        await_that("it ends", || {
            status = self.process.try_wait().expect("a child");
            status.is_some()
        });
        status.and_then(|status| status.code())
    }

    /// It drops lines, works on, and ends when it is asked to.
    fn outlives_its_log(mut self) {
        await_that("lines are dropped", || self.metric("exdate_log_lines_dropped_total") > 0.0);
        let turned = self.metric("exdate_last_progress_timestamp_seconds");
        await_that("the worker turns", || self.metric("exdate_last_progress_timestamp_seconds") > turned);
        assert!(self.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
        self.signal(&["TERM"]);
        assert_eq!(self.exit_code(), Some(0));
    }
}

/// `/dev/full` is Linux's; so is the service's home.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_log_does_not_end_the_service() {
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    start("", full, &[]).outlives_its_log();
}

#[test]
fn a_log_file_at_its_size_limit_does_not_end_the_service() {
    let folder = tempfile::tempdir().expect("a folder");
    let log = File::create(folder.path().join("log")).expect("a file");
    start("ulimit -f 1;", log, &["log.filter=debug"]).outlives_its_log();
}

#[test]
fn a_reader_of_the_log_that_is_gone_does_not_end_the_service() {
    let mut service = start("", Stdio::piped(), &[]);
    drop(service.process.stderr.take());
    // The worker says again and again that there is no broker.
    service.outlives_its_log();
}

#[test]
fn a_reader_of_the_log_that_does_not_read_stops_nobody() {
    let everything = ["log.filter=trace", "kafka.properties.debug=all"];
    let service = start("", Stdio::piped(), &everything);
    service.outlives_its_log();
}

#[test]
fn an_error_that_nobody_can_read_still_has_its_exit_code() {
    let full = File::options().write(true).open("/dev/full").expect("/dev/full");
    let status = Command::new(env!("CARGO_BIN_EXE_exdate")).args(["run", "--set", "no.such=1"]).stderr(full).status();
    assert_eq!(status.expect("the program").code(), Some(3));
}

#[test]
fn each_signal_drains_and_several_at_once_are_one() {
    for names in [&["HUP"][..], &["TERM", "HUP"], &["INT", "HUP", "TERM", "TERM"]] {
        let mut service = start("", Stdio::piped(), &[]);
        service.signal(names);
        let mut log = String::new();
        service.process.stderr.take().expect("a pipe").read_to_string(&mut log).expect("text");
        assert_eq!(service.exit_code(), Some(0), "{names:?}: {log}");
        assert_eq!(log.matches("\"draining\"").count(), 1, "{names:?}: {log}");
        assert!(log.contains("\"exdate has ended\""), "the last line is written: {log}");
    }
}

#[test]
fn nohup_holds() {
    let mut service = start("trap '' HUP;", Stdio::null(), &[]);
    service.signal(&["HUP"]);
    let turned = service.metric("exdate_last_progress_timestamp_seconds");
    await_that("the worker turns on", || service.metric("exdate_last_progress_timestamp_seconds") > turned + 0.5);
    service.signal(&["TERM"]);
    assert_eq!(service.exit_code(), Some(0));
}

/// The consumer is replaced after ten seconds; a new one that misses nothing yet has found nothing either.
#[test]
fn an_outage_costs_a_handful_of_lines_and_nothing_is_there_again_before_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut service = start("", File::create(&path).expect("a file"), &[]);
    let log = || std::fs::read_to_string(&path).unwrap_or_default();
    let since = Instant::now();
    while log().matches("waiting: no broker").count() < 3 {
        assert!(since.elapsed() < 4 * PATIENCE, "{}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(log().lines().count() <= 5, "{}", log());
    assert!(!log().contains("is there again"), "{}", log());
    service.signal(&["TERM"]);
    assert_eq!(service.exit_code(), Some(0));
}
