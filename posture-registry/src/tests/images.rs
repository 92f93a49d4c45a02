//! Whole images: manifests, indexes, digests, encodings.

use posture_image::Cause;
use posture_image::digest::{Algorithm, Digest};
use posture_image::image::Form;
use posture_image::reference::Reference;

use super::sim::{OCI_INDEX, OCI_MANIFEST, Sim, Store, announced, digest, gzip, ok};
use super::{client, read, read_all, reference, remote};
use crate::{Options, Why};

const FILES: [(&str, &[u8]); 2] = [("app/main", b"x"), ("app/other", b"y")];

fn serve(store: Store) -> Sim {
    Sim::serve(move |request| store.reply(request))
}

#[tokio::test]
async fn an_image_is_read_from_its_manifest_to_its_last_layer() {
    let mut store = Store::default();
    let manifest = store.image("1.2", &FILES);
    let sim = serve(store);
    let (image, errors) = read_all(&sim, ":1.2").await;
    let image = image.unwrap();
    assert!(image.is_complete() && errors.is_empty(), "{:?} {errors:?}", image.gaps);
    assert_eq!(image.identity.manifest, Some(manifest));
    assert_eq!((image.form, image.layers.len(), image.tree.len()), (Form::Oci, 2, 2));
    assert_eq!(image.names, [format!("127.0.0.1:{}/team/app:1.2", sim.port)]);
    assert_eq!(sim.seen().len(), 4, "the manifest, the configuration and two layers, once each");
    assert!(sim.seen().iter().all(|seen| seen.authorization().is_none()));
    let accept = sim.seen()[0].header("accept").unwrap().to_owned();
    assert!(posture_image::manifest::MEDIA_TYPES.iter().all(|kind| accept.contains(kind)));
}

#[tokio::test]
async fn this_machine_is_known_by_its_name() {
    let mut store = Store::default();
    store.image("1", &FILES);
    let sim = serve(store);
    let named = super::at("localhost", &sim, ":1");
    let (image, _) = read(remote(&client(), &named).await.unwrap(), "linux/amd64").await;
    assert!(image.unwrap().is_complete());
}

#[tokio::test]
async fn a_docker_manifest_is_read() {
    let mut store = Store::default();
    let digest = store.image("1", &FILES);
    let (_, bytes) = store.manifests[&digest.to_string()].clone();
    let text = String::from_utf8(bytes).unwrap();
    let kind = "application/vnd.docker.distribution.manifest.v2+json";
    let text = text.replace(OCI_MANIFEST, kind).replace(
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
    );
    store.manifest("docker", kind, text);
    let (image, _) = read_all(&serve(store), ":docker").await;
    let image = image.unwrap();
    assert!(image.is_complete() && image.form == Form::Docker);
}

#[tokio::test]
async fn an_index_leads_to_the_platform_or_names_those_that_there_are() {
    let mut store = Store::default();
    let one = store.image("amd", &FILES[..1]);
    let two = store.image("arm", &FILES);
    let entry = |digest: &Digest, architecture: &str| {
        let size = store.manifests[&digest.to_string()].1.len();
        serde_json::json!({ "mediaType": OCI_MANIFEST, "digest": digest.to_string(), "size": size,
            "platform": { "os": "linux", "architecture": architecture } })
    };
    let index = serde_json::json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [entry(&one, "amd64"), entry(&two, "arm64")] });
    let index = store.manifest("all", OCI_INDEX, index.to_string());
    let sim = serve(store);
    for (platform, manifest, layers) in [("linux/amd64", &one, 1), ("linux/arm64/v8", &two, 2)] {
        let (image, _) =
            read(remote(&client(), &reference(&sim, ":all")).await.unwrap(), platform).await;
        let image = image.unwrap();
        assert_eq!(
            (image.identity.index.as_ref(), image.identity.manifest.as_ref()),
            (Some(&index), Some(manifest))
        );
        assert_eq!(image.layers.len(), layers);
    }
    let (none, errors) =
        read(remote(&client(), &reference(&sim, ":all")).await.unwrap(), "linux/s390x").await;
    let gap = none.unwrap_err();
    assert_eq!(gap.cause, Cause::Missing);
    assert!(
        gap.detail.ends_with("no image for linux/s390x; there are: linux/amd64, linux/arm64"),
        "{gap}"
    );
    assert!(errors.is_empty(), "nothing went wrong with the registry");
}

#[tokio::test]
async fn the_digest_of_a_reference_is_checked() {
    let mut store = Store::default();
    let manifest = store.image("1", &FILES);
    let other = Digest::of(Algorithm::Sha256, b"another");
    let long = Digest::of(Algorithm::Sha512, &store.manifests["1"].1);
    let wrong = store.manifests["1"].clone();
    store.manifests.insert(other.to_string(), wrong.clone());
    store.manifests.insert(long.to_string(), wrong);
    let sim = serve(store);
    for right in [&manifest, &long] {
        let found = client().manifest(&reference(&sim, &format!(":old@{right}"))).await.unwrap();
        assert_eq!(found.descriptor.digest, *right);
    }
    let error = client().manifest(&reference(&sim, &format!("@{other}"))).await.unwrap_err();
    assert!(matches!(&error.why, Why::Mismatch(why) if why.contains(manifest.hex())), "{error}");
    assert_eq!(error.asked, format!("the manifest team/app@{other}"));
}

#[tokio::test]
async fn a_registry_that_contradicts_itself_about_a_tag_is_not_believed() {
    let sim = Sim::serve(|_| ok("{}").with("docker-content-digest", digest(b"x").to_string()));
    let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(matches!(error.why, Why::Mismatch(_)), "{error}");
    assert_eq!(sim.seen().len(), 1, "it is not repeated");
}

#[tokio::test]
async fn a_blob_with_other_bytes_is_a_mismatch() {
    let mut store = Store::default();
    store.image("1", &FILES);
    for wrong in 0..3 {
        let store = store.clone();
        let (layers, mut blobs) = (store.clone(), store.blobs.keys().cloned().collect::<Vec<_>>());
        blobs.sort();
        let target = blobs[wrong].clone();
        let sim = Sim::serve(move |request| {
            if request.path.ends_with(&target) {
                let mut bytes = layers.blobs[&target].clone();
                let last = bytes.len() - 12;
                bytes[last] ^= 1;
                return ok(bytes);
            }
            layers.reply(request)
        });
        let (image, _) = read_all(&sim, ":1").await;
        match image {
            Err(gap) => assert_eq!(gap.cause, Cause::Mismatch, "{gap}"),
            Ok(image) => assert!(
                image.gaps.iter().any(|gap| gap.cause == Cause::Mismatch),
                "{:?}",
                image.gaps
            ),
        }
    }
}

#[tokio::test]
async fn an_announced_size_that_is_not_the_stated_one_is_seen_before_reading() {
    let mut store = Store::default();
    store.image("1", &FILES);
    let sim = Sim::serve(move |request| match request.path.contains("/blobs/") {
        true => announced(1 << 40, "x"),
        false => store.reply(request),
    });
    let (image, errors) = read_all(&sim, ":1").await;
    assert_eq!(image.unwrap_err().cause, Cause::Mismatch);
    let Why::Mismatch(why) = &errors[0].why else { panic!("{errors:?}") };
    assert!(why.starts_with("it has 1099511627776 bytes, and "), "{why}");
}

#[tokio::test]
async fn content_in_gzip_is_decoded_and_other_encodings_are_not_supported() {
    let mut store = Store::default();
    store.image("1", &FILES);
    let packed = store.clone();
    let sim = Sim::serve(move |request| {
        assert_eq!(request.header("accept-encoding"), Some("identity"));
        let name = request.path.rsplit('/').next().unwrap();
        match (packed.blobs.get(name), packed.manifests.get(name)) {
            (Some(bytes), _) => ok(gzip(bytes)).with("content-encoding", "gzip"),
            (_, Some((kind, bytes))) => {
                ok(gzip(bytes)).with("content-encoding", "x-gzip").with("content-type", kind)
            }
            _ => packed.reply(request),
        }
    });
    let (image, errors) = read_all(&sim, ":1").await;
    let image = image.unwrap();
    assert!(image.is_complete(), "{:?} {errors:?}", image.gaps);
    // Storage that kept the compression of a layer as its encoding sends the layer as it is.
    let kept = store.clone();
    let sim = Sim::serve(move |request| {
        kept.reply(request).with(
            "content-encoding",
            match request.path.contains("/blobs/") {
                true => "gzip",
                false => "identity",
            },
        )
    });
    assert!(read_all(&sim, ":1").await.0.unwrap().is_complete());
    for (encoding, body) in
        [("br", "{}"), ("gzip, gzip", "{}"), ("gzip", "no gzip"), ("\u{e9}", "{}")]
    {
        let sim = Sim::serve(move |_| ok(body).with("content-encoding", encoding));
        let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(matches!(error.why, Why::Encoding(_) | Why::Malformed(_)), "{error}");
    }
}

#[tokio::test]
async fn what_is_not_a_manifest_is_malformed() {
    for (body, cause) in [
        ("{", Cause::Malformed),
        ("", Cause::Malformed),
        ("<html>", Cause::Malformed),
        (r#"{"schemaVersion":2,"layers":[],"manifests":[]}"#, Cause::Ambiguous),
        (r#"{"schemaVersion":1}"#, Cause::Unsupported),
    ] {
        let sim = Sim::serve(move |_| ok(body).with("content-type", OCI_MANIFEST));
        let (image, _) = read_all(&sim, ":1").await;
        assert_eq!(image.unwrap_err().cause, cause, "{body}");
    }
    let sim = Sim::serve(|_| {
        ok(format!("{{\"schemaVersion\":2,\"mediaType\":\"{OCI_INDEX}\"}}"))
            .with("content-type", OCI_MANIFEST)
    });
    assert_eq!(read_all(&sim, ":1").await.0.unwrap_err().cause, Cause::Ambiguous);
}

#[tokio::test]
async fn a_small_blob_is_checked_by_its_descriptor() {
    let mut store = Store::default();
    let digest = store.blob(b"payload".to_vec());
    let sim = serve(store);
    let client = client();
    let reference = reference(&sim, ":1");
    let mut stated = client.manifest(&reference).await.map_or_else(
        |_| posture_image::manifest::Descriptor {
            media_type: String::new(),
            digest: digest.clone(),
            size: 7,
            platform: None,
            annotations: Default::default(),
            foreign: false,
            artifact_type: None,
        },
        |found| found.descriptor,
    );
    assert_eq!(client.blob(&reference, &stated, 100).await.unwrap(), b"payload");
    assert_eq!(client.blob(&reference, &stated, 6).await.unwrap_err().why, Why::TooLarge(6));
    for size in [6, 8] {
        stated.size = size;
        let error = client.blob(&reference, &stated, 100).await.unwrap_err();
        assert!(matches!(error.why, Why::Mismatch(_)), "{error}");
    }
    stated.foreign = true;
    let error = client.blob(&reference, &stated, 100).await.unwrap_err();
    assert!(matches!(error.why, Why::NotRequested(_)));
}

#[tokio::test]
async fn without_the_option_nothing_is_sent_without_tls() {
    let sim = Sim::serve(|_| ok("{}"));
    let client = crate::Client::new(Options { attempts: 1, ..Options::default() });
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(matches!(error.why, Why::Unreachable(_)), "{error}");
    assert!(sim.seen().iter().all(|seen| seen.authorization().is_none()));
    let elsewhere = Reference::parse("169.254.169.254/latest/meta-data").unwrap();
    let error = super::client().manifest(&elsewhere).await.unwrap_err();
    assert!(matches!(error.why, Why::NotRequested(_)), "{error}");
}
