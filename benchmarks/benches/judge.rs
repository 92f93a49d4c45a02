//! How many control × resource checks a second.
#![allow(missing_docs, reason = "the macro makes an undocumented function")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use posture_benchmarks::snapshot;
use posture_core::judge::{self, Options};
use posture_core::{controls, frameworks, report};

fn judging(c: &mut Criterion) {
    let mut group = c.benchmark_group("judge");
    for resources in [10_000, 1_000_000] {
        let snapshot = snapshot(resources);
        let checks = judge::judge(&snapshot, controls::ALL, &Options::default()).iter().count();
        group.throughput(Throughput::Elements(checks as u64));
        group.sample_size(if resources > 100_000 { 10 } else { 50 });
        group.bench_with_input(BenchmarkId::from_parameter(resources), &snapshot, |b, snapshot| {
            b.iter(|| {
                black_box(judge::judge(black_box(snapshot), controls::ALL, &Options::default()))
            });
        });
    }
    group.finish();
}

fn rolling_up(c: &mut Criterion) {
    let snapshot = snapshot(10_000);
    c.bench_function("judge and roll up every framework, 10000 resources", |b| {
        b.iter(|| {
            let findings = judge::judge(&snapshot, controls::ALL, &Options::default());
            black_box(report::roll_up(findings, frameworks::all()))
        });
    });
}

criterion_group!(benches, judging, rolling_up);
criterion_main!(benches);
