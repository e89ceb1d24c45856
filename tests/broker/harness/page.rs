//! A service's HTTP pages, read as a scraper reads them.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Status and body of a page; `None` when nobody answers.
pub(crate) fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, body.to_owned()))
}

/// A page of metrics.
pub(crate) struct Page(BTreeMap<String, f64>);

impl Page {
    /// Reads the Prometheus text format.
    pub(crate) fn parse(text: &str) -> Page {
        let series = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
        Page(series.map(|(name, value)| (name.to_owned(), value.parse().expect("a number"))).collect())
    }

    /// One series as the page writes it, without the prefix: `outcomes_total{outcome="publish"}`; 0 when it is absent.
    pub(crate) fn value(&self, series: &str) -> f64 {
        self.0.get(&format!("exdate_{series}")).copied().unwrap_or_default()
    }

    /// The sum over all series of a name.
    pub(crate) fn sum(&self, name: &str) -> f64 {
        let (alone, labelled) = (format!("exdate_{name}"), format!("exdate_{name}{{"));
        self.0.iter().filter(|(series, _)| **series == alone || series.starts_with(&labelled)).map(|(_, v)| v).sum()
    }

    /// CPU time that the process has used so far.
    pub(crate) fn cpu(&self) -> Duration {
        Duration::from_secs_f64(*self.0.get("process_cpu_seconds_total").expect("the process's own metrics"))
    }

    /// When the slowest worker last turned its loop, since the epoch.
    pub(crate) fn last_turn(&self) -> Duration {
        Duration::from_secs_f64(self.value("last_progress_timestamp_seconds"))
    }

    /// Whether the page adds up: consumed = published + dead-lettered + skipped, and each of these is the sum of its parts.
    pub(crate) fn adds_up(&self) -> bool {
        let outcome = |outcome: &str| self.value(&format!("outcomes_total{{outcome=\"{outcome}\"}}"));
        self.sum("records_consumed_total") == self.sum("outcomes_total")
            && self.sum("events_total") == outcome("publish")
            && self.sum("dead_letters_total") == outcome("dead-letter")
            && self.sum("skipped_total") == outcome("skip")
    }
}

#[test]
fn a_page_is_read_and_added_up() {
    let page = "# HELP x y\nexdate_records_consumed_total{topic=\"raw\"} 7\nexdate_outcomes_total{outcome=\"publish\"} 4\n\
        exdate_outcomes_total{outcome=\"skip\"} 3\nexdate_events_total{function=\"NEWM\"} 4\nexdate_skipped_total{reason=\"tombstone\"} 3\n";
    assert!(Page::parse(page).adds_up());
    assert_eq!(Page::parse(page).sum("outcomes_total"), 7.0);
    assert!(!Page::parse(&page.replace("} 4", "} 5")).adds_up());
}
