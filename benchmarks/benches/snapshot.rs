//! Reading and writing snapshots.
#![allow(missing_docs, reason = "the macro makes an undocumented function")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use posture_benchmarks::snapshot;
use posture_core::snapshot::{DEFAULT_LIMIT, Snapshot};

fn files(c: &mut Criterion) {
    let snapshot = snapshot(30_000);
    let mut plain = Vec::new();
    snapshot.write(&mut plain).ok();
    let folder = std::env::temp_dir().join(format!("posture-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).ok();
    let mut group = c.benchmark_group("snapshot of 30000 resources");
    group.sample_size(20);
    group.bench_function("read plain", |b| {
        b.iter(|| black_box(Snapshot::read(black_box(plain.as_slice()), DEFAULT_LIMIT).is_ok()));
    });
    let packed = folder.join("s.json.zst");
    snapshot.save(&packed).ok();
    group.bench_function("load zstd", |b| {
        b.iter(|| black_box(Snapshot::load(black_box(&packed)).is_ok()));
    });
    group.bench_function("write plain", |b| {
        b.iter(|| {
            let mut out = Vec::with_capacity(plain.len());
            snapshot.write(&mut out).ok();
            black_box(out)
        });
    });
    group.bench_function("save zstd", |b| b.iter(|| snapshot.save(&packed).is_ok()));
    group.finish();
    std::fs::remove_dir_all(&folder).ok();
}

criterion_group!(benches, files);
criterion_main!(benches);
