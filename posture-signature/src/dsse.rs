//! DSSE envelopes, as the [specification](https://github.com/secure-systems-lab/dsse/blob/master/envelope.md) and its
//! [protocol](https://github.com/secure-systems-lab/dsse/blob/master/protocol.md) define them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;

use crate::limits::Limits;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Wire {
    payload: String,
    payload_type: String,
    #[serde(default)]
    signatures: Vec<WireSignature>,
}

#[derive(Deserialize)]
struct WireSignature {
    /// `keyid` beside it is a hint that nothing authenticates, so it is not read.
    sig: String,
}

/// An envelope: one payload with the signatures over it.
#[derive(Debug)]
pub(crate) struct Envelope {
    pub(crate) payload_type: String,
    pub(crate) payload: Vec<u8>,
    pub(crate) signatures: Vec<Vec<u8>>,
}

impl Envelope {
    pub(crate) fn read(json: &[u8], limits: &Limits) -> Result<Self, String> {
        Self::decode(crate::json::read("envelope", json)?, limits)
    }

    pub(crate) fn decode(wire: Wire, limits: &Limits) -> Result<Self, String> {
        if wire.signatures.len() > limits.signatures {
            return Err(format!(
                "the envelope has {} signatures; {} are accepted",
                wire.signatures.len(),
                limits.signatures
            ));
        }
        let payload = decode(&wire.payload).ok_or("the payload is not base64")?;
        let signatures: Option<Vec<_>> =
            wire.signatures.iter().map(|signature| decode(&signature.sig)).collect();
        let signatures = signatures.ok_or("a signature is not base64")?;
        Ok(Self { payload_type: wire.payload_type, payload, signatures })
    }

    /// What is signed: the pre-authentication encoding of type and payload. It keeps a payload from being taken for one of another
    /// type.
    pub(crate) fn signed(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }
}

/// `DSSEv1`, then the type and the payload, each after its length in bytes.
pub(crate) fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut signed =
        format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    signed.extend_from_slice(payload);
    signed
}

/// Either alphabet, as the specification demands; never a mix, and never without padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_that_of_the_specification() {
        let expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
        assert_eq!(
            pre_authentication_encoding("http://example.com/HelloWorld", b"hello world"),
            expected
        );
        assert_eq!(pre_authentication_encoding("é", b""), "DSSEv1 2 é 0 ".as_bytes());
    }

    #[test]
    fn an_envelope_is_read_within_bounds() {
        let limits = Limits::default();
        let json = |payload: &str, signatures: &str| {
            format!(r#"{{"payload":"{payload}","payloadType":"t","signatures":{signatures}}}"#)
        };
        let read = |json: String| Envelope::read(json.as_bytes(), &limits);
        let good = read(json("+/8=", r#"[{"keyid":"a","sig":"AQI="},{"sig":"AQI="}]"#)).unwrap();
        assert_eq!((good.payload, good.signatures.len()), (vec![0xfb, 0xff], 2));
        assert_eq!(read(json("-_8=", "[]")).unwrap().payload, [0xfb, 0xff]);
        assert!(read(json("AQI", "[]")).is_err(), "without padding");
        assert!(read(json("AQJ=", "[]")).is_err(), "bits after the end");
        assert!(read(json("AQ I=", "[]")).is_err());
        assert!(read(json("-/8=", "[]")).is_err(), "both alphabets");
        assert!(read(json("AQI=", r#"[{"sig":"%"}]"#)).is_err());
        assert!(read(json("AQI=", r#"[{"keyid":""}]"#)).is_err());
        assert!(read(json("AQI=", &format!("[{}]", vec![r#"{"sig":""}"#; 17].join(",")))).is_err());
        assert!(
            read(r#"{"payload":"AQI=","payload":"AQI=","payloadType":"t"}"#.into()).is_err(),
            "twice"
        );
        assert!(read("[".repeat(100_000)).is_err());
    }
}
