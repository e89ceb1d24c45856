//! Under what a table was made: day, commit, machine, versions.

use std::process::Command;

use super::harness::kafka::Kafka;

/// One line for a table; `date` when the clock is not to be asked.
pub(crate) fn describe(command: &str, date: Option<&str>) -> String {
    let today = || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let now = chrono::DateTime::from_timestamp(since.as_secs().try_into().unwrap_or_default(), 0);
        now.map(|now| now.date_naive().to_string()).unwrap_or_default()
    };
    let date = date.map_or_else(today, str::to_owned);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let build = if cfg!(debug_assertions) { "development build" } else { "release build" };
    format!(
        "`{command}` on {date}, commit {}; {build}, Apache Kafka {} as one broker on the same machine: {cores} cores{}, {} GiB of memory.\n\n",
        commit(),
        kafka(),
        processor().map(|name| format!(" ({name})")).unwrap_or_default(),
        memory_gib(),
    )
}

/// What is checked out; with a mark when the tree differs from it.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=10", "HEAD"]) else { return "unknown".to_owned() };
    let differs = git(&["status", "--porcelain", "--untracked-files=no", "--", "src", "tests", "Cargo.lock"]);
    if differs.is_none_or(|files| files.is_empty()) { commit } else { format!("{commit} with changes") }
}

/// The version in the name of the broker's jar.
fn kafka() -> String {
    let jars = std::fs::read_dir(Kafka::jars()).into_iter().flatten().flatten();
    let mut names = jars.map(|jar| jar.file_name().to_string_lossy().into_owned());
    let version = names.find_map(|name| Some(name.strip_prefix("kafka_2.13-")?.strip_suffix(".jar")?.to_owned()));
    version.unwrap_or_else(|| "of unknown version".to_owned())
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn memory_gib() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib =
        text.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or_default().div_ceil(1 << 20)
}
