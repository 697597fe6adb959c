//! Times whole processes that are compared with each other.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A program that is timed: its name, the times of its runs, and its highest peak memory in KiB.
pub(crate) struct Rival {
    pub(crate) name: &'static str,
    command: Box<dyn Fn() -> Command>,
    times: Vec<Duration>,
    pub(crate) peak: u64,
}

impl Rival {
    pub(crate) fn new(name: &'static str, command: impl Fn() -> Command + 'static) -> Self {
        Self { name, command: Box::new(command), times: Vec::new(), peak: 0 }
    }

    /// Runs the program once.
    pub(crate) fn turn(&mut self) {
        let start = Instant::now();
        let mut child =
            (self.command)().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
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
    }

    /// Returns the median of the times, in seconds.
    pub(crate) fn median(&mut self) -> f64 {
        self.times.sort();
        self.times[self.times.len() / 2].as_secs_f64()
    }
}
