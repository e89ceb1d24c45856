//! The records of a range, worked on by all cores, the results in the order of the records.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, available_parallelism};

use crate::commands::trouble::Trouble;
use crate::kafka::standalone::range::Stored;
use crate::reader::{self, Bounds, Reader};

/// Batches that a hand has before it, or behind it, at most.
const AHEAD: usize = 2;

/// One thread: where it takes batches from, and where it leaves what it made of them.
struct Hand<T> {
    batches: SyncSender<Vec<Stored>>,
    results: Receiver<T>,
}

/// Has each batch that `next` gives worked on, and `take` take what became of it. PDFs are read in a process beside each thread.
pub(super) fn in_order<T: Send>(
    mut next: impl FnMut() -> Result<Option<Vec<Stored>>, Trouble>,
    work: impl Fn(&Reader, Vec<Stored>) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let work = &work;
    thread::scope(|scope| {
        let hire = |_| {
            let (batches, to_do) = sync_channel(AHEAD);
            let (done, results) = sync_channel(AHEAD + 1);
            scope.spawn(move || labour(&to_do, work, &done));
            Hand { batches, results }
        };
        let hands: Vec<Hand<T>> = (0..available_parallelism().map_or(1, usize::from)).map(hire).collect();
        let mut under_way: VecDeque<&Hand<T>> = VecDeque::new();
        let mut turn = hands.iter().cycle();
        while let Some(batch) = next()? {
            if under_way.len() >= hands.len() * AHEAD {
                under_way.pop_front().and_then(|hand| hand.results.recv().ok()).map_or(Ok(()), &mut take)?;
            }
            let Some(hand) = turn.next() else { break };
            if hand.batches.send(batch).is_ok() {
                under_way.push_back(hand);
            }
        }
        under_way.into_iter().filter_map(|hand| hand.results.recv().ok()).try_for_each(take)
    })
}

fn labour<T>(to_do: &Receiver<Vec<Stored>>, work: impl Fn(&Reader, Vec<Stored>) -> T, done: &SyncSender<T>) {
    let reader = Reader::new(reader::this_program(), Bounds::default());
    while let Ok(batch) = to_do.recv() {
        if done.send(work(&reader, batch)).is_err() {
            return;
        }
    }
}
