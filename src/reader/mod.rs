//! Reads PDFs in another process of the same program: what a hostile file does to its reader, it does not do to the service.
//!
//! The reader is pure, bounded by counted limits, and trusted with neither the stack nor the memory of the process that
//! commits transactions. Its own process lives on from file to file under limits of the system; when it dies it is
//! started again, and the file that it died of is tried once more before it is told ([`Code::PdfReaderDied`]).
//!
//! A reading that this machine has no time or no process for says nothing about the file. It is a [`Fault`] and no
//! finding: another try, on another day or another machine, may give the text.

mod child;
mod fault;
mod wire;

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use child::{begin_anew, serve};
pub use fault::Fault;

use crate::finding::{Code, Finding};
use crate::pdf::Reading;

/// What the system allows the reading process.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Memory of its own.
    pub memory_bytes: u64,
    /// Seconds of a processor for one file, or up to one more. Counted limits end a reading long before; this is for what
    /// they do not count.
    pub cpu_seconds: u64,
    /// Time for one file, by the clock: a process that works may be kept waiting so long by others.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { memory_bytes: 200 << 20, cpu_seconds: 1, time: Duration::from_secs(10) }
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

/// How often a file is tried before its reading is told to have ended the process.
pub const TRIES: u32 = 2;

impl Reader {
    /// Reads through `program read-pdf`, which is this program in the service.
    pub fn new(program: PathBuf, bounds: Bounds) -> Reader {
        let (memory_bytes, cpu_seconds) = (bounds.memory_bytes.to_string(), bounds.cpu_seconds.to_string());
        let arguments = ["read-pdf", "--memory-bytes", &memory_bytes, "--cpu-seconds", &cpu_seconds];
        Reader { program, arguments: arguments.map(str::to_owned).into(), bounds, running: Mutex::new(None) }
    }

    /// Reads one file as [`pdf::read`](crate::pdf::read) does. A file whose reading ends the process each time that it is
    /// tried is told by a finding.
    ///
    /// # Errors
    ///
    /// What has kept this machine from reading it.
    pub fn read(&self, bytes: &[u8]) -> Result<Result<Reading, Finding>, Fault> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let mut killed = None;
        for _ in 0..TRIES {
            // Dropped where it has not answered, it is killed and waited for.
            let mut process = running.take().map_or_else(|| self.start(), Ok)?;
            match process.read(bytes, self.bounds.time)? {
                Answer::Given(answer) => {
                    *running = Some(process);
                    return Ok(answer);
                }
                Answer::None { killed_by } => killed = killed_by,
            }
        }
        killed.map_or_else(|| Ok(Err(died(&self.bounds))), |signal| Err(Fault::Killed(signal)))
    }

    /// The process that reads, when there is one: for tests that end it.
    pub fn process_id(&self) -> Option<u32> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|running| running.child.id())
    }

    fn start(&self) -> Result<Running, Fault> {
        Running::start(&self.program, &self.arguments).map_err(|error| Fault::NotStarted(error.to_string()))
    }
}

fn died(bounds: &Bounds) -> Finding {
    let Bounds { memory_bytes, cpu_seconds, .. } = bounds;
    Finding::new(Code::PdfReaderDied, "")
        .found(format_args!("{TRIES} times the end of the process that read it"))
        .expected(format_args!("a reading within {memory_bytes} bytes of memory and {cpu_seconds} s of a processor"))
}

/// What a process has said of a file.
enum Answer {
    Given(Result<Reading, Finding>),
    /// It has ended instead: of the file, or of a signal that others send.
    None {
        killed_by: Option<i32>,
    },
}

/// The process, and a thread that talks to it, so that a process which neither reads nor writes keeps nobody waiting.
#[derive(Debug)]
struct Running {
    child: Child,
    files: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
}

impl Running {
    fn start(program: &Path, arguments: &[String]) -> io::Result<Running> {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).env_clear();
        // A Ctrl-C is for the service, which then finishes its batch.
        let mut child = command.process_group(0).spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (mut input, mut output) = pipes.ok_or_else(|| io::Error::other("no pipe to it"))?;
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
        thread::Builder::new().name("pdf-reader".into()).spawn(talk).map(|_| running)
    }

    fn read(&mut self, bytes: &[u8], time: Duration) -> Result<Answer, Fault> {
        if self.files.send(bytes.to_vec()).is_err() {
            return Ok(self.ended());
        }
        match self.answers.recv_timeout(time) {
            Ok(answer) => Ok(wire::answer(&answer).map_or(Answer::None { killed_by: None }, Answer::Given)),
            Err(RecvTimeoutError::Timeout) => Err(Fault::TimedOut(time)),
            Err(RecvTimeoutError::Disconnected) => Ok(self.ended()),
        }
    }

    /// A file ends its reader by an abort, a fault of memory, or by too much of a processor; these two signals come from
    /// elsewhere: the kernel that is short of memory, or a person.
    fn ended(&mut self) -> Answer {
        const KILL: i32 = 9;
        const TERMINATE: i32 = 15;
        // To end what has already ended changes nothing about how it did.
        let _ = self.child.kill();
        let signal = self.child.wait().ok().and_then(|status| status.signal());
        Answer::None { killed_by: signal.filter(|signal| [KILL, TERMINATE].contains(signal)) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have died by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
