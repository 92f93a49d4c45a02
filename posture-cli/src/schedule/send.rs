//! Deliveries on their way.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::hmac;
use lettre::message::header::ContentType;
use lettre::message::{Attachment, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{SMTP_PORT, SUBMISSION_PORT, SUBMISSIONS_PORT};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use posture_core::text::hex;
use posture_history::Archive;
use reqwest::redirect::Policy;
use url::Url;

use crate::config::job::{Encryption, Mail, Secret, Sink, Webhook, address};
use crate::endpoints;
use crate::error::{Failure, Result};
use crate::input;
use crate::output::write_file;

/// How long one attempt to send mail, or a look-up of a name, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long is waited before each further attempt.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// The most that is read of a response; nothing of it is used.
const MOST: usize = 1 << 16;

/// Something on its way.
pub(super) struct Parcel<'p> {
    /// The ID by which the recipient recognizes a repeat.
    pub(super) id: &'p str,
    pub(super) kind: &'static str,
    pub(super) body: Vec<u8>,
    /// What mail says before what is attached: its subject, and a page.
    pub(super) letter: Option<(String, String)>,
    /// What is attached is called.
    pub(super) name: String,
    /// Whether mail shows the body itself, as plain text, in place of the page with an attachment.
    pub(super) inline: bool,
}

/// Sends it, and comes back when it has arrived.
pub(super) async fn send(sink: &Sink, mail: Option<&Mail>, parcel: Parcel<'_>) -> Result<()> {
    match sink {
        Sink::Mail(to) => match mail {
            Some(mail) => post_mail(mail, to, parcel).await,
            None => Err(Failure::tool("no mail server is configured")),
        },
        Sink::File(path) => {
            let path = Path::new(path);
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Failure::tool(format!("cannot create `{}`", folder.display())).cause(error)
                })?;
            }
            write_file(path, &parcel.body)
        }
        Sink::Store(address) => {
            let (folder, name) = address.rsplit_once('/').unwrap_or((".", address));
            let store = Archive::open(folder, std::env::vars(), endpoints::allowed);
            let stored = match store {
                Ok(store) => store.put_as(name, parcel.body).await,
                Err(error) => Err(error),
            };
            stored.map_err(|error| {
                Failure::tool("cannot store the object").caused_by(&error).help(error.help())
            })
        }
        Sink::Webhook(webhook) => post(webhook, parcel).await,
    }
}

/// Sends it by mail.
async fn post_mail(mail: &Mail, to: &[String], parcel: Parcel<'_>) -> Result<()> {
    let failed = |error: &dyn std::error::Error| {
        Failure::tool(format!("cannot send mail through {}", mail.server)).caused_by(error)
    };
    let mailbox = |text: &str| address(text).map_err(Failure::tool);
    let from = mailbox(&mail.from)?;
    let host = from.email.domain().to_owned();
    let (subject, page) = parcel.letter.unwrap_or_default();
    // The same delivery has the same id, so that a repeat is one.
    let mut message = Message::builder()
        .from(from)
        .message_id(Some(format!("<{}@{host}>", parcel.id)))
        .subject(subject);
    for one in to {
        message = message.to(mailbox(one)?);
    }
    let message = if parcel.inline {
        let text = String::from_utf8_lossy(&parcel.body).into_owned();
        message.singlepart(SinglePart::plain(text))
    } else {
        let kind = ContentType::parse(parcel.kind).map_err(|error| failed(&error))?;
        let attached = Attachment::new(parcel.name).body(parcel.body, kind);
        message
            .multipart(MultiPart::mixed().singlepart(SinglePart::html(page)).singlepart(attached))
    };
    let message = message.map_err(|error| failed(&error))?;
    let secured = || {
        let mut secured = TlsParameters::builder(mail.server.clone());
        if let Some(path) = &mail.authorities {
            let text = input::bytes(path, input::WRITTEN).map_err(|error| {
                Failure::tool(format!("cannot read `{}`", path.display())).cause(error)
            })?;
            let certificate = Certificate::from_pem(&text).map_err(|error| failed(&error))?;
            secured = secured.add_root_certificate(certificate);
        }
        secured.build_rustls().map_err(|error| failed(&error))
    };
    let (port, tls) = match mail.encryption {
        Encryption::Starttls => (SUBMISSION_PORT, Tls::Required(secured()?)),
        Encryption::Tls => (SUBMISSIONS_PORT, Tls::Wrapper(secured()?)),
        Encryption::None => (SMTP_PORT, Tls::None),
    };
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&mail.server)
        .port(mail.port.unwrap_or(port))
        .tls(tls)
        .timeout(Some(PATIENCE));
    if let (Some(user), Some(password)) = (&mail.user, &mail.password) {
        transport = transport.credentials(Credentials::new(user.clone(), password.read()?));
    }
    // Its timeout is for connecting only.
    match tokio::time::timeout(3 * PATIENCE, transport.build().send(message)).await {
        Ok(sent) => sent.map(drop).map_err(|error| failed(&error)),
        Err(_) => Err(Failure::tool(format!("cannot send mail through {}", mail.server))
            .cause("the server did not respond in time")),
    }
}

/// Posts it, again where the other side may be better soon.
async fn post(webhook: &Webhook, parcel: Parcel<'_>) -> Result<()> {
    let failed =
        |why: &str| Failure::tool(format!("cannot deliver to webhook {}", webhook.url)).cause(why);
    let text = webhook.url.read()?;
    let key = webhook.key.as_ref().map(Secret::read).transpose()?;
    // Nothing of the address is repeated: it is as good as a password.
    let url = Url::parse(&text).map_err(|_| failed("the URL is invalid"))?;
    let (host, addresses) = reachable(&url, webhook.private).await.map_err(|why| failed(&why))?;
    let client = reqwest::Client::builder()
        .connect_timeout(webhook.timeout / 2)
        .timeout(webhook.timeout)
        .redirect(Policy::none())
        .resolve_to_addrs(&host, &addresses)
        .user_agent(concat!("posture/", env!("CARGO_PKG_VERSION")));
    // A private network is not reached through a proxy.
    let client = if webhook.private { client.no_proxy() } else { client };
    let client = client.build().map_err(|_| failed("cannot set up the HTTP client"))?;
    let mut pauses = PAUSES.iter();
    loop {
        let now = jiff::Timestamp::now().as_second();
        let mut request = client
            .post(url.clone())
            .header("content-type", parcel.kind)
            .header("idempotency-key", parcel.id);
        if let Some(key) = &key {
            request = request.header("posture-signature", signature(key, now, &parcel.body));
        }
        let (why, again) = match request.body(parcel.body.clone()).send().await {
            Ok(mut answer) => {
                let status = answer.status();
                let mut read = 0;
                // The connection can be used again if the response is short.
                while let Ok(Some(part)) = answer.chunk().await {
                    read += part.len();
                    if read > MOST {
                        break;
                    }
                }
                if status.is_success() {
                    return Ok(());
                }
                let again = status.is_server_error() || status.as_u16() == 429;
                (format!("it responded with status {}", status.as_u16()), again)
            }
            Err(error) if error.is_timeout() => ("it did not respond in time".to_owned(), true),
            Err(error) if error.is_connect() => ("it cannot be reached".to_owned(), true),
            Err(_) => ("the connection was interrupted".to_owned(), true),
        };
        match pauses.next().filter(|_| again) {
            Some(pause) => tokio::time::sleep(*pause).await,
            None => return Err(failed(&why)),
        }
    }
}

/// `t=SECONDS,v1=HEX`: the HMAC-SHA256 of the seconds, a dot and the body, so that an old message is not taken for a new one.
fn signature(key: &str, now: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{now}.").as_bytes());
    context.update(body);
    let tag = context.sign();
    format!("t={now},v1={}", hex(tag))
}

/// The host of an address and its addresses, if it may be called: over TLS and outside of private networks, unless that was
/// allowed. The connection goes to the addresses that were checked.
async fn reachable(
    url: &Url,
    private: bool,
) -> std::result::Result<(String, Vec<SocketAddr>), String> {
    match url.scheme() {
        "https" => {}
        "http" if private => {}
        "http" => return Err("plain HTTP needs `private = true`".to_owned()),
        _ => return Err("only https URLs are supported".to_owned()),
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host.clone(), port))).await;
    let Ok(Ok(found)) = found else { return Err("its host name cannot be resolved".to_owned()) };
    let addresses: Vec<SocketAddr> = found.collect();
    if !private && addresses.iter().any(|address| is_internal(address.ip())) {
        return Err("its address is in a private network; `private = true` allows that".to_owned());
    }
    Ok((host, addresses))
}

/// Whether an address is none of the public internet.
fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internal_v4(address),
        IpAddr::V6(address) => is_internal_v6(address),
    }
}

/// See the [registry](https://www.iana.org/assignments/iana-ipv4-special-registry/).
fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        // The relays of 6to4, which pass on what they get.
        || (a == 192 && b == 88 && c == 99)
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

/// See the [registry](https://www.iana.org/assignments/iana-ipv6-special-registry/).
fn is_internal_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let v4 = |a: u16, b: u16| Ipv4Addr::from((u32::from(a) << 16) | u32::from(b));
    match parts {
        // Written as IPv4, or translated to it.
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => {
            is_internal_v4(v4(a, b))
        }
        // 6to4: to a network behind an IPv4 address, by a relay.
        [0x2002, a, b, ..] => is_internal_v4(v4(a, b)),
        // Teredo: to a client behind an IPv4 address, which is written with all bits turned, by a server.
        [0x2001, 0, server_a, server_b, _, _, a, b] => {
            is_internal_v4(v4(server_a, server_b)) || is_internal_v4(v4(!a, !b))
        }
        // Of global unicast, 2000::/3: for examples, for benchmarks, and for identifiers that lead nowhere.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] | [0x2001, 2, 0, ..] => true,
        [0x2001, 0x10..=0x2f, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_public_address_is_internal() {
        for internal in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2002:c058:6301::",
            "192.88.99.1",
            "2001:0:7f00:1::1",
            "2001::f5ff:fffe",
            "2001:2::1",
            "2001:10::1",
            "3fff::1",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(is_internal(internal.parse().unwrap()), "{internal}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "::ffff:1.1.1.1",
        ] {
            assert!(!is_internal(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn what_is_within_is_shown_only_where_that_is_allowed() {
        let reached = async |text: &str, private| {
            reachable(&Url::parse(text).unwrap(), private).await.is_ok()
        };
        for address in [
            "https://127.0.0.1/x",
            "https://localhost/x",
            "https://[::1]/",
            "https://169.254.169.254/",
        ] {
            assert!(!reached(address, false).await, "{address}");
        }
        assert!(reached("http://127.0.0.1:1/x", true).await);
        for address in ["http://1.1.1.1/", "ftp://1.1.1.1/", "file:///etc/passwd"] {
            assert!(!reached(address, false).await, "{address}");
        }
    }

    #[test]
    fn a_signature_holds_the_time_and_the_body() {
        let one = signature("key", 7, b"body");
        // echo -n 7.body | openssl dgst -sha256 -hmac key
        assert!(one.starts_with("t=7,v1=") && one.len() == 7 + 64, "{one}");
        for other in [
            signature("key", 8, b"body"),
            signature("key", 7, b"bodY"),
            signature("kez", 7, b"body"),
        ] {
            assert_ne!(one, other);
        }
    }
}
