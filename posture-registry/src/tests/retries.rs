//! Statuses, waits and interruptions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use posture_image::Cause;

use super::sim::{Reply, Sim, Store, announced, refuse, reply, stalled};
use super::{client, options, read, read_all, reference};
use crate::{Client, Error, Why};

fn store() -> Store {
    let mut store = Store::default();
    store.image("1", &[("app/main", &[7; 100_000]), ("app/other", b"y")]);
    store
}

/// A registry that first answers so many times in another way.
fn at_first(times: u32, other: impl Fn() -> Reply + Send + Sync + 'static) -> Sim {
    let (count, store) = (AtomicU32::new(0), store());
    Sim::serve(move |request| match count.fetch_add(1, Ordering::SeqCst) < times {
        true => other(),
        false => store.reply(request),
    })
}

#[tokio::test]
async fn what_may_pass_is_repeated_within_limits() {
    for status in [429, 500, 502, 503, 504, 408] {
        let (options, waits) = options();
        let sim = at_first(3, move || reply(status, ""));
        Client::new(options).manifest(&reference(&sim, ":1")).await.unwrap();
        let waits: Vec<u64> = waits.lock().unwrap().iter().map(Duration::as_secs).collect();
        assert_eq!(waits, [1, 2, 4], "{status}");
    }
    let sim = at_first(4, || refuse(500, "UNKNOWN", "broken\u{1b}[31m"));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot read the manifest team/app:1 from 127.0.0.1:{}: the registry failed with status 500 (UNKNOWN: broken\\u{{1b}}[31m)",
            sim.port
        )
    );
    assert_eq!(sim.seen().len(), 4);
}

#[tokio::test]
async fn what_does_not_pass_is_asked_once() {
    for (status, expected) in [
        (403, "access is denied (DENIED: no access)"),
        (404, "it is absent, or access is denied (DENIED: no access)"),
        (400, "unexpected status 400 (DENIED: no access)"),
        (418, "unexpected status 418 (DENIED: no access)"),
        (204, "unexpected status 204"),
        (206, "unexpected status 206 (DENIED: no access)"),
    ] {
        let sim = Sim::serve(move |_| match status {
            204 => reply(204, ""),
            status => refuse(status, "DENIED", "no access"),
        });
        let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{error}");
        assert_eq!(sim.seen().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_wait_that_is_asked_for_is_bounded() {
    let (options, waits) = options();
    let sim = at_first(1, || reply(429, "").with("retry-after", "17"));
    Client::new(options).manifest(&reference(&sim, ":1")).await.unwrap();
    assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(17)]);
    for asked in ["61", "18446744073709551615"] {
        let (options, waits) = super::options();
        let sim = at_first(1, move || reply(429, "").with("retry-after", asked));
        let error = Client::new(options).manifest(&reference(&sim, ":1")).await.unwrap_err();
        let wait = Some(Duration::from_secs(asked.parse().unwrap()));
        assert_eq!(error.why, Why::Throttled { wait, detail: String::new() });
        assert!(waits.lock().unwrap().is_empty());
        assert_eq!(sim.seen().len(), 1);
    }
    let sim = Sim::serve(|_| refuse(429, "TOOMANYREQUESTS", "slow down").with("retry-after", "1"));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(
        error.to_string().ends_with("asks to wait 1 seconds (TOOMANYREQUESTS: slow down)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_manifest_that_is_truncated_is_read_again() {
    let sim = at_first(2, || announced(1_000, "{"));
    client().manifest(&reference(&sim, ":1")).await.unwrap();
    let sim = Sim::serve(|_| announced(1_000, "{"));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::Truncated { read: 1, expected: Some(1_000) });
    assert_eq!(sim.seen().len(), 4);
}

#[tokio::test]
async fn a_blob_that_is_truncated_is_continued() {
    let store = store();
    let count = AtomicU32::new(0);
    let sim = Sim::serve(move |request| {
        let whole = store.blobs.get(request.path.rsplit('/').next().unwrap());
        match (whole, request.header("range")) {
            // Nothing at first, then a part, then the rest.
            (Some(whole), None) if count.fetch_add(1, Ordering::SeqCst) < 2 => {
                announced(whole.len(), "")
            }
            (Some(whole), None) => announced(whole.len(), &whole[..30]),
            _ => store.reply(request),
        }
    });
    let (image, errors) = read_all(&sim, ":1").await;
    let image = image.unwrap();
    assert!(image.is_complete() && errors.is_empty(), "{:?}", image.gaps);
    let ranges: Vec<String> =
        sim.seen().iter().filter_map(|seen| seen.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges, ["bytes=30-", "bytes=30-", "bytes=30-"]);
}

#[tokio::test]
async fn a_blob_that_cannot_be_continued_is_truncated() {
    let wrong: [fn(&[u8]) -> Reply; 4] = [
        // Without ranges, with other ranges, of another blob, and always truncated.
        |whole| announced(whole.len(), &whole[..30]),
        |whole| {
            reply(206, &whole[20..])
                .with("content-range", format!("bytes 20-{}/{}", whole.len() - 1, whole.len()))
        },
        |whole| {
            reply(206, &whole[30..])
                .with("content-range", format!("bytes 30-{}/{}", whole.len(), whole.len() + 1))
        },
        |whole| {
            announced(whole.len() - 30, "")
                .status(206)
                .with("content-range", format!("bytes 30-{}/{}", whole.len() - 1, whole.len()))
        },
    ];
    for wrong in wrong {
        let store = store();
        let sim = Sim::serve(move |request| {
            let whole = store.blobs.get(request.path.rsplit('/').next().unwrap());
            match (whole, request.header("range")) {
                (Some(whole), None) => announced(whole.len(), &whole[..30]),
                (Some(whole), Some(_)) => wrong(whole),
                _ => store.reply(request),
            }
        });
        let (image, errors) = read_all(&sim, ":1").await;
        let gap = image.unwrap_err();
        let [Error { why: Why::Truncated { read: 30, .. }, .. }] = errors[..] else {
            panic!("{errors:?}")
        };
        assert!(
            gap.cause == Cause::Unreadable && gap.detail.contains("ended after 30 bytes of "),
            "{gap}"
        );
    }
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_unreachable() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let reference =
        posture_image::reference::Reference::parse(&format!("127.0.0.1:{port}/a/b:1")).unwrap();
    let (options, waits) = options();
    let client = Client::new(options);
    for _ in 0..3 {
        let error = client.manifest(&reference).await.unwrap_err();
        assert!(matches!(&error.why, Why::Unreachable(why) if !why.contains("http://")), "{error}");
        assert_eq!(waits.lock().unwrap().len(), 3, "it is given up once, for all images");
    }
}

#[tokio::test]
async fn a_body_that_pauses_is_given_up() {
    let sim = Sim::serve(|_| stalled(1_000, "{"));
    let (mut options, _) = options();
    options.attempts = 1;
    let client = Client::new(options);
    let wanted = reference(&sim, ":1");
    let reading = tokio::spawn(async move { client.manifest(&wanted).await });
    sim.stalls.notified().await;
    // Now nothing else happens, and the time goes on by itself.
    tokio::time::pause();
    let error = reading.await.unwrap().unwrap_err();
    assert_eq!(error.why, Why::TimedOut("the body paused for 30 seconds".to_owned()));
}

#[tokio::test]
async fn a_document_and_a_list_have_a_time() {
    let (mut patient, _) = options();
    patient.idle_time = Duration::from_secs(1 << 20);
    patient.connect_time = patient.idle_time;
    patient.attempts = 1;
    let sim = Sim::serve(|_| stalled(1_000, "{"));
    let (client, wanted) = (Client::new(patient.clone()), reference(&sim, ":1"));
    let reading = tokio::spawn(async move { client.manifest(&wanted).await });
    sim.stalls.notified().await;
    tokio::time::pause();
    let error = reading.await.unwrap().unwrap_err();
    assert_eq!(error.why, Why::TimedOut("the body took longer than 300 seconds".to_owned()));
    tokio::time::resume();
    patient.document_time = patient.idle_time;
    let (client, wanted) = (Client::new(patient), reference(&sim, ":1"));
    let reading = tokio::spawn(async move { client.tags(&wanted).await });
    sim.stalls.notified().await;
    tokio::time::pause();
    let error = reading.await.unwrap().unwrap_err();
    assert_eq!(error.why, Why::TimedOut("the list took longer than 1800 seconds".to_owned()));
}

#[tokio::test]
async fn an_image_has_a_time() {
    let store = store();
    let sim = Sim::serve(move |request| {
        match store.blobs.get(request.path.rsplit('/').next().unwrap()) {
            Some(whole) if whole.starts_with(&[0x1f, 0x8b]) => stalled(whole.len(), &whole[..30]),
            _ => store.reply(request),
        }
    });
    let (mut options, _) = options();
    options.idle_time = Duration::from_secs(1 << 20);
    options.connect_time = options.idle_time;
    let remote = Client::new(options).image(&reference(&sim, ":1")).await.unwrap();
    let reading = tokio::spawn(read(remote, "linux/amd64"));
    sim.stalls.notified().await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1_801)).await;
    let (image, errors) = reading.await.unwrap();
    let image = image.unwrap();
    assert!(image.layers.iter().all(|layer| !layer.gaps.is_empty()));
    let shown = format!("{:?} {errors:?}", image.gaps);
    assert!(shown.contains("the image took longer than 1800 seconds"), "{shown}");
}

#[tokio::test]
async fn an_empty_response_is_an_interruption() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            drop(stream);
        }
    });
    let reference =
        posture_image::reference::Reference::parse(&format!("127.0.0.1:{port}/a/b:1")).unwrap();
    let error = client().manifest(&reference).await.unwrap_err();
    assert!(matches!(error.why, Why::Interrupted(_)), "{error}");
}
