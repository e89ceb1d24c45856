//! The metrics page, read as Prometheus would.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A page of metrics.
pub(super) struct Page(String);

impl Page {
    pub(super) fn new(text: String) -> Page {
        Page(text)
    }

    /// Fetches `/metrics`.
    pub(super) fn fetch(address: SocketAddr) -> std::io::Result<Page> {
        let mut connection = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        connection.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(connection, "GET /metrics HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(Page(answer))
    }

    /// The sum of a counter's series: those that have the label, `("exdate_outcomes_total", "outcome=\"skip\"")`; all of them without one.
    pub(super) fn sum(&self, name: &str, label: &str) -> u64 {
        let wanted = self.series(name).filter(|(labels, _)| labels.contains(label));
        wanted.map(|(_, value)| value).sum()
    }

    /// The values of a counter's first label whose series are above zero.
    pub(super) fn labels<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        self.series(name).filter(|(_, value)| *value > 0).filter_map(|(labels, _)| labels.split('"').nth(1)).collect()
    }

    fn series<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, u64)> {
        let samples =
            self.0.lines().filter_map(move |line| line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once("} "));
        samples.filter_map(|(labels, value)| Some((labels, value.parse().ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_summed_by_label() {
        let page =
            Page::new("# HELP a_total b\na_total{x=\"1\"} 2\na_total{x=\"2\"} 3\na_total_more{x=\"1\"} 7\n".into());
        assert_eq!(page.sum("a_total", ""), 5);
        assert_eq!(page.sum("a_total", "x=\"1\""), 2);
        assert_eq!(page.labels("a_total"), ["1", "2"]);
    }
}
