//! The real program, run as a process: started, asked, stopped, killed, frozen.

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use super::kafka::free_port;
use super::lane::Lane;
use super::leash::Leash;
use super::page::{self, Page};
use super::{PATIENCE, await_within};

/// A running `exdate run`. Dropped, it is killed.
pub(crate) struct Service {
    process: Leash,
    port: u16,
}

impl Service {
    /// Starts an instance; `settings` are TOML that comes on top of the lane's. Does not wait for anything.
    pub(crate) fn start(lane: &Lane, instance: &str, settings: &[(&str, &str)]) -> Service {
        Service::start_program(Path::new(env!("CARGO_BIN_EXE_exdate")), "", lane, instance, settings)
    }

    /// The same with further arguments of `exdate run`.
    pub(crate) fn start_with(lane: &Lane, instance: &str, further: &[&str]) -> Service {
        Service::launch(Path::new(env!("CARGO_BIN_EXE_exdate")), "", lane, instance, further)
    }

    /// The same with another build of the program; `prelude` is run by the shell before, as in [`Leash::start`].
    pub(crate) fn start_program(
        program: &Path,
        prelude: &str,
        lane: &Lane,
        instance: &str,
        settings: &[(&str, &str)],
    ) -> Service {
        let settings: Vec<String> = settings.iter().map(|(path, value)| format!("--set={path}={value}")).collect();
        let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
        Service::launch(program, prelude, lane, instance, &settings)
    }

    fn launch(program: &Path, prelude: &str, lane: &Lane, instance: &str, further: &[&str]) -> Service {
        let port = free_port();
        let config = lane.folder.join(format!("{instance}.toml"));
        std::fs::write(&config, configuration(lane, instance, port)).expect("a configuration file");
        let config = config.display().to_string();
        let arguments = [&["run", "--config", &config], further].concat();
        let log = lane.folder.join(format!("{instance}.log"));
        let process = Leash::start(program, &arguments, prelude, &lane.folder, &log);
        Service { process, port }
    }

    /// The same, ready.
    pub(crate) fn ready(lane: &Lane, instance: &str, settings: &[(&str, &str)]) -> Service {
        let mut service = Service::start(lane, instance, settings);
        service.await_ready();
        service
    }

    /// Waits until `/readyz` says yes.
    pub(crate) fn await_ready(&mut self) {
        await_within(PATIENCE, "the service is ready", || {
            let ended = self.process.ended();
            assert!(ended.is_none(), "the service ended ({ended:?}):\n{}", self.log());
            self.is_ready().then_some(())
        });
    }

    /// Whether `/readyz` says yes.
    pub(crate) fn is_ready(&self) -> bool {
        page::get(self.port, "/readyz").is_some_and(|(status, _)| status == 200)
    }

    /// Why `/readyz` says no, when the reason holds this word.
    pub(crate) fn unready_because(&self, word: &str) -> Option<String> {
        let (status, reason) = page::get(self.port, "/readyz")?;
        (status != 200 && reason.contains(word)).then_some(reason)
    }

    /// Whether `/livez` says yes.
    pub(crate) fn is_live(&self) -> bool {
        page::get(self.port, "/livez").is_some_and(|(status, _)| status == 200)
    }

    /// The metrics at this moment.
    pub(crate) fn page(&self) -> Page {
        let (status, text) = page::get(self.port, "/metrics").expect("a page of metrics");
        assert_eq!(status, 200);
        Page::parse(&text)
    }

    /// The metrics, when it answers.
    pub(crate) fn try_page(&self) -> Option<Page> {
        page::get(self.port, "/metrics").filter(|(status, _)| *status == 200).map(|(_, text)| Page::parse(&text))
    }

    /// What both probes say, in one line.
    pub(crate) fn probes(&self) -> String {
        let probe = |path| {
            page::get(self.port, path)
                .map_or_else(|| "nothing".into(), |(status, text)| format!("{status} {}", text.trim()))
        };
        format!("/livez: {}, /readyz: {}", probe("/livez"), probe("/readyz"))
    }

    /// The most memory that the process has held so far, in KiB: `VmHWM`, as the kernel counts it.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        self.process
            .status("VmHWM")
            .and_then(|kib| kib.trim_end_matches(" kB").parse().ok())
            .expect("a figure of the kernel")
    }

    /// The process that reads PDFs for it, when there is one.
    pub(crate) fn reading_process(&self) -> Option<u32> {
        self.process.children().into_iter().find(|id| {
            let command = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
            command.split('\0').any(|word| word == "read-pdf")
        })
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn terminate(mut self) -> (ExitStatus, String) {
        self.process.signal("TERM");
        self.wait(PATIENCE)
    }

    /// Waits until it has ended by itself; gives its status and all that it said.
    pub(crate) fn wait(&mut self, within: Duration) -> (ExitStatus, String) {
        let status = self.process.wait(within);
        (status, self.log())
    }

    /// Ends it as SIGKILL does, without its doing.
    pub(crate) fn kill(mut self) {
        self.process.kill();
    }

    /// Whether the process runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.process.ended().is_none()
    }

    /// Everything that the instances of this name have written to stdout and stderr.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.process.log).unwrap_or_default()
    }
}

fn configuration(lane: &Lane, instance: &str, port: u16) -> String {
    let Lane { servers, input, output, dead_letter, group, .. } = lane;
    format!(
        "[kafka]\nbootstrap_servers = \"{servers}\"\ngroup_id = \"{group}\"\ninstance_id = \"{instance}\"\n\
         input_topic = \"{input}\"\noutput_topic = \"{output}\"\ndead_letter_topic = \"{dead_letter}\"\n\
         session_timeout = \"6s\"\n[http]\nlisten = \"127.0.0.1:{port}\"\n[log]\nformat = \"json\"\n"
    )
}
