//! Log lines are best effort, the feed is not: a thread of its own writes them, and whoever logs never waits for it.
//!
//! What cannot be written (a full disk, a reader that is gone) or finds no room (a reader that does not read) is dropped and counted. The room is
//! counted in bytes, so that a backtrace takes no more memory than many short lines do.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What may wait to be written, in bytes: some thousand lines.
const ROOM: usize = 1 << 20;

/// Between two attempts at an output that says that it takes nothing at the moment.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes lines, and has them written. Clones share one queue.
#[derive(Clone)]
pub struct LogWriter(Arc<Queue>);

#[derive(Default)]
struct Queue {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Default)]
struct Lines {
    waiting: VecDeque<Vec<u8>>,
    bytes: usize,
    /// Whether the thread has a line in hand.
    is_writing: bool,
    dropped: u64,
}

impl LogWriter {
    /// Starts the thread that writes to `output`. Without one (the system may refuse it) every line is dropped, and counted.
    pub fn to(output: impl Write + Send + 'static) -> LogWriter {
        let queue = Arc::new(Queue::default());
        let writer = queue.clone();
        let _ = thread::Builder::new().name("log".into()).spawn(move || writer.write_to(output));
        LogWriter(queue)
    }

    /// How many lines were dropped.
    pub fn dropped(&self) -> u64 {
        self.0.lock().dropped
    }

    /// Waits until every line is written or dropped, but no longer than this; whether they are.
    pub fn flush_within(&self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        let mut lines = self.0.lock();
        while lines.is_writing || !lines.waiting.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            lines = self.0.changed.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

/// One write is one line, as `tracing-subscriber` makes them.
impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Queue {
    fn push(&self, line: &[u8]) {
        let mut lines = self.lock();
        if lines.bytes + line.len() > ROOM {
            lines.dropped += 1;
            return;
        }
        lines.bytes += line.len();
        lines.waiting.push_back(line.to_vec());
        drop(lines);
        self.changed.notify_all();
    }

    /// The thread's life; it ends with the process.
    fn write_to(&self, mut output: impl Write) {
        let mut is_torn = false;
        loop {
            let line = self.next();
            let written = write_line(&mut output, &line, &mut is_torn);
            let mut lines = self.lock();
            lines.bytes -= line.len();
            lines.is_writing = false;
            lines.dropped += u64::from(written.is_err());
            drop(lines);
            self.changed.notify_all();
        }
    }

    /// Waits for a line, and takes it in hand.
    fn next(&self) -> Vec<u8> {
        let mut lines = self.lock();
        loop {
            if let Some(line) = lines.waiting.pop_front() {
                lines.is_writing = true;
                return line;
            }
            lines = self.changed.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes one line. After one that was written in part (`is_torn`) it begins on a line of its own.
fn write_line(output: &mut impl Write, line: &[u8], is_torn: &mut bool) -> io::Result<()> {
    if *is_torn {
        write_whole(output, b"\n").map_err(|(_, error)| error)?;
        *is_torn = false;
    }
    write_whole(output, line).map_err(|(written, error)| {
        *is_torn = written > 0;
        error
    })?;
    output.flush()
}

/// Writes everything, or says how much was written before the error.
fn write_whole(output: &mut impl Write, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
    let mut written = 0;
    while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
        match output.write(rest) {
            Ok(0) => return Err((written, ErrorKind::WriteZero.into())),
            Ok(count) => written += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => return Err((written, error)),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver, Sender};

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    /// An output of which each write has an answer that the test gives: how many bytes it takes, or an error.
    struct Scripted {
        answers: Receiver<Result<usize, ErrorKind>>,
        taken: Sender<Vec<u8>>,
    }

    impl Write for Scripted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = self.answers.recv().map_err(|_| ErrorKind::BrokenPipe)??.min(bytes.len());
            let _ = self.taken.send(bytes.iter().take(count).copied().collect());
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn scripted() -> (LogWriter, Sender<Result<usize, ErrorKind>>, Receiver<Vec<u8>>) {
        let (answer, answers) = mpsc::channel();
        let (taken, text) = mpsc::channel();
        (LogWriter::to(Scripted { answers, taken }), answer, text)
    }

    fn log(writer: &LogWriter, line: &str) {
        assert!(writer.clone().write_all(line.as_bytes()).is_ok(), "a logger never hears of an error");
    }

    #[test]
    fn lines_are_written_in_their_order() {
        let (writer, answer, text) = scripted();
        for line in ["one\n", "two\n"] {
            log(&writer, line);
            assert!(answer.send(Ok(99)).is_ok());
        }
        assert!(writer.flush_within(LONG));
        assert_eq!(text.try_iter().collect::<Vec<_>>().concat(), b"one\ntwo\n");
        assert_eq!(writer.dropped(), 0);
    }

    #[test]
    fn an_output_that_takes_nothing_stops_nobody_and_takes_no_more_than_the_room() {
        let (writer, answer, _text) = scripted();
        let line = "x".repeat(ROOM / 4);
        (0..7).for_each(|_| log(&writer, &line));
        assert_eq!(writer.dropped(), 3, "what is being written counts too");
        assert!(
            !writer.flush_within(Duration::from_millis(10)),
            "the end of the process does not wait for it for ever"
        );
        (0..4).for_each(|_| assert!(answer.send(Ok(ROOM)).is_ok()));
        assert!(writer.flush_within(LONG));
        log(&writer, "there is room again\n");
        assert_eq!(writer.dropped(), 3);
    }

    #[test]
    fn a_line_that_cannot_be_written_is_counted_and_the_next_is_tried() {
        let (writer, answer, text) = scripted();
        for line in ["no space\n", "still none\n", "space again\n"] {
            log(&writer, line);
        }
        for taken in [Err(ErrorKind::StorageFull), Err(ErrorKind::StorageFull), Ok(99)] {
            assert!(answer.send(taken).is_ok());
        }
        assert!(writer.flush_within(LONG));
        assert_eq!(text.try_iter().collect::<Vec<_>>().concat(), b"space again\n");
        assert_eq!(writer.dropped(), 2);
    }

    #[test]
    fn a_line_after_a_torn_one_stands_on_its_own() {
        let (writer, answer, text) = scripted();
        log(&writer, "half a line\n");
        log(&writer, "a whole one\n");
        let interrupted = [Err(ErrorKind::Interrupted), Err(ErrorKind::WouldBlock)];
        let answers = [Ok(4), Err(ErrorKind::StorageFull), Ok(1)].into_iter().chain(interrupted).chain([Ok(99)]);
        answers.for_each(|taken| assert!(answer.send(taken).is_ok()));
        assert!(writer.flush_within(LONG));
        assert_eq!(text.try_iter().collect::<Vec<_>>().concat(), b"half\na whole one\n");
        assert_eq!(writer.dropped(), 1);
    }
}
