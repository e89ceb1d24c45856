//! A child process that cannot outlive this one, however this one ends.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The shell becomes the program; beside it stays a watcher that reads from a pipe of ours. When the pipe closes without the
/// word, we are gone (even by SIGKILL, when no code of ours runs any more), and the watcher kills the program.
/// It is deaf to Ctrl-C, which ends the test runner and would otherwise end the watcher before it has done its work.
const WATCHED: &str = r#"
exec 3<&0 </dev/null
( trap '' INT TERM HUP; read -r word <&3; [ "$word" = released ] || kill -KILL $$ ) >/dev/null 2>&1 &
exec "$@" 3<&-
"#;

/// A running program. Dropped, it is killed.
pub(crate) struct Leash {
    child: Child,
    watcher: Option<ChildStdin>,
    /// What the program writes to stdout and stderr.
    pub(crate) log: PathBuf,
}

impl Leash {
    /// Starts a program, its output appended to `log`. `prelude` is run by the shell before: `ulimit -f 100;`, or nothing.
    pub(crate) fn start(
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        prelude: &str,
        folder: &Path,
        log: &Path,
    ) -> Leash {
        let output = File::options().create(true).append(true).open(log).expect("a log file");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{prelude}{WATCHED}"))
            .arg("sh")
            .arg(program)
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a second handle of the log file"))
            .stderr(output)
            .spawn()
            .expect("a shell");
        let watcher = child.stdin.take();
        Leash { child, watcher, log: log.to_owned() }
    }

    /// One line of what the kernel tells of the running program, in `/proc/PID/status`.
    pub(crate) fn status(&self, name: &str) -> Option<String> {
        let told = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(line.trim().to_owned())
    }

    /// The processes that the running program has started, whichever of its threads did.
    pub(crate) fn children(&self) -> Vec<u32> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).into_iter().flatten();
        let of_thread = |path: PathBuf| std::fs::read_to_string(path.join("children")).unwrap_or_default();
        let children = threads.filter_map(|thread| Some(of_thread(thread.ok()?.path())));
        children.flat_map(|ids| ids.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
    }

    /// Sends a signal by its name: `TERM`, `KILL`, `STOP`, `CONT`.
    pub(crate) fn signal(&self, name: &str) {
        let script = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("sh").arg("-c").arg(script).stderr(Stdio::null()).status();
        assert!(sent.is_ok_and(|status| status.success()), "no process for SIG{name}; its log: {}", self.log.display());
    }

    /// How the program ended, when it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().expect("a child process");
        if status.is_some() {
            self.release();
        }
        status
    }

    /// Waits until the program has ended by itself.
    pub(crate) fn wait(&mut self, within: Duration) -> ExitStatus {
        let since = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(since.elapsed() < within, "still running after {within:?}; its log: {}", self.log.display());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends the program at once, without its doing.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.release();
    }

    /// Lets go as the system does for a process that was killed: the pipe closes without a word.
    pub(crate) fn abandon(&mut self) {
        self.watcher = None;
    }

    /// Only after the child has been waited for: the watcher must not meet a stranger under the same process id.
    fn release(&mut self) {
        if let Some(mut watcher) = self.watcher.take() {
            let _ = watcher.write_all(b"released\n");
        }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        self.kill();
    }
}
