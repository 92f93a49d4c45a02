//! Work on every processor, with results in the order of the input.

/// Maps `jobs` in order, on several threads where there are several processors and jobs.
///
/// A panic of a job is passed on to the caller.
#[cfg(not(target_family = "wasm"))]
pub fn map<J: Sync, R: Send>(jobs: &[J], one: impl Fn(&J) -> R + Sync) -> Vec<R> {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let threads =
        std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(jobs.len());
    if threads <= 1 {
        return jobs.iter().map(one).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(place) else { return done };
            done.push((place, one(job)));
        }
    };
    let mut all: Vec<(usize, R)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let finished = workers.into_iter().flat_map(|worker| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        finished.collect()
    });
    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Maps `jobs` in order. There are no threads here.
#[cfg(target_family = "wasm")]
pub fn map<J, R>(jobs: &[J], one: impl Fn(&J) -> R) -> Vec<R> {
    jobs.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use std::thread::{available_parallelism, current};

    use super::map;

    #[test]
    fn results_are_in_the_order_of_the_jobs() {
        let jobs: Vec<u32> = (0..100).collect();
        let done = map(&jobs, |job| (*job, current().id()));
        assert!(done.iter().map(|(job, _)| *job).eq(0..100));
        if available_parallelism().map_or(1, std::num::NonZero::get) > 1 {
            assert!(done.iter().all(|(_, thread)| *thread != current().id()));
        }
        let one = map(&jobs[..1], |job| (*job, current().id()));
        assert_eq!(one, [(0, current().id())]);
        assert!(map(&[] as &[u32], |job| *job).is_empty());
    }
}
