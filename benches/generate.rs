//! How the cost of `generate` grows with the number of surfaces, without the disk.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod made;

use std::fmt;
use std::hint::black_box;

use acceptance_ledger::{Inventory, Ledger, OwnerRequests, Stamp};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// Counts the bytes that are written to it, and drops them.
struct Count(usize);

impl fmt::Write for Count {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += black_box(text).len();
        Ok(())
    }
}

fn generate(c: &mut Criterion) {
    let mut group = c.benchmark_group("generate");
    group.sample_size(10);
    for count in [1_000, 10_000, 100_000] {
        let [inventory, requests] = made::inputs(count);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                let inventory = Inventory::parse(inventory.as_bytes()).unwrap();
                let requests = OwnerRequests::parse(requests.as_bytes()).unwrap();
                let mut out = Count(0);
                let stamp = Stamp::new("2026-01-01T08:00:00+08:00", "unknown");
                Ledger::baseline(inventory, requests, stamp).write_to(&mut out).unwrap();
                out.0
            });
        });
    }
    group.finish();
}

criterion_group!(benches, generate);
criterion_main!(benches);
