//! An image in a registry as a source for [`posture_image::image::read`]: blobs as streams, within bounds.
//!
//! A task of the runtime requests a blob and passes it on in pieces; the reader waits for them. At most [`PIECES`] are between the two,
//! so that the network waits for the reader. Nothing is written to the disk.

use std::io::{self, Read};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use bytes::{Buf as _, Bytes as Piece};
use flate2::read::MultiGzDecoder;
use posture_image::Gap;
use posture_image::digest::Digest;
use posture_image::reference::Reference;
use posture_image::source::{Blobs, Bytes, Named, Root};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Instant;

use crate::body::{self, Coding};
use crate::client::{Client, error};
use crate::error::{Error, Why};
use crate::request::Tries;

/// The pieces that are read ahead. Each is what came at once, of half a mebibyte at most.
const PIECES: usize = 8;

/// The bytes after which a download counts as one that moves.
const PROGRESS: u64 = 1 << 20;

/// The errors that are kept.
const MOST_ERRORS: usize = 100;

/// An image in a registry, of which the manifest was read.
///
/// Its readers wait for the network: call [`posture_image::image::read`] with it on a thread that may block, as of
/// [`tokio::task::spawn_blocking`], while the runtime runs. In an async function it also works on a runtime of several threads, and waits
/// forever on one of a single thread, which could not do anything else.
#[derive(Debug)]
pub struct Remote {
    client: Client,
    reference: Reference,
    runtime: Handle,
    root: (Digest, Vec<u8>),
    until: Instant,
    errors: Errors,
    /// The image, for [`posture_image::image::read`].
    pub named: Named,
}

impl Client {
    /// Reads the manifest that a reference leads to, and returns the image behind it. The time that the options allow for an image
    /// begins here.
    ///
    /// # Errors
    ///
    /// The manifest could not be read, or is another one than that of the reference's digest.
    pub async fn image(&self, reference: &Reference) -> Result<Remote, Error> {
        let until = Instant::now() + self.options().image_time;
        let fetched = tokio::time::timeout_at(until, self.manifest(reference)).await;
        let fetched = fetched.unwrap_or_else(|_| {
            let asked = format!("the manifest of {}", reference.repository);
            Err(error(reference, asked, too_long(self)))
        })?;
        Ok(Remote {
            client: self.clone(),
            reference: reference.clone(),
            runtime: Handle::current(),
            root: (fetched.descriptor.digest.clone(), fetched.bytes),
            until,
            errors: Errors::default(),
            named: Named {
                names: vec![reference.to_string()],
                root: Root::Document(fetched.descriptor),
            },
        })
    }
}

/// What went wrong, as the image and its readers note it.
#[derive(Clone, Debug, Default)]
struct Errors(Arc<Mutex<Vec<Error>>>);

impl Errors {
    fn note(&self, error: Error) {
        let mut errors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if errors.len() < MOST_ERRORS {
            errors.push(error);
        }
    }
}

/// What passes between the task and the reader.
enum Passed {
    /// The response has begun, with this encoding.
    Begun(Coding),
    Piece(Piece),
    End,
    Failed(Error),
}

impl Remote {
    /// The digest of the manifest or index that the reference leads to.
    pub fn digest(&self) -> &Digest {
        &self.root.0
    }

    /// The bytes of that manifest or index.
    pub fn manifest(&self) -> &[u8] {
        &self.root.1
    }

    /// What went wrong with the manifests and blobs of the image, apart from what is wrong with their content. The gaps of the image
    /// have the same in words.
    pub fn errors(&self) -> Vec<Error> {
        self.errors.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, error: Error) -> Gap {
        let gap = Gap::from(&error);
        self.errors.note(error);
        gap
    }

    fn stream(&self, digest: &Digest, size: Option<u64>) -> Result<Bytes, Gap> {
        let (send, receive) = channel(PIECES);
        let download = Download {
            client: self.client.clone(),
            reference: self.reference.clone(),
            digest: digest.clone(),
            size,
            until: self.until,
            asked: format!("the blob {}@{digest}", self.reference.repository),
        };
        self.runtime.spawn(download.run(send));
        let errors = self.errors.clone();
        let mut reader = Reader { receive, piece: Piece::new(), ended: false, errors };
        match wait(reader.receive.recv()) {
            Some(Passed::Begun(Coding::Plain)) => Ok(Box::new(reader)),
            Some(Passed::Begun(Coding::Gzip)) => Ok(Box::new(MultiGzDecoder::new(reader))),
            Some(Passed::Failed(error)) => Err(self.note(error)),
            Some(Passed::Piece(_) | Passed::End) | None => {
                let why = Why::Interrupted("the program stops".to_owned());
                Err(self.note(error(&self.reference, format!("the blob {digest}"), why)))
            }
        }
    }
}

impl Blobs for Remote {
    fn open(&self, digest: &Digest) -> Result<Bytes, Gap> {
        self.stream(digest, None)
    }

    fn open_sized(&self, digest: &Digest, size: u64) -> Result<Bytes, Gap> {
        self.stream(digest, Some(size))
    }

    fn is_addressed_by_digest(&self) -> bool {
        true
    }

    fn open_manifest(&self, digest: &Digest, _size: u64) -> Result<Bytes, Gap> {
        if *digest == self.root.0 {
            return Ok(Box::new(io::Cursor::new(self.root.1.clone())));
        }
        let (client, reference) = (self.client.clone(), self.reference.clone());
        let (wanted, until) = (digest.clone(), self.until);
        let (send, mut receive) = channel(1);
        self.runtime.spawn(async move {
            let fetched =
                tokio::time::timeout_at(until, client.manifest_of(&reference, &wanted)).await;
            let fetched = fetched.unwrap_or_else(|_| {
                Err(error(&reference, format!("the manifest {wanted}"), too_long(&client)))
            });
            let _ = send.send(fetched).await;
        });
        match wait(receive.recv()) {
            Some(Ok(fetched)) => Ok(Box::new(io::Cursor::new(fetched.bytes))),
            Some(Err(failed)) => Err(self.note(failed)),
            None => {
                let why = Why::Interrupted("the program stops".to_owned());
                Err(self.note(error(&self.reference, format!("the manifest {digest}"), why)))
            }
        }
    }
}

fn too_long(client: &Client) -> Why {
    let seconds = client.options().image_time.as_secs();
    Why::TimedOut(format!("the image took longer than {seconds} seconds"))
}

/// A blob on its way.
struct Download {
    client: Client,
    reference: Reference,
    digest: Digest,
    size: Option<u64>,
    until: Instant,
    asked: String,
}

impl Download {
    async fn run(self, send: Sender<Passed>) {
        let passed = tokio::select! {
            // The reader has seen enough.
            () = send.closed() => return,
            passed = tokio::time::timeout_at(self.until, self.pass(&send)) => passed,
        };
        let last = match passed {
            Ok(Ok(())) => Passed::End,
            Ok(Err(why)) => Passed::Failed(error(&self.reference, self.asked, why)),
            Err(_) => Passed::Failed(error(&self.reference, self.asked, too_long(&self.client))),
        };
        let _ = send.send(last).await;
    }

    /// Passes on the pieces. If the connection ends too early, the rest is requested.
    async fn pass(&self, send: &Sender<Passed>) -> Result<(), Why> {
        let site = self.client.site(&self.reference)?;
        let mut ask = self.client.blob_ask(&site, &self.reference, &self.digest);
        let limit = self.size.unwrap_or(self.client.options().bounds.blob);
        let mut tries = Tries::new(self.client.options());
        let (mut read, mut whole, mut begun) = (0_u64, self.size, false);
        let mut since = 0;
        loop {
            ask.from = read;
            let mut response = self.client.answer(&site, &ask).await.map_err(|why| match why {
                // It has no ranges, so that there is only what came.
                Why::Unexpected { .. } if read > 0 => Why::Truncated { read, expected: whole },
                why => why,
            })?;
            let mut coding = body::coding(&response)?;
            let length = response.content_length();
            // Storage may have kept that the blob is gzip, and then sends it as it is.
            if self.size.is_some() && length == self.size && read == 0 {
                coding = Coding::Plain;
            }
            if read > 0 && !continues(&response, read, whole) {
                return Err(Why::Truncated { read, expected: whole });
            }
            let length = length.map(|length| length.saturating_add(read));
            if coding == Coding::Plain {
                self.compare(length)?;
                whole = whole.or(length);
            }
            if !begun && send.send(Passed::Begun(coding)).await.is_err() {
                return Ok(());
            }
            begun = true;
            let why = loop {
                match body::piece(&mut response, self.client.options().idle_time, read).await {
                    Ok(Some(piece)) => {
                        read = read.saturating_add(piece.len() as u64);
                        let is_over = coding == Coding::Plain && read > limit;
                        if is_over && self.size.is_none() {
                            return Err(Why::TooLarge(limit));
                        }
                        // Where a size is stated, the reader sees that there is more.
                        if send.send(Passed::Piece(piece)).await.is_err() || is_over {
                            return Ok(());
                        }
                    }
                    Ok(None) => break None,
                    Err(why) => break Some(why),
                }
            };
            match why {
                None => return Ok(()),
                // What was decoded already cannot be continued.
                Some(why) if coding == Coding::Gzip => return Err(why),
                Some(why) => {
                    // A long blob may be interrupted more often; one that hardly moves may not.
                    if read - since >= PROGRESS {
                        tries = Tries::new(self.client.options());
                        since = read;
                    }
                    tries.again(&site, why).await?;
                }
            }
        }
    }

    /// Compares the announced size with the one that is stated.
    fn compare(&self, length: Option<u64>) -> Result<(), Why> {
        match (length, self.size) {
            (Some(length), Some(size)) if length != size => {
                Err(Why::Mismatch(format!("it has {length} bytes, and {size} are stated")))
            }
            (Some(length), None) if length > self.client.options().bounds.blob => {
                Err(Why::TooLarge(self.client.options().bounds.blob))
            }
            _ => Ok(()),
        }
    }
}

/// Whether a response continues where the last one ended.
fn continues(response: &reqwest::Response, read: u64, whole: Option<u64>) -> bool {
    let range = crate::request::header(response.headers(), "content-range").unwrap_or_default();
    let range = range.strip_prefix("bytes ").and_then(|range| range.split_once('/'));
    let Some((range, total)) = range else { return false };
    let first = range.split_once('-').and_then(|(first, _)| first.parse().ok());
    let total = total.parse::<u64>().ok();
    first == Some(read) && (total.is_none() || whole.is_none() || total == whole)
}

/// The end of a download at which a blob is read.
struct Reader {
    receive: Receiver<Passed>,
    piece: Piece,
    ended: bool,
    errors: Errors,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.piece.is_empty() && !self.ended && !buffer.is_empty() {
            match wait(self.receive.recv()) {
                Some(Passed::Piece(piece)) => self.piece = piece,
                Some(Passed::End) => self.ended = true,
                Some(Passed::Begun(_)) => {}
                Some(Passed::Failed(error)) => {
                    self.ended = true;
                    let kind = match error.why {
                        Why::TimedOut(_) => io::ErrorKind::TimedOut,
                        Why::Truncated { .. } => io::ErrorKind::UnexpectedEof,
                        _ => io::ErrorKind::Other,
                    };
                    self.errors.note(error.clone());
                    return Err(io::Error::new(kind, error));
                }
                None => return Err(io::Error::other("the program stops")),
            }
        }
        let count = buffer.len().min(self.piece.len());
        let (part, _) = buffer.split_at_mut(count);
        self.piece.copy_to_slice(part);
        Ok(count)
    }
}

/// Wakes a thread.
struct Waiting(Thread);

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits on this thread. Tokio's own way panics on its worker threads.
fn wait<F: Future>(future: F) -> F::Output {
    match Handle::try_current() {
        // A worker that waits would keep the tasks that are queued for it, the awaited one among them.
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => {
            tokio::task::block_in_place(|| park(future))
        }
        _ => park(future),
    }
}

fn park<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Waiting(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
