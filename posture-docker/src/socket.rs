//! A running engine, by GET requests to its socket: what `docker info` and `docker inspect` would print.
//!
//! Three paths are read and no other: `/info`, `/containers/json?all=1`, and `/containers/<id>/json` of each container. Nothing is
//! created, changed or run. Each request has a connection of its own in HTTP/1.0, so that an answer ends with it.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use posture_model::gap::{Gap, Reason};
use posture_model::plan::{Bound, Plan, Planned};
use posture_model::scope::Calls;
use serde_json::Value;

/// What the daemon shows.
pub(crate) const INFO: &str = "GET /info";
/// The list of containers.
pub(crate) const LIST: &str = "GET /containers/json";
/// A container.
pub(crate) const ONE: &str = "GET /containers/{id}/json";

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The most bytes of an answer.
const BYTES: u64 = 64 << 20;

/// The most containers that are read.
const CONTAINERS: usize = 20_000;

/// The requests that an audit would make.
pub fn plan() -> Plan {
    let planned = |action, calls, bound| Planned { action, calls, bound };
    Plan {
        calls: vec![
            planned(LIST, 1, Bound::Exact),
            planned(ONE, 0, Bound::AtLeast),
            planned(INFO, 1, Bound::Exact),
        ],
        asked: BTreeMap::new(),
    }
}

/// What an engine answered.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) info: Option<Value>,
    pub(crate) containers: Vec<Value>,
    /// Why nothing is known of the daemon.
    pub(crate) no_info: Option<Gap>,
    /// Why there may be other containers.
    pub(crate) missing: Vec<Gap>,
    pub(crate) calls: BTreeMap<String, Calls>,
}

/// A connection to an engine.
pub(crate) trait Connect {
    /// Sends a request and reads all of its answer.
    fn exchange(&self, request: &str) -> io::Result<Vec<u8>>;
}

/// The socket of an engine.
#[cfg(unix)]
pub(crate) struct Socket<'p>(pub(crate) &'p Path);

#[cfg(unix)]
impl Connect for Socket<'_> {
    fn exchange(&self, request: &str) -> io::Result<Vec<u8>> {
        let mut stream = std::os::unix::net::UnixStream::connect(self.0)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_write_timeout(Some(TIMEOUT))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.take(BYTES + 1).read_to_end(&mut answer)?;
        Ok(answer)
    }
}

/// Reads an engine.
pub(crate) fn read(path: &Path) -> Answers {
    #[cfg(unix)]
    {
        answers(&Socket(path), &path.display().to_string())
    }
    #[cfg(not(unix))]
    {
        let gap = Gap::new(INFO, path.display().to_string(), Reason::Unsupported);
        Answers { no_info: Some(gap.clone()), missing: vec![gap], ..Answers::default() }
    }
}

fn answers(connect: &impl Connect, target: &str) -> Answers {
    let mut found = Answers::default();
    match get(connect, INFO, "/info", target, &mut found.calls) {
        Ok(value) => found.info = Some(value),
        Err(gap) => found.no_info = Some(gap),
    }
    let path = "/containers/json?all=1";
    let list = match get(connect, LIST, path, target, &mut found.calls) {
        Ok(Value::Array(list)) => list,
        Ok(_) => {
            let gap = malformed(LIST, target, "the list of containers is not a list");
            found.missing.push(gap);
            return found;
        }
        Err(gap) => {
            found.missing.push(gap);
            return found;
        }
    };
    if list.len() > CONTAINERS {
        let gap = Gap::new(LIST, target, Reason::Incomplete);
        let detail = Some(format!("more than {CONTAINERS} containers: the rest was not read"));
        found.missing.push(Gap { detail, ..gap });
    }
    for container in list.iter().take(CONTAINERS) {
        let id = container.get("Id").and_then(Value::as_str).unwrap_or_default();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            found.missing.push(malformed(LIST, target, "a container has no ID"));
            continue;
        }
        match get(connect, ONE, &format!("/containers/{id}/json"), id, &mut found.calls) {
            Ok(value) if crate::inspect::is_container(&value) => found.containers.push(value),
            Ok(_) => found.missing.push(malformed(ONE, id, "the answer is not a container")),
            // It was removed since the list was read.
            Err(gap) if gap.code.as_deref() == Some("404") => {}
            Err(gap) => found.missing.push(gap),
        }
    }
    found
}

fn malformed(action: &str, target: &str, why: &str) -> Gap {
    Gap { detail: Some(why.to_owned()), ..Gap::new(action, target, Reason::Malformed) }
}

/// The JSON of a path.
fn get(
    connect: &impl Connect,
    action: &str,
    path: &str,
    target: &str,
    calls: &mut BTreeMap<String, Calls>,
) -> Result<Value, Gap> {
    let made = calls.entry(action.to_owned()).or_default();
    made.operations += 1;
    made.attempts += 1;
    let request =
        format!("GET {path} HTTP/1.0\r\nHost: docker\r\nAccept: application/json\r\n\r\n");
    let answer = connect.exchange(&request).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::PermissionDenied => Reason::Denied,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Reason::TimedOut,
            _ => Reason::Unreachable,
        };
        Gap { detail: Some(error.to_string()), ..Gap::new(action, target, reason) }
    })?;
    let wrong = |why: &str| malformed(action, target, why);
    if answer.len() as u64 > BYTES {
        return Err(wrong("the answer is too large"));
    }
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.ok_or_else(|| wrong("the answer ended too early"))?;
    let (head, body) = answer.split_at(end);
    let body = body.get(4..).unwrap_or_default();
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| {
        line.starts_with("HTTP/1.").then(|| line.split(' ').nth(1)?.parse::<u16>().ok())?
    });
    let Some(status) = status else { return Err(wrong("the answer is not of HTTP")) };
    for line in lines {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length")
            && value.parse::<usize>().ok() != Some(body.len())
        {
            return Err(wrong("the answer ended too early"));
        }
        if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(wrong("the answer is in chunks, which HTTP/1.0 does not have"));
        }
    }
    if status != 200 {
        let reason = match status {
            401 | 403 => Reason::Denied,
            500..=599 => Reason::ServerError,
            _ => Reason::Malformed,
        };
        return Err(Gap { code: Some(status.to_string()), ..Gap::new(action, target, reason) });
    }
    serde_json::from_slice(body).map_err(|_| wrong("the answer is not valid JSON"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::inspect::tests::hardened;

    /// An engine that answers a path with a status and a body.
    struct Engine(BTreeMap<&'static str, (u16, String)>);

    impl Connect for Engine {
        fn exchange(&self, request: &str) -> io::Result<Vec<u8>> {
            assert!(request.starts_with("GET ") && request.ends_with("\r\n\r\n"), "{request}");
            let path = request.split(' ').nth(1).unwrap();
            let Some((status, body)) = self.0.get(path) else {
                return Err(io::ErrorKind::PermissionDenied.into());
            };
            let length = body.len();
            let head = format!("HTTP/1.0 {status} X\r\nContent-Length: {length}\r\n\r\n");
            Ok(format!("{head}{body}").into_bytes())
        }
    }

    fn engine(more: &[(&'static str, u16, Value)]) -> Engine {
        let all = [
            ("/info", 200, json!({ "ServerVersion": "28" })),
            ("/containers/json?all=1", 200, json!([{ "Id": "ab" }, { "Id": "cd" }])),
            ("/containers/ab/json", 200, hardened()),
            ("/containers/cd/json", 200, hardened()),
        ];
        let all = all.iter().chain(more).cloned();
        Engine(all.map(|(path, status, body)| (path, (status, body.to_string()))).collect())
    }

    #[test]
    fn three_paths_are_read() {
        let found = answers(&engine(&[]), "s");
        assert!(found.info.is_some() && found.containers.len() == 2 && found.missing.is_empty());
        let calls: Vec<_> =
            found.calls.iter().map(|(name, calls)| (name.as_str(), calls.operations)).collect();
        assert_eq!(calls, [(LIST, 1), (ONE, 2), (INFO, 1)]);
        for planned in plan().calls {
            assert!(found.calls.contains_key(planned.action), "{}", planned.action);
        }
    }

    #[test]
    fn what_is_not_an_answer_is_a_gap() {
        let gone = answers(&engine(&[("/containers/cd/json", 404, json!({}))]), "s");
        assert!(gone.containers.len() == 1 && gone.missing.is_empty(), "removed meanwhile");
        for (path, status, body) in [
            ("/containers/cd/json", 500, json!({})),
            ("/containers/cd/json", 200, json!({})),
            ("/containers/cd/json", 403, json!({})),
            ("/containers/json?all=1", 200, json!({})),
            ("/containers/json?all=1", 200, json!([{ "Id": "ab" }, { "Id": "../info" }])),
            ("/containers/json?all=1", 200, json!([{ "Id": "ab" }, {}])),
        ] {
            let found = answers(&engine(&[(path, status, body.clone())]), "s");
            assert_eq!(found.missing.len(), 1, "{path} {status} {body}");
        }
        let none = answers(&Engine(BTreeMap::new()), "s");
        assert_eq!(none.no_info.map(|gap| gap.reason), Some(Reason::Denied));
        assert_eq!(none.missing.len(), 1);
    }

    #[test]
    fn an_answer_that_is_cut_or_no_http_is_malformed() {
        struct Raw(&'static [u8]);
        impl Connect for Raw {
            fn exchange(&self, _: &str) -> io::Result<Vec<u8>> {
                Ok(self.0.to_vec())
            }
        }
        for raw in [
            &b""[..],
            b"HTTP/1.0 200 OK\r\n",
            b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n{}",
            b"HTTP/1.0 200 OK\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            b"SSH-2.0\r\n\r\n",
            b"HTTP/1.0 abc\r\n\r\n{}",
        ] {
            let found = answers(&Raw(raw), "s");
            assert_eq!(found.no_info.map(|gap| gap.reason), Some(Reason::Malformed), "{raw:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_that_is_not_there_is_unreachable() {
        let folder = tempfile::tempdir().unwrap();
        let found = read(&folder.path().join("docker.sock"));
        assert_eq!(found.no_info.map(|gap| gap.reason), Some(Reason::Unreachable));
        let path = folder.path().join("engine.sock");
        let listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let served = std::thread::spawn(move || {
            // Both lists are asked for one after the other.
            for body in ["{\"ServerVersion\":\"28\"}", "[]"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut buffer = [0; 1024];
                let _ = stream.read(&mut buffer).unwrap();
                let length = body.len();
                write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
                    .unwrap();
            }
        });
        let found = read(&path);
        served.join().unwrap();
        assert!(found.info.is_some() && found.missing.is_empty() && found.containers.is_empty());
    }
}
