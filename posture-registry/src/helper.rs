//! Credential helpers: the programs `docker-credential-NAME` that Docker's configuration names.
//!
//! [Source](https://docs.docker.com/reference/cli/docker/login/#credential-helper-protocol), read on 2026-12-01. A configuration of
//! another person is code of that person, as with `docker`; [`Options::no_exec`](crate::Options::no_exec) runs none.

use std::process::Stdio;
use std::time::Duration;

use posture_image::text;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::docker_config::Login;
use crate::secret::Secret;

/// The most bytes of its output.
const MOST_BYTES: u64 = 1 << 20;

/// What helpers write if they have no credentials for a registry.
const NOT_FOUND: &str = "credentials not found in native keychain";

/// The user by which a helper marks an identity token.
const IDENTITY: &str = "<token>";

/// The program of a helper, if the name is one.
fn program(name: &str) -> Option<String> {
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!name.is_empty() && name.len() <= 100 && name.bytes().all(sign))
        .then(|| format!("docker-credential-{name}"))
}

/// Asks a helper for the credentials of a registry; none if it has none.
///
/// # Errors
///
/// Why it gave no answer. No error repeats its output, as all of it may be secret.
pub(crate) async fn ask(name: &str, server: &str, time: Duration) -> Result<Option<Login>, String> {
    let Some(program) = program(name) else {
        return Err(format!(
            "`{}` is not the name of a credential helper",
            text::clip(name.as_bytes(), 60)
        ));
    };
    run(Command::new(&program), &program, server, time).await
}

async fn run(
    mut command: Command,
    program: &str,
    server: &str,
    time: Duration,
) -> Result<Option<Login>, String> {
    let failed = |why: String| format!("the credential helper `{program}` {why}");
    command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| {
        failed(match error.kind() {
            std::io::ErrorKind::NotFound => "is not installed".to_owned(),
            _ => format!("cannot be run: {error}"),
        })
    })?;
    let (input, output) = (child.stdin.take(), child.stdout.take());
    let work = async {
        if let Some(mut input) = input {
            // A program that ends without reading has its answer.
            let _ = input.write_all(server.as_bytes()).await;
        }
        let output = bounded(output).await;
        (child.wait().await, output)
    };
    let Ok((status, output)) = tokio::time::timeout(time, work).await else {
        return Err(failed(format!("did not end within {} seconds", time.as_secs())));
    };
    let status = status.map_err(|error| failed(format!("cannot be waited for: {error}")))?;
    let output = output.ok_or_else(|| failed(format!("wrote more than {MOST_BYTES} bytes")))?;
    if !status.success() {
        if String::from_utf8_lossy(&output).trim() == NOT_FOUND {
            return Ok(None);
        }
        return Err(failed(format!("failed ({status})")));
    }
    read(&output).map_err(|why| failed(why.to_owned()))
}

fn read(output: &[u8]) -> Result<Option<Login>, &'static str> {
    let value: Value = serde_json::from_slice(output).map_err(|_| "wrote what is not JSON")?;
    let field = |name: &str| value.get(name).and_then(Value::as_str);
    let (Some(user), Some(secret)) = (field("Username"), field("Secret")) else {
        return Err("wrote neither a name nor a secret");
    };
    Ok(match (user, secret) {
        (_, "") => None,
        (IDENTITY, token) => Some(Login::Identity(Secret::new(token))),
        ("", _) => return Err("wrote a secret without a name"),
        (user, password) => {
            Some(Login::Password { user: user.to_owned(), password: Secret::new(password) })
        }
    })
}

/// Reads to the end; none if there is more than any helper writes. The rest is read and dropped, so that the program can end.
async fn bounded(from: Option<impl AsyncRead + Unpin>) -> Option<Vec<u8>> {
    let mut from = from?;
    let mut bytes = Vec::new();
    (&mut from).take(MOST_BYTES).read_to_end(&mut bytes).await.ok()?;
    let more = tokio::io::copy(&mut from, &mut tokio::io::sink()).await.ok()?;
    (more == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shell(script: &str) -> Result<Option<Login>, String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, "docker-credential-x", "r.example", Duration::from_secs(60)).await
    }

    #[test]
    fn a_name_is_not_a_path() {
        assert_eq!(program("ecr-login").as_deref(), Some("docker-credential-ecr-login"));
        for wrong in ["", "a/b", "../x", "a b", "a\0", "é", &"x".repeat(101)] {
            assert_eq!(program(wrong), None, "{wrong}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_helper_is_given_the_registry_and_gives_credentials() {
        let script = r#"read -r server || true; [ "$0" = get ] && printf '{"ServerURL":"%s","Username":"u","Secret":"for-%s"}' "$server" "$server""#;
        let login = shell(script).await.unwrap().unwrap();
        assert_eq!(
            login,
            Login::Password { user: "u".to_owned(), password: Secret::new("for-r.example") }
        );
        let token = shell(r#"echo '{"Username":"<token>","Secret":"canary"}'"#).await.unwrap();
        assert_eq!(token, Some(Login::Identity(Secret::new("canary"))));
        let none = shell("echo credentials not found in native keychain; exit 1").await;
        assert_eq!(none, Ok(None));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_helper_that_fails_is_an_error_that_repeats_nothing() {
        for script in [
            "echo canary; exit 1",
            "echo canary",
            r#"echo '{"Username":"canary"}'"#,
            r#"echo '{"Username":"","Secret":"canary"}'"#,
            "head -c 2000000 /dev/zero",
        ] {
            let error = shell(script).await.unwrap_err();
            assert!(error.contains("docker-credential-x") && !error.contains("canary"), "{error}");
        }
        let missing = ask("of-nobody-at-all", "r.example", Duration::from_secs(60)).await;
        assert!(missing.unwrap_err().contains("is not installed"));
        assert!(ask("../sh", "r.example", Duration::from_secs(60)).await.is_err());
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_helper_that_does_not_end_is_stopped() {
        let mut command = Command::new("sh");
        command.args(["-c", "exec sleep 600"]);
        let error = run(command, "x", "r", Duration::ZERO).await.unwrap_err();
        assert!(error.contains("did not end"), "{error}");
    }
}
