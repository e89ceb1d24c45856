//! Reads an output topic while the faults happen, as a downstream consumer would, and compares with what stands there afterwards.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::harness::PATIENCE;
use super::harness::topics::{Found, Stored, Tail};

/// A reader of one topic, in a thread of its own.
pub(crate) struct Live {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<HashSet<Place>>>,
    thread: JoinHandle<()>,
}

/// Partition and offset.
type Place = (i32, i64);

impl Live {
    /// Begins at the first record.
    pub(crate) fn start(servers: &str, topic: &str) -> Live {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let (flag, sink, servers, topic) = (stop.clone(), seen.clone(), servers.to_owned(), topic.to_owned());
        let thread = std::thread::spawn(move || {
            let mut tail = Tail::from_beginning(&servers, &topic);
            while !flag.load(Ordering::Relaxed) {
                if let Some(Found::Record(record)) = tail.next(Duration::from_millis(100)) {
                    sink.lock().expect("nobody panics with it").insert((record.partition, record.offset));
                }
            }
        });
        Live { stop, seen, thread }
    }

    fn seen(&self) -> MutexGuard<'_, HashSet<Place>> {
        self.seen.lock().expect("a reader without panic")
    }

    /// Ends the reading once it has come to the end; what it saw and what stands there must be the same.
    pub(crate) fn compare(self, topic: &str, stored: &[Stored]) -> Vec<String> {
        let since = Instant::now();
        while self.seen().len() < stored.len() && since.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(50));
        }
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("a reader without panic");
        let seen = self.seen.lock().expect("a reader without panic").clone();
        let stands: HashSet<Place> = stored.iter().map(|record| (record.partition, record.offset)).collect();
        let breach = |place: &Place, what: &str| format!("{topic} {}/{} was {what}", place.0, place.1);
        let vanished =
            seen.difference(&stands).map(|place| breach(place, "read as committed, and is not there any more"));
        let unseen =
            stands.difference(&seen).map(|place| breach(place, "never seen by a reader that was there all the time"));
        vanished.chain(unseen).collect()
    }
}
