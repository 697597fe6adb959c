//! The finding codes of `verify`: what each means, and the next step. The message of one fault is where the fault is
//! found.

use crate::escape;

use super::word_list;

word_list! {
    /// What `verify` can find wrong with a committed ledger, its journal and its inputs.
    ///
    /// ```
    /// use acceptance_ledger::VerifyCode;
    ///
    /// assert_eq!(VerifyCode::ChainBroken.as_str(), "chain_broken");
    /// assert!(VerifyCode::LedgerMissing.next_step().contains("replay"));
    /// ```
    pub enum VerifyCode("finding code") {
        LedgerMissing = "ledger_missing": "There is no committed ledger." | "沒有已提交的帳本。",
        LedgerBytesDiffer = "ledger_bytes_differ": "The committed ledger is not the ledger that the inputs and the journal give." | "已提交的帳本與輸入和日誌重播的結果不同。",
        GateNotFalse = "gate_not_false": "A gate, boundary or never-flag of the ledger is not false." | "帳本中的 gate、邊界或永不旗標不是 false。",
        CountMismatch = "count_mismatch": "A count of the ledger does not match its candidates." | "帳本的計數與其 candidates 不符。",
        ChainBroken = "chain_broken": "A line of the journal does not match the chain of digests." | "日誌的某一行與其 digest 鏈不符。",
        TornEvent = "torn_event": "The last line of the journal is cut off." | "日誌的最後一行不完整。",
        IllegalStep = "illegal_step": "The journal contains a step that the state machine or a rule rejects." | "日誌含有狀態機或規則所拒絕的步驟。",
        DocumentMissing = "document_missing": "An event names a document that must be in the journal, but the document is missing." | "事件所保留的文件不存在。",
        DocumentAltered = "document_altered": "A document does not match the digest in its event." | "文件與其事件所記的 digest 不符。",
        OrphanDocument = "orphan_document": "The journal has a file that no event needs." | "日誌中的檔案不屬於任何保留它的事件。",
        LaneTooLenient = "lane_too_lenient": "With today's rules, the answer is in a stricter lane than its event says." | "今日的規則比事件所記的 lane 更嚴格。",
        SignatureMissing = "signature_missing": "A document that must be signed has no signature." | "必須簽章的文件沒有簽章。",
        SignatureInvalid = "signature_invalid": "A signature is not valid for its document, signer and time." | "簽章對該文件、簽署者與時間無效。",
        AcceptanceExpired = "acceptance_expired": "The ledger shows an acceptance that has expired." | "帳本仍顯示已過期的接受。",
        UnlistedSurface = "unlisted_surface": "The inventory has a surface without an owner request." | "清冊中的 surface 沒有對應的 candidate。",
        DraftDiffersFromInventory = "draft_differs_from_inventory": "An owner request describes a surface differently from the inventory." | "請求草稿對 surface 的描述與清冊不同。",
        StampInvalid = "stamp_invalid": "The ledger's generated_at is not an RFC 3339 time, or its git_commit is neither hexadecimal nor `unknown`." | "帳本的 generated_at 不是 RFC 3339 時間，或 git_commit 既非十六進位也不是 unknown。",
        AttributesDiffer = "attributes_differ": "The journal's .gitattributes does not stop git from converting the journal's bytes." | "日誌的 .gitattributes 無法防止 git 轉換其位元組。",
        SourceMissing = "source_missing": "The surface's file is missing, or its path is not in the form that git writes." | "surface 的檔案不存在，或其路徑不是 git 所寫的形式。",
        SurfaceVanished = "surface_vanished": "A surface had a journal or an acceptance; now it has no owner request, but its file still exists." | "曾有日誌或已接受的 surface 不再被詢問，但其檔案仍在。",
        SourceDiffers = "source_differs": "The sha256 of the surface's file differs from the owner request." | "surface 的檔案 sha256 與請求草稿不同。",
        HistoryRewritten = "history_rewritten": "The journal has lost or changed something that it had at the revision of --since." | "日誌已不再以該 revision 的內容開頭。",
    }
}

impl VerifyCode {
    /// Whether the fault breaks the journal: no ledger can be generated from it, and nothing can be appended to it.
    pub(crate) const fn breaks_replay(self) -> bool {
        matches!(
            self,
            Self::ChainBroken | Self::IllegalStep | Self::DocumentMissing | Self::DocumentAltered
        )
    }

    /// Returns what to do about a finding in the file at `path`.
    ///
    /// ```
    /// use acceptance_ledger::VerifyCode;
    ///
    /// let step = VerifyCode::DocumentMissing.next_step_for("journal/s/a.json");
    /// assert!(step.contains("`git checkout REV -- journal/s/a.json`"));
    /// ```
    #[must_use]
    pub fn next_step_for(self, path: &str) -> String {
        let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let (folder, path) =
            (escape::for_shell(folder.as_bytes()), escape::for_shell(path.as_bytes()));
        let named = |word: &str| match word.trim_end_matches(['`', '.', ',', ';']) {
            "LEDGER" => word.replace("LEDGER", &path),
            "FILE" => word.replace("FILE", &path),
            "FOLDER" => word.replace("FOLDER", &folder),
            _ => word.to_owned(),
        };
        self.next_step().split(' ').map(named).collect::<Vec<_>>().join(" ")
    }

    /// Returns what to do about the finding, in English. `LEDGER`, `FILE` and `FOLDER` are placeholders for names.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::LedgerMissing | Self::LedgerBytesDiffer => {
                "Run `acceptance-ledger replay --output LEDGER`, and commit the ledger."
            }
            Self::GateNotFalse | Self::CountMismatch | Self::StampInvalid => {
                "Find out who edited the ledger, then generate it again with `acceptance-ledger replay --output LEDGER`."
            }
            Self::ChainBroken | Self::IllegalStep => {
                "Restore the journal's folder from git: `git log -- FOLDER`, then `git checkout REV -- FOLDER`."
            }
            Self::TornEvent => {
                "If git has the whole line, restore it. Otherwise record the lost document again with `acceptance-ledger intake` or `review`: this also repairs the line."
            }
            Self::DocumentMissing | Self::DocumentAltered => {
                "Restore the file from git: `git checkout REV -- FILE`."
            }
            Self::OrphanDocument => {
                "Remove the file. If an interrupted step left it, the next `acceptance-ledger intake` or `review` of its surface removes it."
            }
            Self::LaneTooLenient => {
                "Ask the owner for another answer, or record the stricter hold with `acceptance-ledger review`."
            }
            Self::SignatureMissing | Self::SignatureInvalid => {
                "Restore the signature from git. If there was never a valid signature, the owner must answer again and sign, and the reviewer must review the new answer."
            }
            Self::AcceptanceExpired => {
                "Ask the owner to answer again, with `acceptance-ledger template SURFACE --like last`. Run `acceptance-ledger replay --output LEDGER` to show that the surface waits."
            }
            Self::UnlistedSurface => {
                "Run `acceptance-ledger init`: it writes a request for every surface."
            }
            Self::DraftDiffersFromInventory => {
                "Run `acceptance-ledger init`, and ask the owner again."
            }
            Self::AttributesDiffer => {
                "Write `* -text -ident -filter -working-tree-encoding` into FILE. The next `acceptance-ledger intake` or `review` also does this."
            }
            Self::SourceMissing => {
                "Restore the file from git. If it was moved or removed, run `acceptance-ledger init`."
            }
            Self::SurfaceVanished => {
                "Run `acceptance-ledger init`: it writes a request for every surface. If nobody needs the surface's file, remove the file in the same change instead."
            }
            Self::SourceDiffers => {
                "Run `acceptance-ledger init`, and ask the owner about the current file."
            }
            Self::HistoryRewritten => {
                "Restore the journal's folder with `git checkout REV -- FOLDER`, then record again the answers and reviews that were added after REV. A journal must only grow."
            }
        }
    }
}
