//! Shares work between all cores. Each caller says how many items a thread takes.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

/// How often `watch` is called. The main thread also notices the end of the work only this often, so it is short.
const TICK: Duration = Duration::from_millis(1);

/// Calls `work` for every item, and returns the results in the order of the items. While threads work, it calls `watch`
/// with the number of finished items.
///
/// A thread takes `share` items at a time. If there are at most `share` items, no thread is started.
pub(crate) fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    share: usize,
    work: impl Fn(&I) -> T + Sync,
    mut watch: impl FnMut(usize),
) -> Vec<T> {
    if items.len() <= share {
        return items.iter().map(work).collect();
    }
    let shares: Vec<_> = items.chunks(share).collect();
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<Vec<(usize, Vec<T>)>> = Mutex::default();
    let take_shares = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(share) = shares.get(index) else { break };
            let result = share.iter().map(&work).collect();
            // A panic of another thread cannot leave the list half changed: a result is pushed or not. So the
            // poisoned lock is still usable.
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
            done.fetch_add(share.len(), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let threads: Vec<_> =
            (0..cores.min(shares.len())).map(|_| scope.spawn(take_shares)).collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            watch(done.load(Ordering::Relaxed));
            thread::sleep(TICK);
        }
        threads.into_iter().for_each(finished);
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().flat_map(|(_, result)| result).collect()
}

/// Waits for a thread, and returns its result. If the thread panicked, this function panics with the same message.
pub(crate) fn finished<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 3, 4, 100] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<_> = items.iter().map(|item| item * 2).collect();
            let mut reported = Vec::new();
            assert_eq!(
                in_parallel(&items, 3, |item| item * 2, |done| reported.push(done)),
                doubled
            );
            assert!(reported.is_sorted() && reported.iter().all(|done| *done <= count));
        }
    }
}
