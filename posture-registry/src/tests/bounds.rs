//! What does not end, or is too large.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use posture_image::Cause;
use posture_image::image::Options;
use posture_image::source::Blobs as _;

use super::sim::{OCI_MANIFEST, Sim, Store, announced, endless, gzip, ok, reply};
use super::{client, read_all, reference};
use crate::{Client, Why};

const MIB: u64 = 1 << 20;

/// What the network holds of a body that is not read.
const BUFFERED: u64 = 24 * MIB;

fn store() -> Store {
    let mut store = Store::default();
    store.image("1", &[("app/main", b"x"), ("app/other", b"y")]);
    store
}

#[tokio::test]
async fn a_manifest_that_is_too_large_is_not_read() {
    let sim = Sim::serve(|_| announced(4 * 1024 * 1024 + 1, ""));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::TooLarge(4 * MIB));
    assert_eq!(sim.seen().len(), 1);
    let sim = Sim::serve(|_| endless(vec![b' '; 64 << 10]).with("content-type", OCI_MANIFEST));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::TooLarge(4 * MIB));
    assert!(sim.sent.load(Ordering::SeqCst) < 4 * MIB + BUFFERED);
}

#[tokio::test]
async fn what_expands_is_bounded() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    let sim = Sim::serve(move |_| ok(bomb.clone()).with("content-encoding", "gzip"));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::TooLarge(4 * MIB));
}

#[tokio::test]
async fn an_error_without_end_is_not_read() {
    for status in [403, 500, 401] {
        let sim = Sim::serve(move |_| {
            endless(vec![b' '; 64 << 10]).status(status).with("www-authenticate", "Basic")
        });
        let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(!matches!(error.why, Why::TooLarge(_)), "{error}");
        assert!(sim.sent.load(Ordering::SeqCst) < 4 * BUFFERED, "{status}");
    }
}

#[tokio::test]
async fn a_token_service_without_end_is_not_read() {
    let sim = Sim::serve(|request| match request.path.as_str() {
        "/token" => endless(vec![b' '; 64 << 10]),
        _ => {
            let host = request.header("host").unwrap();
            reply(401, "").with("www-authenticate", format!("Bearer realm=\"http://{host}/token\""))
        }
    });
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::TooLarge(MIB));
    assert!(sim.sent.load(Ordering::SeqCst) < BUFFERED);
}

#[tokio::test]
async fn a_blob_without_end_is_another_blob() {
    let store = store();
    let sim = Sim::serve(move |request| match request.path.contains("/blobs/") {
        true => endless(vec![0; 64 << 10]),
        false => store.reply(request),
    });
    let (image, _) = read_all(&sim, ":1").await;
    let gap = image.unwrap_err();
    assert!(gap.cause == Cause::Mismatch && gap.detail.contains("that are stated"), "{gap}");
    assert!(sim.sent.load(Ordering::SeqCst) < BUFFERED);
}

#[tokio::test]
async fn a_layer_without_end_is_another_layer() {
    let store = store();
    let sim = Sim::serve(move |request| {
        match store.blobs.get(request.path.rsplit('/').next().unwrap()) {
            Some(layer) if layer.starts_with(&[0x1f, 0x8b]) => endless(gzip(&vec![0; 64 << 10])),
            _ => store.reply(request),
        }
    });
    let (image, _) = read_all(&sim, ":1").await;
    let image = image.unwrap();
    assert!(
        image.layers.iter().all(|layer| layer.gaps.iter().any(|gap| gap.cause == Cause::Mismatch)),
        "{:?}",
        image.gaps
    );
    assert!(image.tree.is_empty() && !image.packages.packages.is_complete());
    assert!(sim.sent.load(Ordering::SeqCst) < 2 * BUFFERED);
}

#[tokio::test]
async fn the_network_waits_for_a_reader_that_does_not_read() {
    let sim = Sim::serve(|request| match request.path.contains("/blobs/") {
        true => endless(vec![0; 64 << 10]),
        false => ok("{}"),
    });
    let remote = client().image(&reference(&sim, ":1")).await.unwrap();
    let digest = super::sim::digest(b"x");
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    let reader = tokio::task::spawn_blocking(move || {
        let mut reader = remote.open(&digest).unwrap();
        let mut buffer = [0; 1000];
        std::io::Read::read_exact(&mut reader, &mut buffer).unwrap();
        // As long as it takes for the server to be stopped by the network.
        while !seen.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    });
    let mut before = u64::MAX;
    while before != sim.sent.load(Ordering::SeqCst) {
        before = sim.sent.load(Ordering::SeqCst);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(before < BUFFERED, "{before}");
    done.store(true, Ordering::SeqCst);
    reader.await.unwrap();
}

#[tokio::test]
async fn a_blob_of_unknown_size_is_bounded() {
    let (mut options, _) = super::options();
    options.bounds.blob = 1_000;
    let store = store();
    let sim = Sim::serve(move |request| {
        match request.path.ends_with(super::sim::digest(b"long").hex()) {
            true => announced(1_001, ""),
            false if request.path.contains("/blobs/") => endless(vec![0; 600]),
            false => store.reply(request),
        }
    });
    let remote = Client::new(options).image(&reference(&sim, ":1")).await.unwrap();
    let read = move || {
        let long = remote.open(&super::sim::digest(b"long")).map(drop).unwrap_err();
        let mut bytes = Vec::new();
        let mut reader = remote.open(&super::sim::digest(b"endless")).unwrap();
        let read = std::io::Read::read_to_end(&mut reader, &mut bytes);
        (long, read.map_err(|error| error.to_string()))
    };
    let (long, endless) = tokio::task::spawn_blocking(read).await.unwrap();
    assert_eq!(long.cause, Cause::Incomplete);
    assert!(endless.unwrap_err().ends_with("it has more than 1000 bytes"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_worker_of_the_runtime_can_wait_for_an_image() {
    let store = store();
    let sim = Sim::serve(move |request| store.reply(request));
    let (client, wanted) = (client(), reference(&sim, ":1"));
    let read = async move {
        let remote = client.image(&wanted).await.unwrap();
        posture_image::image::read(&remote, &remote.named, &Options::new([0; 32]))
    };
    assert!(tokio::spawn(read).await.unwrap().unwrap().is_complete());
}

#[tokio::test]
async fn a_source_without_its_runtime_is_an_error() {
    let sim = Sim::serve({
        let store = store();
        move |request| store.reply(request)
    });
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let (client, wanted) = (client(), reference(&sim, ":1"));
    let remote = runtime.spawn(async move { client.image(&wanted).await }).await.unwrap().unwrap();
    runtime.shutdown_background();
    let read = move || posture_image::image::read(&remote, &remote.named, &Options::new([0; 32]));
    let gap = tokio::task::spawn_blocking(read).await.unwrap().unwrap_err();
    assert_eq!(gap.cause, Cause::Unreadable);
}
