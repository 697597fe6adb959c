//! The remarks of an inventory about a file.

use super::word_list;

word_list! {
    /// A remark of the inventory about a file that it could not read normally.
    pub(crate) enum InventoryRemark("remark") {
        ClassifiedByText = "classified_by_text": "The file could not be parsed; it was classified by its text." | "檔案無法解析，依文字內容分類。",
        DuplicateKey = "duplicate_key": "A mapping has a duplicate key; the last value counts." | "同一個 mapping 中有重複的 key；以最後一個為準。",
        NotUtf8 = "not_utf8": "The file is not UTF-8; only the readable part was examined." | "檔案不是 UTF-8；只檢查可讀的部分。",
        NotExamined = "not_examined": "The file was not examined: it is too large, too deeply nested, binary, not a regular file of this repository, or its name is not UTF-8." | "檔案未檢查：太大、太深、是二進位檔、不是本儲存庫的一般檔案，或檔名不是 UTF-8。",
    }
}
