//! A model of a disk: what a program asked of the file system, and every content that a power cut may leave.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Files, scratch, traced};

/// One change or sync that a step asks the file system for. Paths are relative to the root.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operation {
    /// Creates a file, or a folder if the path ends with a slash.
    Make(String),
    /// Truncates a file to a length.
    Cut(String, usize),
    /// Appends bytes to a file.
    Add(String, Vec<u8>),
    /// Writes bytes at an offset.
    Put(String, usize, Vec<u8>),
    Rename(String, String),
    Unlink(String),
    SyncFile(String),
    SyncFolder(String),
    /// Syncs all files and folders.
    SyncAll,
}

/// The calls by which a step could change or sync something.
const CALLS: &str = "trace=?openat,?write,?ftruncate,?fsync,?fdatasync,?syncfs,?rename,?renameat,?renameat2,?link,?linkat,\
                     ?unlink,?unlinkat,?mkdir,?mkdirat,?pwrite64,?writev,?fallocate,?copy_file_range,?sendfile";

/// The calls that this model of a disk knows. The test fails on any other one of [`CALLS`].
const KNOWN: [&str; 13] = [
    "openat",
    "write",
    "ftruncate",
    "fsync",
    "fdatasync",
    "syncfs",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "pwrite64",
];

/// Runs a step under strace. Returns its exit code and its operations below the root.
pub(super) fn record(root: &Path, strace: &[&str], args: &[&str]) -> (i32, Vec<Operation>) {
    let folder = scratch();
    let file = folder.path().join("trace");
    let record = ["-y", "-xx", "-s", "1000000", "-o", file.to_str().unwrap(), "-e", CALLS];
    let output = traced(root, &[&record, strace].concat(), args);
    let code = output.status.code().unwrap();
    let root = root.canonicalize().unwrap();
    let trace = std::fs::read_to_string(&file).unwrap();
    (code, whole_lines(&trace).iter().flat_map(|line| operations(line, &root)).collect())
}

/// Joins the two lines that strace prints for a call during which another thread makes a call.
fn whole_lines(trace: &str) -> Vec<String> {
    let mut begun = BTreeMap::new();
    let mut lines = Vec::new();
    for line in trace.lines() {
        let thread = line.split_whitespace().next();
        if let Some(beginning) = line.strip_suffix("<unfinished ...>") {
            begun.insert(thread, beginning);
        } else if let Some((_, end)) = line.split_once(" resumed>") {
            lines.push(begun[&thread].to_owned() + end);
        } else {
            lines.push(line.to_owned());
        }
    }
    lines
}

/// Parses the operations of one line of a trace.
fn operations(line: &str, root: &Path) -> Vec<Operation> {
    let Some((call, result)) = line.rsplit_once(" = ") else { return Vec::new() };
    let (call, arguments) = call.split_once('(').unwrap();
    let call = call.rsplit(' ').next().unwrap();
    if result.starts_with('-') {
        // A call that fails changes nothing. After a failed sync, anything may be on the disk, as without the sync.
        return Vec::new();
    }
    assert!(KNOWN.contains(&call), "unknown call {call}: add it to the model of the disk");
    // strace prints texts in quotes, and the path of a descriptor in angle brackets.
    let texts: Vec<Vec<u8>> = arguments.split('"').skip(1).step_by(2).map(unhex).collect();
    let below_root = |path: &[u8]| {
        let path = root.join(std::str::from_utf8(path).unwrap());
        Some(path.strip_prefix(root).ok()?.to_str().unwrap().to_owned())
    };
    let named = |index: usize| below_root(&texts[index]);
    let opened = || {
        let path = arguments.split(['<', '>']).nth(1).unwrap();
        below_root(&unhex(path)).filter(|_| path.starts_with("\\x2f"))
    };
    let last_number = || arguments.rsplit([' ', ')']).nth(1).unwrap().parse().unwrap();
    let operation = match call {
        "openat" if !arguments.contains("O_CREAT") && !arguments.contains("O_TRUNC") => None,
        "openat" => {
            let made = named(0).map(Operation::Make).filter(|_| arguments.contains("O_CREAT"));
            let cut = named(0).map(|path| Operation::Cut(path, 0));
            let cut = cut.filter(|_| arguments.contains("O_TRUNC"));
            return made.into_iter().chain(cut).collect();
        }
        "mkdir" => named(0).map(|path| Operation::Make(path + "/")),
        "write" => {
            let length: usize = result.parse().unwrap();
            opened().map(|path| Operation::Add(path, texts[0][..length].to_vec()))
        }
        "ftruncate" => opened().map(|path| Operation::Cut(path, last_number())),
        "pwrite64" => opened().map(|path| Operation::Put(path, last_number(), texts[0].clone())),
        "rename" | "renameat" | "renameat2" => {
            named(0).map(|from| Operation::Rename(from, named(1).unwrap()))
        }
        "unlink" | "unlinkat" => named(0).map(Operation::Unlink),
        "fsync" | "fdatasync" => opened().map(|path| {
            if root.join(&path).is_dir() {
                Operation::SyncFolder(path)
            } else {
                Operation::SyncFile(path)
            }
        }),
        "syncfs" => opened().map(|_| Operation::SyncAll),
        _ => None,
    };
    operation.into_iter().collect()
}

/// Decodes the `\x2f` escapes of strace.
fn unhex(text: &str) -> Vec<u8> {
    let digits = text.split("\\x").skip(1);
    digits.map(|digits| u8::from_str_radix(digits, 16).unwrap()).collect()
}

/// A change of the bytes of a file.
#[derive(Clone, Debug)]
enum Change {
    Cut(usize),
    Add(Vec<u8>),
    Put(usize, Vec<u8>),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Cut(length) => bytes.truncate(*length),
            Self::Add(more) => bytes.extend(more),
            Self::Put(at, others) => {
                bytes.resize(bytes.len().max(at + others.len()), 0);
                bytes[*at..at + others.len()].copy_from_slice(others);
            }
        }
    }
}

/// A file: the bytes that are certainly on the disk, and the changes since then.
#[derive(Clone, Debug, Default)]
struct Inode {
    synced: Vec<u8>,
    since: Vec<Change>,
}

impl Inode {
    fn sync(&mut self) {
        *self = Self { synced: self.now(), since: Vec::new() };
    }

    /// The bytes that programs see.
    fn now(&self) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        self.since.iter().for_each(|change| change.apply(&mut bytes));
        bytes
    }

    /// Every content that may be on the disk.
    fn possible(&self) -> BTreeSet<Vec<u8>> {
        let mut possible = BTreeSet::from([self.synced.clone()]);
        let mut bytes = self.synced.clone();
        for change in &self.since {
            let before = bytes.clone();
            change.apply(&mut bytes);
            possible.insert(bytes.clone());
            let Change::Add(added) = change else { continue };
            let (half, last) = (added.len() / 2, added.len() - 1);
            let zeros = vec![0; added.len()];
            for parts in [
                // The new bytes are cut off.
                &[&added[..1]][..],
                &[&added[..half]],
                &[&added[..last]],
                // The file has its new length, but all or some of the new bytes are zeros.
                &[&zeros],
                &[&added[..half], &zeros[half..]],
                &[&zeros[..half], &added[half..]],
                &[&zeros[..last], &added[last..]],
                &[&added[..half], &zeros[half..last], &added[last..]],
            ] {
                possible.insert([&[&before[..]], parts].concat().concat());
            }
            // Bytes that were truncated before are still there, in place of the first half of the new bytes.
            let middle = before.len() + half;
            if self.synced.len() > middle {
                possible.insert([&self.synced[..middle], &bytes[middle..]].concat());
            }
        }
        possible
    }
}

/// A change of the names in a folder.
#[derive(Clone, Debug)]
enum Naming {
    Is(String, Entry),
    IsNot(String),
    /// A file moves to another name in one step.
    Moves(String, String, Entry),
}

/// What a name refers to.
#[derive(Clone, Copy, Debug)]
enum Entry {
    Folder,
    File(usize),
}

impl Entry {
    const fn file(&self) -> Option<usize> {
        match self {
            Self::File(index) => Some(*index),
            Self::Folder => None,
        }
    }
}

/// The part of a disk that a step can change.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    inodes: Vec<Inode>,
    /// The names that are certainly on the disk, by path.
    synced: BTreeMap<String, Entry>,
    /// The names that programs see, by path.
    seen: BTreeMap<String, Entry>,
    /// The changes of names in folders that were not synced since.
    since: Vec<Naming>,
}

fn folder_of(path: &str) -> &str {
    path.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Naming {
    fn path(&self) -> &str {
        match self {
            Self::Is(path, _) | Self::IsNot(path) | Self::Moves(_, path, _) => path,
        }
    }

    fn apply(&self, names: &mut BTreeMap<String, Entry>) {
        match self {
            Self::Is(path, entry) => drop(names.insert(path.clone(), *entry)),
            Self::IsNot(path) => drop(names.remove(path)),
            Self::Moves(from, to, entry) => {
                names.remove(from);
                names.insert(to.clone(), *entry);
            }
        }
    }
}

impl Disk {
    /// A disk on which these files are synced.
    pub(super) fn with(files: &Files) -> Self {
        let mut disk = Self::default();
        for folder in ["", "docs", "docs/security"] {
            disk.synced.insert(folder.to_owned(), Entry::Folder);
        }
        for (path, bytes) in files.iter().filter(|(path, _)| !path.ends_with('/')) {
            let inode = Inode { synced: bytes.clone(), since: Vec::new() };
            disk.inodes.push(inode);
            disk.synced.insert(path.clone(), Entry::File(disk.inodes.len() - 1));
            let folders = Path::new(path).ancestors().skip(1);
            for folder in folders.map(|folder| folder.to_str().unwrap()) {
                disk.synced.insert(folder.to_owned(), Entry::Folder);
            }
        }
        disk.seen = disk.synced.clone();
        disk
    }

    fn file(&mut self, path: &str) -> &mut Inode {
        let index = self.seen.get(path).and_then(Entry::file).unwrap();
        &mut self.inodes[index]
    }

    fn change_name(&mut self, naming: Naming) {
        naming.apply(&mut self.seen);
        self.since.push(naming);
    }

    pub(super) fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Make(path) => {
                let folder = path.strip_suffix('/');
                let path = folder.unwrap_or(path);
                if self.seen.contains_key(path) {
                    return;
                }
                let entry = match folder {
                    Some(_) => Entry::Folder,
                    None => Entry::File(self.inodes.len()),
                };
                self.inodes.extend(folder.is_none().then(Inode::default));
                self.change_name(Naming::Is(path.to_owned(), entry));
            }
            Operation::Cut(path, length) => self.file(path).since.push(Change::Cut(*length)),
            Operation::Add(path, bytes) => self.file(path).since.push(Change::Add(bytes.clone())),
            Operation::Put(path, at, bytes) => {
                self.file(path).since.push(Change::Put(*at, bytes.clone()));
            }
            Operation::Unlink(path) => self.change_name(Naming::IsNot(path.clone())),
            Operation::Rename(from, to) => {
                let entry = self.seen[from];
                self.change_name(Naming::Moves(from.clone(), to.clone(), entry));
            }
            Operation::SyncFile(path) => self.file(path).sync(),
            Operation::SyncFolder(path) => {
                let (synced, since): (Vec<_>, Vec<_>) = std::mem::take(&mut self.since)
                    .into_iter()
                    .partition(|naming| folder_of(naming.path()) == path);
                self.since = since;
                for naming in &synced {
                    naming.apply(&mut self.synced);
                }
            }
            Operation::SyncAll => {
                self.inodes.iter_mut().for_each(Inode::sync);
                self.since.clear();
                self.synced = self.seen.clone();
            }
        }
    }

    /// The files that programs see. The path of a folder ends with a slash.
    pub(super) fn now(&self) -> Files {
        self.files(&self.seen, Inode::now)
    }

    /// What is certainly on the disk, in the form of [`Disk::now`].
    pub(super) fn certain(&self) -> Files {
        self.files(&self.synced, |inode| inode.synced.clone())
    }

    fn files(&self, names: &BTreeMap<String, Entry>, bytes: impl Fn(&Inode) -> Vec<u8>) -> Files {
        let names = names.iter().filter(|(path, _)| !path.is_empty());
        let file = |(path, entry): (&String, &Entry)| match entry {
            Entry::File(index) => (path.clone(), bytes(&self.inodes[*index])),
            Entry::Folder => (format!("{path}/"), Vec::new()),
        };
        names.map(file).collect()
    }

    /// Every set of files that may be there when the power is back, in the form of [`Disk::now`].
    pub(super) fn possible(&self) -> BTreeSet<Files> {
        let mut possible = BTreeSet::new();
        for subset in 0..1_usize << self.since.len() {
            let mut names = self.synced.clone();
            for (index, naming) in self.since.iter().enumerate() {
                if subset >> index & 1 == 1 {
                    naming.apply(&mut names);
                }
            }
            let is_there = |path: &str| {
                let folders = Path::new(path).ancestors().skip(1);
                folders
                    .map(|folder| folder.to_str().unwrap())
                    .all(|folder| names.contains_key(folder))
            };
            let mut disks = vec![Files::new()];
            for (path, entry) in names.iter().filter(|(path, _)| !path.is_empty() && is_there(path))
            {
                let (path, contents) = match entry {
                    Entry::Folder => (format!("{path}/"), BTreeSet::from([Vec::new()])),
                    Entry::File(index) => (path.clone(), self.inodes[*index].possible()),
                };
                let with = |disk: &Files| {
                    let disk = disk.clone();
                    let each = contents.iter().map(|bytes| (path.clone(), bytes.clone()));
                    each.map(move |file| disk.clone().into_iter().chain([file]).collect::<Files>())
                        .collect::<Vec<_>>()
                };
                disks = disks.iter().flat_map(with).collect();
            }
            possible.extend(disks);
        }
        possible
    }
}
