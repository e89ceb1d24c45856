//! Reads PDFs in another process of the same program: what a hostile file does to its reader, it does not do to the service.
//!
//! The reader is pure, bounded by counted limits, and trusted with neither the stack nor the memory of the process that
//! commits transactions. Its own process lives on from file to file under limits of the system; when it dies it is
//! started again, and the file that it died of is tried once more before it is told.

mod child;
mod wire;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use child::{begin_anew, serve};

use crate::finding::{Code, Finding};
use crate::pdf::Reading;

/// What the system allows the reading process.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Memory of its own.
    pub memory_bytes: u64,
    /// Time for one file, by the clock. Counted limits end a reading long before; this is for what they do not count.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { memory_bytes: 200 << 20, time: Duration::from_secs(10) }
    }
}

/// Reads PDFs through a process that it starts when there is something to read.
#[derive(Debug)]
pub struct Reader {
    program: PathBuf,
    arguments: Vec<String>,
    bounds: Bounds,
    running: Mutex<Option<Running>>,
}

/// This program; on Linux the file that it was started from, even when a newer one stands in its place by now.
pub fn this_program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if running.exists() { running.to_owned() } else { std::env::current_exe().unwrap_or_default() }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silence {
    Died,
    TimedOut,
}

/// How often a file is tried.
pub const TRIES: u32 = 2;

impl Reader {
    /// Reads through `program read-pdf`, which is this program in the service.
    pub fn new(program: PathBuf, bounds: Bounds) -> Reader {
        let arguments = vec!["read-pdf".to_owned(), "--memory-bytes".to_owned(), bounds.memory_bytes.to_string()];
        Reader { program, arguments, bounds, running: Mutex::new(None) }
    }

    /// Reads one file, as [`pdf::read`](crate::pdf::read) does.
    ///
    /// # Errors
    ///
    /// What is wrong with the file; or that its reading ended the process, or was ended, each time it was tried.
    pub fn read(&self, bytes: &[u8]) -> Result<Reading, Finding> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let mut silence = Silence::Died;
        for _ in 0..TRIES {
            match self.ask(&mut running, bytes) {
                Ok(answer) => return answer,
                Err(why) => silence = why,
            }
            // Dropped, it is killed and waited for; the next try starts another one.
            *running = None;
        }
        Err(told(silence, &self.bounds))
    }

    /// The process that reads, when there is one: for tests that end it.
    pub fn process_id(&self) -> Option<u32> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|running| running.child.id())
    }

    fn ask(&self, running: &mut Option<Running>, bytes: &[u8]) -> Result<Result<Reading, Finding>, Silence> {
        let running = match running {
            Some(running) => running,
            none => none.insert(Running::start(&self.program, &self.arguments).ok_or(Silence::Died)?),
        };
        running.files.send(bytes.to_vec()).map_err(|_| Silence::Died)?;
        let answer = running.answers.recv_timeout(self.bounds.time).map_err(|error| match error {
            RecvTimeoutError::Timeout => Silence::TimedOut,
            RecvTimeoutError::Disconnected => Silence::Died,
        })?;
        wire::answer(&answer).ok_or(Silence::Died)
    }
}

fn told(silence: Silence, bounds: &Bounds) -> Finding {
    match silence {
        Silence::Died => Finding::new(Code::PdfReaderDied, "")
            .found(format_args!("{TRIES} times the end of the process that read it"))
            .expected(format_args!("a reading within {} bytes of memory", bounds.memory_bytes)),
        Silence::TimedOut => Finding::new(Code::PdfReaderTimedOut, "")
            .found(format_args!("no text after {} ms, {TRIES} times", bounds.time.as_millis()))
            .expected("a reading within milliseconds"),
    }
}

/// The process, and a thread that talks to it, so that a process which neither reads nor writes keeps nobody waiting.
#[derive(Debug)]
struct Running {
    child: Child,
    files: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
}

impl Running {
    fn start(program: &Path, arguments: &[String]) -> Option<Running> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).env_clear();
        // A Ctrl-C is for the service, which then finishes its batch.
        let mut child = command.process_group(0).spawn().ok()?;
        let (mut input, mut output) = child.stdin.take().zip(child.stdout.take())?;
        let (files, to_read) = channel::<Vec<u8>>();
        let (sender, answers) = channel();
        let talk = move || {
            for file in to_read {
                let answer = wire::write(&mut input, &file).and_then(|()| wire::read(&mut output));
                let Ok(Some(answer)) = answer else { return };
                if sender.send(answer).is_err() {
                    return;
                }
            }
        };
        let running = Running { child, files, answers };
        thread::Builder::new().name("pdf-reader".into()).spawn(talk).ok().map(|_| running)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have died by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
