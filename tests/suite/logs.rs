//! Log lines: JSON for machines, text for people, and no more than the filter lets through.

use std::io;
use std::sync::{Arc, Mutex};

use exdate::config::{Log, LogFormat};
use exdate::telemetry::log;

/// Where the lines go.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What two events look like under these settings.
fn written(format: LogFormat, filter: &str, terminal: bool) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = log::subscriber(&Log { format, filter: filter.into() }, terminal, move || writer.clone());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!(lag_messages = 42, topic = "raw", "caught up");
        tracing::debug!("a detail");
    });
    let bytes = lines.0.lock().expect("a lock").clone();
    String::from_utf8(bytes).expect("text")
}

#[test]
fn json_is_one_flat_object_a_line() {
    for format in [LogFormat::Json, LogFormat::Auto] {
        let text = written(format, "info", false);
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "caught up");
        assert_eq!(line["lag_messages"], 42);
        assert_eq!(line["target"], "suite::logs");
        let timestamp = line["timestamp"].as_str().expect("a timestamp");
        assert!(timestamp.len() > 20 && timestamp.ends_with('Z'), "{timestamp}");
    }
}

#[test]
fn a_terminal_gets_readable_lines_and_a_pipe_no_colours() {
    let text = written(LogFormat::Auto, "info", true);
    assert!(text.contains("caught up") && text.contains('\u{1b}'), "{text}");
    let text = written(LogFormat::Human, "info", false);
    assert!(text.contains("INFO suite::logs: caught up lag_messages=42 topic=\"raw\""), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn the_filter_decides_what_is_written() {
    assert_eq!(written(LogFormat::Human, "warn", false), "");
    assert_eq!(written(LogFormat::Human, "debug", false).lines().count(), 2);
    assert_eq!(written(LogFormat::Human, "info,suite=debug", false).lines().count(), 2);
    assert_eq!(written(LogFormat::Human, "off", false), "");
}
