//! Syncs a whole file system at once. For many files this takes a fraction of the time that it takes to sync each of
//! them.

use std::path::Path;

/// A file system that a batch of files is written to.
#[derive(Debug)]
pub(crate) struct FileSystem {
    /// Opened before the files are written: the kernel reports the errors since then.
    #[cfg(target_os = "linux")]
    folder: std::fs::File,
    #[cfg(target_os = "linux")]
    device: u64,
}

#[cfg(target_os = "linux")]
impl FileSystem {
    /// The types of file systems whose sync waits for the disk: ext4, XFS and Btrfs. For some others, such as most FUSE
    /// file systems, it does less than a sync of each file.
    const TRUSTED: [u64; 3] = [0xEF53, 0x5846_5342, 0x9123_683E];

    /// Older kernels do not report every error of a sync.
    const OLDEST_KERNEL: (u32, u32) = (5, 17);

    /// Opens the file system of a folder. Returns `None` if only a sync of each file is safe there.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;

        let release = rustix::system::uname();
        if !reports_errors(release.release().to_str().ok()?) {
            return None;
        }
        let folder = std::fs::File::open(folder).ok()?;
        let kind = rustix::fs::fstatfs(&folder).ok()?.f_type;
        if !Self::TRUSTED.contains(&u64::try_from(kind).ok()?) {
            return None;
        }
        let device = folder.metadata().ok()?.dev();
        Some(Self { folder, device })
    }

    /// Whether it has the files with this device number.
    pub(crate) fn has(&self, device: u64) -> bool {
        self.device == device
    }

    /// Syncs everything. Returns whether that worked. If not, sync each file: then each file tells its own error.
    pub(crate) fn sync(&self) -> bool {
        // A sync of the folder fails if the file system has shut down, and empties the cache of the disk.
        rustix::fs::syncfs(&self.folder).is_ok() && self.folder.sync_all().is_ok()
    }
}

/// Whether the kernel with this release (`6.12.3-generic`) reports the errors of a sync.
#[cfg(target_os = "linux")]
fn reports_errors(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => (major, minor) >= FileSystem::OLDEST_KERNEL,
        _ => false,
    }
}

/// Only Linux syncs a file system and says whether it worked.
#[cfg(not(target_os = "linux"))]
impl FileSystem {
    pub(crate) fn of(_: &Path) -> Option<Self> {
        None
    }

    pub(crate) fn has(&self, _: u64) -> bool {
        false
    }

    pub(crate) fn sync(&self) -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_kernel_that_reports_errors_is_trusted() {
        for trusted in ["5.17.0", "5.19.0-28-generic", "6.1", "10.0.1", "6.18.44-fc"] {
            assert!(reports_errors(trusted), "{trusted}");
        }
        for other in ["5.16.20", "5.8.0", "4.4.0", "4.19.0-26", "3.10.0", "", "linux", "6"] {
            assert!(!reports_errors(other), "{other}");
        }
    }

    #[test]
    fn a_file_system_that_is_not_known_is_synced_file_by_file() {
        assert!(FileSystem::of(Path::new("/proc")).is_none());
        assert!(FileSystem::of(Path::new("/no/such/folder")).is_none());
    }
}
