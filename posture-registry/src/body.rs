//! Bodies of responses, within bounds.

use std::io::Read as _;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use posture_image::text;
use reqwest::Response;

use crate::error::Why;
use crate::options::Options;

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Plain,
    Gzip,
}

/// The encoding of a response. None was asked for; gzip is decoded all the same, as storage may have kept it so.
pub(crate) fn coding(response: &Response) -> Result<Coding, Why> {
    let mut found = Coding::Plain;
    for value in response.headers().get_all("content-encoding") {
        for one in value.to_str().unwrap_or("?").split(',').map(str::trim) {
            match (one.to_ascii_lowercase().as_str(), found) {
                ("" | "identity", _) => {}
                ("gzip" | "x-gzip", Coding::Plain) => found = Coding::Gzip,
                _ => return Err(Why::Encoding(text::clip(one.as_bytes(), 40))),
            }
        }
    }
    Ok(found)
}

/// The next piece of a body; none at its end.
pub(crate) async fn piece(
    response: &mut Response,
    idle: Duration,
    read: u64,
) -> Result<Option<bytes::Bytes>, Why> {
    let expected = response.content_length().map(|left| left.saturating_add(read));
    match tokio::time::timeout(idle, response.chunk()).await {
        Err(_) => Err(Why::TimedOut(format!("the body paused for {} seconds", idle.as_secs()))),
        Ok(Err(error)) if error.is_timeout() => {
            Err(Why::TimedOut("the body came too slowly".to_owned()))
        }
        Ok(Err(_)) => Err(Why::Truncated { read, expected }),
        Ok(Ok(piece)) => Ok(piece),
    }
}

/// A whole body of at most so many bytes.
pub(crate) async fn whole(
    response: Response,
    limit: u64,
    options: &Options,
) -> Result<Vec<u8>, Why> {
    let time = options.document_time;
    match tokio::time::timeout(time, read(response, limit, options.idle_time)).await {
        Ok(read) => read,
        Err(_) => {
            Err(Why::TimedOut(format!("the body took longer than {} seconds", time.as_secs())))
        }
    }
}

async fn read(mut response: Response, limit: u64, idle: Duration) -> Result<Vec<u8>, Why> {
    let coding = coding(&response)?;
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(Why::TooLarge(limit));
    }
    let mut bytes = Vec::new();
    while let Some(piece) = piece(&mut response, idle, bytes.len() as u64).await? {
        if (bytes.len() + piece.len()) as u64 > limit {
            return Err(Why::TooLarge(limit));
        }
        bytes.extend_from_slice(&piece);
    }
    match coding {
        Coding::Plain => Ok(bytes),
        Coding::Gzip => decode(&bytes, limit),
    }
}

/// A page of a list or another small document, with its `Link` headers.
pub(crate) async fn page(response: Response, options: &Options) -> Result<(Vec<u8>, String), Why> {
    let links = response.headers().get_all("link").iter();
    let links = links.map(|value| value.to_str().unwrap_or("?")).collect::<Vec<_>>().join(", ");
    Ok((whole(response, options.bounds.page, options).await?, links))
}

fn decode(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Why> {
    let mut decoded = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(limit.saturating_add(1)).read_to_end(&mut decoded);
    read.map_err(|_| Why::Malformed("the content is not gzip, as it is declared".to_owned()))?;
    if decoded.len() as u64 > limit {
        return Err(Why::TooLarge(limit));
    }
    Ok(decoded)
}
