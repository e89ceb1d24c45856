//! What the kernel knows about this process, under the names that every Prometheus client uses: CPU, memory, files, start.

use std::fmt::Write;
use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Clock ticks a second in `/proc`: a constant of the kernel's interface, whatever its own clock.
const TICK: Duration = Duration::from_millis(10);

/// When this was first asked for: as good as the start, since the metrics are made before anything else.
static START: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// Appends the process metrics to a page; those that this system does not tell are left out.
pub(super) fn write(page: &mut String) {
    let started = START.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    family(
        page,
        "process_start_time_seconds",
        "gauge",
        "When the process started, in seconds since the epoch.",
        started,
    );
    if let Some(cpu) = cpu() {
        let help = "CPU time of all threads, in user and kernel mode.";
        family(page, "process_cpu_seconds_total", "counter", help, cpu.as_secs_f64());
    }
    if let Some(bytes) = memory("VmRSS:") {
        family(page, "process_resident_memory_bytes", "gauge", "Memory in use, without what is swapped out.", bytes);
    }
    if let Some(bytes) = memory("VmHWM:") {
        family(page, "process_resident_memory_max_bytes", "gauge", "The most memory that was ever in use.", bytes);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        family(page, "process_open_fds", "gauge", "Open files and sockets.", files.count());
    }
}

/// Makes [`START`] known, before anything else happens.
pub(super) fn begin() {
    LazyLock::force(&START);
}

fn family(page: &mut String, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _ = write!(page, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
}

/// User and system time, fields 14 and 15 of `/proc/self/stat`, counted behind the program's name in brackets (field 2).
fn cpu() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, behind) = stat.rsplit_once(')')?;
    let mut fields = behind.split_whitespace().skip(11).map(str::parse::<u32>);
    let (user, system) = (fields.next()?.ok()?, fields.next()?.ok()?);
    Some(TICK * user + TICK * system)
}

/// A line of `/proc/self/status`, in kB.
fn memory(line: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|text| text.strip_prefix(line))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory_and_time() {
        let before = cpu();
        let mut sum = 0_u64;
        while cpu() == before {
            sum = std::hint::black_box((0..100_000_u64).sum::<u64>()).wrapping_add(sum);
        }
        let resident = memory("VmRSS:").unwrap_or_default();
        assert!((1 << 20..1 << 36).contains(&resident), "{resident}");
        assert!(memory("VmHWM:").unwrap_or_default() >= resident / 2);
        let mut page = String::new();
        write(&mut page);
        assert_eq!(page.matches("# TYPE process_").count(), 5, "{page}");
    }
}
