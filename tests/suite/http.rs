//! The operators' endpoints over real sockets: answers, probes, and clients that mean no good.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use exdate::message::Message;
use exdate::pipeline::{Outcome, SkipReason};
use exdate::telemetry::health::Health;
use exdate::telemetry::http;
use exdate::telemetry::metrics::{Metrics, Tally};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The endpoints on a port of their own, until dropped.
struct Server {
    runtime: Runtime,
    address: SocketAddr,
    metrics: Metrics,
    health: Health,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

fn start() -> Server {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = http::bind(([127, 0, 0, 1], 0).into()).expect("a free port");
    let (address, metrics, health) = (listener.address(), Metrics::new(), Health::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = http::serve(listener, metrics.clone(), health.clone(), async { stopped.await.unwrap_or(()) });
    let served = runtime.spawn(serving);
    Server { runtime, address, metrics, health, stop, served }
}

impl Server {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }

    /// Sends these bytes and gives everything that comes back until the server closes the connection.
    fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request);
        read_all(&mut stream)
    }

    fn get(&self, path: &str) -> String {
        self.exchange(format!("GET {path} HTTP/1.1\r\nhost: exdate\r\n\r\n").as_bytes())
    }
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer is an end like any other.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).expect("text")
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[test]
fn metrics_are_served_as_prometheus_reads_them() {
    let server = start();
    let mut tally = Tally::default();
    let message = Message { topic: "raw", ..Message::default() };
    tally.add(&message, &Outcome::Skip(SkipReason::Tombstone), Duration::ZERO);
    server.metrics.batch_committed(&tally);
    let answer = server.get("/metrics");
    assert_eq!(status(&answer), "200");
    assert!(answer.contains("content-type: text/plain; version=0.0.4"), "{answer}");
    assert!(body(&answer).contains("exdate_records_consumed_total{topic=\"raw\"} 1\n"), "{answer}");
}

#[test]
fn probes_answer_with_one_line_of_reason() {
    let server = start();
    assert_eq!(body(&server.get("/livez")), "ok\n");
    server.health.unready("worker 0", "waiting for topic hkex.announcements.raw");
    assert_eq!(status(&server.get("/livez")), "200");
    let answer = server.get("/readyz");
    assert_eq!((status(&answer), body(&answer)), ("503", "worker 0: waiting for topic hkex.announcements.raw\n"));
    server.health.ready("worker 0");
    assert_eq!(status(&server.get("/readyz")), "200");
    server.health.dead("worker 0", "commit has not returned for 30s");
    assert_eq!(status(&server.get("/livez")), "503");
    assert_eq!(status(&server.get("/readyz")), "503");
}

#[test]
fn version_says_what_runs() {
    let answer = start().get("/version");
    let version: serde_json::Value = serde_json::from_str(body(&answer)).expect("JSON");
    assert_eq!(version["name"], "exdate");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["schema_version"], exdate::event::schema::SCHEMA_VERSION);
}

#[test]
fn other_paths_and_methods_are_refused() {
    let server = start();
    let answer = server.get("/admin");
    assert_eq!(status(&answer), "404");
    assert!(body(&answer).contains("/metrics /livez /readyz /version"), "{answer}");
    assert_eq!(status(&server.exchange(b"POST /metrics HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")), "405");
    let head = server.exchange(b"HEAD /livez HTTP/1.1\r\nhost: x\r\n\r\n");
    assert_eq!((status(&head), body(&head)), ("200", ""));
}

#[test]
fn a_taken_port_names_the_setting() {
    let server = start();
    let fault = http::bind(server.address).expect_err("the port is taken").to_string();
    let expected = format!("http.listen: cannot listen on {}: Address already in use", server.address);
    assert!(fault.starts_with(&expected), "{fault}");
}

#[test]
fn the_program_ends_with_one_line_of_json_and_exit_code_4_when_its_port_is_taken() {
    let server = start();
    let listen = format!("http.listen={}", server.address);
    let mut command = Command::new(env!("CARGO_BIN_EXE_exdate"));
    // No configuration file of the working directory, and no broker: the port comes first.
    let output = command.args(["run", "--config", "/dev/null", "--set", &listen]).output().expect("the program runs");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    let lines = String::from_utf8_lossy(&output.stderr).into_owned();
    let line: serde_json::Value = serde_json::from_str(&lines).expect("one line of JSON");
    assert_eq!((&line["level"], &line["exit_code"]), (&"ERROR".into(), &4.into()));
    assert!(line["message"].as_str().is_some_and(|text| text.starts_with("http.listen: cannot listen on ")), "{lines}");
}

#[test]
fn nonsense_gets_an_error_and_hurts_nobody() {
    let server = start();
    let long_header = format!("GET /livez HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(1 << 20));
    let many_headers = format!("GET /livez HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(5000));
    let no_http = server.exchange(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    assert!(["400", "none"].contains(&status(&no_http)), "{no_http}");
    for request in [long_header, many_headers] {
        let answer = server.exchange(request.as_bytes());
        assert!(["431", "400", "none"].contains(&status(&answer)), "{answer}");
    }
    assert_eq!(status(&server.get("/livez")), "200");
}

#[test]
fn a_probe_gets_through_a_flood_of_silent_clients() {
    let server = start();
    let mut silent: Vec<TcpStream> = (0..300).map(|_| server.connect()).collect();
    for stream in &mut silent {
        let _ = stream.write_all(b"GET /metrics HT");
    }
    let began = Instant::now();
    assert_eq!(status(&server.get("/livez")), "200");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(read_all(&mut silent[0]), "", "the oldest gave way");
}

#[test]
fn a_client_that_dawdles_is_cut_off() {
    let server = start();
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.1\r\n").expect("a start");
    let began = Instant::now();
    assert_eq!(read_all(&mut stream), "");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn a_connection_serves_one_request() {
    let server = start();
    let twice = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\nGET /livez HTTP/1.1\r\nhost: x\r\n\r\n";
    assert_eq!(server.exchange(twice).matches("HTTP/1.1 200").count(), 1);
}

#[test]
fn a_client_may_close_its_side_after_asking() {
    let server = start();
    let mut stream = server.connect();
    stream.write_all(b"GET /livez HTTP/1.0\r\n\r\n").expect("a request");
    stream.shutdown(Shutdown::Write).expect("half closed");
    assert_eq!(body(&read_all(&mut stream)), "ok\n");
}

#[test]
fn serving_ends_with_the_service() {
    let server = start();
    let mut silent = server.connect();
    assert_eq!(status(&server.get("/livez")), "200");
    server.stop.send(()).expect("a server");
    server.runtime.block_on(server.served).expect("no panic").expect("served to the end");
    assert_eq!(read_all(&mut silent), "");
    assert!(TcpStream::connect(server.address).is_err(), "the port is free again");
}
