//! Times whole processes that are compared with each other.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that is timed: its name, the times of its runs, their processor times, and its highest peak memory in KiB.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    command: Box<dyn Fn() -> Command>,
    times: Vec<Duration>,
    processor_times: Vec<f64>,
    pub(crate) peak: u64,
}

impl Rival {
    pub(crate) fn new(name: &'static str, command: impl Fn() -> Command + 'static) -> Self {
        Self {
            name,
            command: Box::new(command),
            times: Vec::new(),
            processor_times: Vec::new(),
            peak: 0,
        }
    }

    /// Runs the program once.
    pub(crate) fn turn(&mut self) {
        // Making the command may clean up what the last run left. That is not timed.
        let mut command = (self.command)();
        let before = processor_time_of_children();
        let start = Instant::now();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let exit = loop {
            if let Some(exit) = child.try_wait().unwrap() {
                break exit;
            }
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse().ok());
            self.peak = self.peak.max(peak.unwrap_or(0));
            // Reading the memory often would take processor time from the program that is measured.
            let is_young = start.elapsed() < Duration::from_millis(20);
            std::thread::sleep(Duration::from_micros(if is_young { 200 } else { 2_000 }));
        };
        if !exit.success() {
            // Run it again, to show what it says.
            let output = (self.command)().output().unwrap();
            eprintln!("{}", String::from_utf8_lossy(&[output.stderr, output.stdout].concat()));
        }
        assert!(exit.success(), "{} failed", self.name);
        self.times.push(start.elapsed());
        self.processor_times.push(processor_time_of_children() - before);
    }

    /// Returns the median of the processor times of all cores, in seconds.
    pub(crate) fn processor_median(&mut self) -> f64 {
        self.processor_times.sort_by(f64::total_cmp);
        self.processor_times[self.processor_times.len() / 2]
    }

    /// Returns the median of the times, in seconds.
    pub(crate) fn median(&mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64()
    }
}

/// The processor time of all children that have ended, in seconds. Linux counts it in hundredths.
fn processor_time_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    // The fields `cutime` and `cstime` of proc(5), counted after the name.
    let ticks = after_name.split_ascii_whitespace().skip(13).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}
