//! The form of cosign up to 2 as a bundle of version 0.1, which demands a promise of the log and not its proof.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Annotations;
use crate::digest::Digest;
use crate::dsse::Envelope;
use crate::text;

/// The log entry of an annotation.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LogEntry {
    signed_entry_timestamp: String,
    payload: LogPayload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogPayload {
    body: String,
    integrated_time: i64,
    log_index: i64,
    #[serde(rename = "logID")]
    log_id: String,
}

/// What a body of the log is. Its other fields are for the verification.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    api_version: String,
    kind: String,
}

#[derive(Deserialize)]
struct Timestamp {
    #[serde(rename = "SignedRFC3161Timestamp")]
    signed: String,
}

/// The signature of a payload with this SHA-256 digest, as a bundle.
pub(super) fn message(
    digest: &Digest,
    signature: &[u8],
    with: &Annotations<'_>,
) -> Result<String, String> {
    let digest = bytes(digest.parts().1).unwrap_or_default();
    let content = json!({
        "messageDigest": { "algorithm": "SHA2_256", "digest": STANDARD.encode(digest) },
        "signature": STANDARD.encode(signature),
    });
    bundle("messageSignature", content, with)
}

/// An envelope, as a bundle.
pub(super) fn envelope(envelope: &Envelope, with: &Annotations<'_>) -> Result<String, String> {
    let signatures: Vec<_> = envelope
        .signatures
        .iter()
        .map(|signature| json!({ "sig": STANDARD.encode(signature), "keyid": "" }))
        .collect();
    let content = json!({
        "payload": STANDARD.encode(&envelope.payload),
        "payloadType": envelope.payload_type,
        "signatures": signatures,
    });
    bundle("dsseEnvelope", content, with)
}

fn bundle(name: &str, content: Value, with: &Annotations<'_>) -> Result<String, String> {
    let mut certificates = certificates(with.certificate.unwrap_or_default())?;
    if certificates.len() != 1 {
        return Err("the annotation does not hold one certificate".into());
    }
    certificates.extend(self::certificates(with.chain.unwrap_or_default())?);
    let certificates: Vec<_> = certificates.iter().map(|der| json!({ "rawBytes": der })).collect();
    let log =
        with.log.ok_or("it has a certificate and no log entry, so that its time is not proven")?;
    let timestamps: Vec<_> = with
        .timestamp
        .map(serde_json::from_str::<Timestamp>)
        .transpose()
        .map_err(|error| text::clean(&format!("the timestamp: {error}"), 200))?
        .map(|timestamp| json!({ "signedTimestamp": timestamp.signed }))
        .into_iter()
        .collect();
    Ok(json!({
        "mediaType": "application/vnd.dev.sigstore.bundle+json;version=0.1",
        "verificationMaterial": {
            "x509CertificateChain": { "certificates": certificates },
            "tlogEntries": [entry(log)?],
            "timestampVerificationData": { "rfc3161Timestamps": timestamps },
        },
        name: content,
    })
    .to_string())
}

fn entry(log: &str) -> Result<Value, String> {
    let entry: LogEntry = serde_json::from_str(log)
        .map_err(|error| text::clean(&format!("the log entry: {error}"), 200))?;
    let LogEntry { signed_entry_timestamp, payload } = entry;
    let body = STANDARD.decode(&payload.body).map_err(|_| "the log entry is not base64")?;
    let body: Body = serde_json::from_slice(&body)
        .map_err(|error| text::clean(&format!("the log entry: {error}"), 200))?;
    let log_id = bytes(&payload.log_id).ok_or("the log entry has no log ID in hexadecimal")?;
    Ok(json!({
        "logIndex": payload.log_index.to_string(),
        "logId": { "keyId": STANDARD.encode(log_id) },
        "kindVersion": { "kind": body.kind, "version": body.api_version },
        "integratedTime": payload.integrated_time.to_string(),
        "inclusionPromise": { "signedEntryTimestamp": signed_entry_timestamp },
        "canonicalizedBody": payload.body,
    }))
}

/// The certificates of a PEM text, each as base64.
fn certificates(pem: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    let mut rest = pem;
    while let Some((_, after)) = rest.split_once("-----BEGIN CERTIFICATE-----") {
        let (body, after) =
            after.split_once("-----END CERTIFICATE-----").ok_or("a certificate has no end")?;
        found.push(body.split_ascii_whitespace().collect());
        rest = after;
        if found.len() > 10 {
            return Err("the chain has more than 10 certificates".into());
        }
    }
    Ok(found)
}

/// The bytes of a text in hexadecimal.
pub(super) fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) || hex.len() > 256 {
        return None;
    }
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16)
                .ok()
        })
        .collect()
}
