use arbitrary::{Arbitrary as _, Unstructured};

/// Dice made of the fuzzer's bytes: they decide what happens.
///
/// A small choice takes five bits of one byte, so that a person can write a seed by hand: `@` is the first choice, `A`
/// the second. When no bytes are left, every choice is the first one.
pub struct Dice<'a>(Unstructured<'a>);

/// A part of [`marker`], in lower case. It is not a whole secret.
pub const MARKER: &str = "zq7xv2bn9cr4";

/// A secret that is not real. It is joined from parts, so that no file contains it.
pub fn marker() -> String {
    ["gh", "p_", "Zq7xV2bN9cR4", "tY6wE1uI3oP5", "sD8fG0hJk4be"].concat()
}

/// A choice among at most this many takes only five bits of its byte.
const SMALL: u8 = 0x20;

impl<'a> Dice<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    pub fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    fn byte(&mut self) -> u8 {
        // Unlike `arbitrary`, this draws nothing when no bytes are left.
        if self.is_over() { 0 } else { u8::arbitrary(&mut self.0).unwrap_or_default() }
    }

    /// Returns a number from 0 to `sides - 1`.
    pub fn roll(&mut self, sides: usize) -> usize {
        let byte = self.byte();
        let byte = if sides <= usize::from(SMALL) { byte % SMALL } else { byte };
        usize::from(byte) % sides.max(1)
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len())]
    }

    /// Returns an index below `len`, from two bytes.
    pub fn place(&mut self, len: usize) -> usize {
        let number = u16::from_be_bytes([self.byte(), self.byte()]);
        usize::from(number) % len.max(1)
    }

    /// Returns a count. Some counts are next to a limit of the crate, such as 200 findings, 400 texts or 4,000
    /// characters.
    pub fn many(&mut self) -> usize {
        self.pick(&[0, 1, 2, 3, 7, 40, 127, 128, 199, 201, 399, 401, 2_200, 4_001, 20_000])
    }

    /// Returns the fuzzer's bytes up to the next line break.
    pub fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        while !self.is_over() {
            match self.byte() {
                b'\n' => break,
                byte => line.push(byte),
            }
        }
        line
    }

    /// Returns a text that a person might write, an odd text, or a text with the marker.
    pub fn text(&mut self) -> String {
        match self.roll(8) {
            0 => self.pick(PROSE).to_owned(),
            1 => String::from_utf8_lossy(&self.line()).into_owned(),
            2 => self.pick(ODD).to_owned(),
            3 => self.time(),
            4 => "告 ".repeat(self.many()),
            5 => marker(),
            6 => format!("{} {}", self.pick(PROSE), marker()),
            _ => format!("{} {} {}", self.pick(ODD), marker(), self.pick(PROSE)),
        }
    }

    /// Returns a time, or a text that is not a valid time.
    pub fn time(&mut self) -> String {
        match self.roll(4) {
            0 | 1 => self.pick(TIMES).to_owned(),
            2 => {
                let year = self.pick(&[1970, 2026, 1969, 1971, 9998, 9999, 0, 1, 2038, 2000]);
                let [month, day, hour, minute, second] =
                    [13, 32, 25, 61, 62].map(|sides| self.roll(sides));
                let fraction =
                    self.pick(&["", ".0", ".000000001", ".999999999", ".5", ".0000000001"]);
                let offset = self.pick(OFFSETS);
                format!(
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}"
                )
            }
            _ => String::from_utf8_lossy(&self.line()).into_owned(),
        }
    }

    /// Returns any JSON as text, and sometimes a text that is not JSON.
    pub fn json(&mut self, depth: usize) -> String {
        match self.roll(if depth == 0 { 6 } else { 10 }) {
            0 => self.pick(LITERALS).to_owned(),
            1 | 2 => {
                let text = self.text();
                quote(&text, self.roll(2) == 1)
            }
            3 => quote(self.pick(WORDS), false),
            4 => String::from_utf8_lossy(&self.line()).into_owned(),
            5 => {
                let digits = self.roll(30);
                format!(
                    "{}{}",
                    self.pick(&["1", "-1", "0.", "1e", "-", "1."]),
                    "7".repeat(digits * digits * 6)
                )
            }
            6 => {
                let items: Vec<_> = (0..self.roll(5)).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(", "))
            }
            7 => {
                let members = (0..self.roll(5)).map(|_| {
                    let key = self.key();
                    format!("{}: {}", quote(&key, false), self.json(depth - 1))
                });
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
            8 => {
                let filler =
                    self.pick(&["null", "0", "\"\"", "[]", "{}", "\"x\"", "true", "\"TBD\""]);
                let filler = format!("{filler}, ").repeat(self.many());
                format!("[{filler}{}]", self.json(depth - 1))
            }
            _ => {
                let levels = self.many().min(400);
                let (open, close) = self.pick(&[("[", "]"), ("{\"a\":", "}"), ("[[],", "]")]);
                format!("{}{}{}", open.repeat(levels), self.json(depth - 1), close.repeat(levels))
            }
        }
    }

    /// Returns a known or an unknown key.
    pub fn key(&mut self) -> String {
        match self.roll(3) {
            0 => self.pick(KEYS).to_owned(),
            1 => String::from_utf8_lossy(&self.line()).into_owned(),
            _ => self.text(),
        }
    }
}

/// Returns a text as a JSON string, with every character escaped, or only those that must be.
pub fn quote(text: &str, is_escaped: bool) -> String {
    if is_escaped {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    } else {
        serde_json::Value::from(text).to_string()
    }
}

const PROSE: &[&str] = &[
    "The platform team looked at it.",
    "ticket:OPS-12",
    "平台組已於週一讀回。",
    "Ada Owner",
    "Rex Reviewer",
    "ada  OWNER",
    "confirm_current_state",
    "confirm_after_incident",
    "decline_ownership",
    "Please reload Prometheus.",
    "請重新載入規則",
    "kubectl -n monitoring rollout restart deploy/alertmanager",
    "route 200, all green",
    "服務已恢復正常",
    "not_applicable: nothing of the kind happened",
    "TBD",
    "pending_owner_response",
    "scrape_configs:\n  - job_name: node\n    static_configs: []\n",
    "artifact:run-12/readback.json",
];

const ODD: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "\r\n",
    "\u{feff}",
    "\u{2028}\u{2029}",
    "\u{200b}\u{ad}",
    "\u{1f600}\u{10ffff}",
    "\u{fdfa}\u{fdfa}\u{fdfa}",
    "\u{202e}gate\u{202c}",
    "\\\"/\u{7f}\u{85}",
    "\",\"digest\":\"",
    "e\u{301}\u{301}\u{301}",
    "ﬃ ㍿ ẛ̣ Ⓣ",
    "%25%32%35",
    "----",
    "=====",
    "a:b:c",
];

const TIMES: &[&str] = &[
    "2026-11-20T10:00:00+08:00",
    "0000-01-01T00:00:00+23:59",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00+23:59",
    "1970-01-01T23:59:00+23:59",
    "9999-12-30T22:00:00.999999999Z",
    "9999-12-30T22:00:00-23:59",
    "9999-12-31T23:59:59Z",
    "2026-11-20T10:00:00.000000001-23:59",
    "2026-11-20t10:00:00.123456z",
    " 2026-11-20T10:00:00Z ",
    "2026-12-31T23:59:60Z",
    "2026-02-29T00:00:00Z",
    "2024-02-29T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T10:00:00",
    "2026-11-20",
    "2026-11-20T10:00:00-00:00",
    "-009999-01-01T00:00:00Z",
    "2026-11-20T10:00:00+08:00[Asia/Taipei]",
];

const OFFSETS: &[&str] =
    &["Z", "+00:00", "-00:00", "+08:00", "+23:59", "-23:59", "+24:00", "+00:60", "z", "+14:00", ""];

const LITERALS: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "1",
    "-0",
    "0.0",
    "-0.0",
    "1e400",
    "NaN",
    "-Infinity",
    "1E+2",
    "9007199254740993",
    "0.1000000000000000055511151231257827",
    "5e-324",
    "\"\\ud800\"",
    "01",
    "1e-999",
    "[]",
    "{}",
    "",
];

const WORDS: &[&str] = &[
    "waiting_owner_response",
    "quarantine_secret_or_raw_payload",
    "reject_execution_request",
    "request_supplement",
    "ready_for_monitoring_review",
    "incident_recovery_backfill_required",
    "no_false_green_supplement_required",
    "receiver_receipt_gap_required",
    "stale_or_silenced_alert_review_required",
    "post_reload_readback_required",
    "owner_review_only_update",
    "waiting_runtime_gate",
    "person",
    "automation",
    "pass",
    "fail",
    "not_applicable",
    "monitoring_owner_response_v1",
    "monitoring_reviewer_record_v1",
    "pending_owner_response",
];

const KEYS: &[&str] = &[
    "notes",
    "schema_version",
    "$schema",
    "responder",
    "responded_at",
    "not_approval",
    "not_authorization",
    "runtime_gate",
    "runtime_gate_count",
    "RUNTIME_GATE",
    "owner_response_accepted",
    "decision",
    "decision_reason",
    "affected_scope",
    "redacted_evidence_refs",
    "incident_context_ref",
    "repo_sha256",
    "surface_id",
    "password",
    "token",
];
