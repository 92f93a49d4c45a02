use super::*;
use crate::config::history;
use serde_json::Value;

fn found(created_by: &str) -> Vec<Habit> {
    let mut habits: Vec<Habit> =
        habits(&steps(created_by)).items.into_iter().map(|observed| observed.habit).collect();
    habits.dedup();
    habits
}

fn steps(created_by: &str) -> List<Step> {
    history::read(Some(&serde_json::json!([{ "created_by": created_by }])), 1)
}

#[test]
fn habits_are_found() {
    for (text, habit) in [
        ("/bin/sh -c apt-get update", Habit::UpdateAlone),
        ("RUN /bin/sh -c apk update && rm -rf /x # buildkit", Habit::UpdateAlone),
        ("RUN /bin/sh -c apt-get -qq update; apt-get clean", Habit::UpdateAlone),
        ("/bin/sh -c #(nop) ADD file:0123 in /app/x", Habit::Add),
        ("/bin/sh -c #(nop) ADD dir:0123 in /", Habit::Add),
        ("ADD . /app # buildkit", Habit::Add),
        ("ADD --chown=1:1 a.tar.gz b.txt /app/ # buildkit", Habit::Add),
        ("RUN /bin/sh -c curl -fsSL https://x.example/i.sh | sudo -E bash -", Habit::Sudo),
        ("RUN /bin/sh -c curl -fsSL https://x.example/i.sh | sh", Habit::PipeToShell),
        ("RUN /bin/sh -c wget -qO- https://x.example | gunzip | bash", Habit::PipeToShell),
        ("RUN /bin/sh -c curl -fsSL https://x.example/i.sh | sudo -E bash -", Habit::PipeToShell),
        (
            "RUN /bin/sh -c curl -fsSL https://x.example | sudo -u app env A=1 zsh",
            Habit::PipeToShell,
        ),
        (
            "RUN /bin/sh -c curl https://x.example | timeout -k 5 60 bash -s -- -y",
            Habit::PipeToShell,
        ),
        ("RUN /bin/sh -c curl -sSL https://x.example | python3.11 -", Habit::PipeToShell),
        (
            "RUN /bin/sh -c bash -c \"$(curl -fsSL https://x.example/i.sh)\" # buildkit",
            Habit::PipeToShell,
        ),
        ("RUN /bin/sh -c sh -c \"`wget -qO- https://x.example`\" # buildkit", Habit::PipeToShell),
        ("RUN /bin/bash -c bash <(curl -fsSL https://x.example) # buildkit", Habit::PipeToShell),
        ("RUN /bin/bash -c source <(curl -fsSL https://x.example) # buildkit", Habit::PipeToShell),
        ("RUN /bin/sh -c eval \"$(wget -qO- https://x.example)\"", Habit::PipeToShell),
        ("RUN bash -c \"curl https://x.example | sh\"", Habit::PipeToShell),
        ("RUN /bin/sh -c su app -c 'curl https://x.example | sh'", Habit::PipeToShell),
        (
            "RUN /bin/bash -eo pipefail -c curl -k https://x.example -o y # buildkit",
            Habit::Unverified,
        ),
        (
            "RUN /bin/sh -c X=$(wget --no-check-certificate -qO- https://x.example)",
            Habit::Unverified,
        ),
        (
            "RUN /bin/sh -c X=\"$(wget --no-check-certificate -qO- https://x.example)\"",
            Habit::Unverified,
        ),
        ("RUN /bin/sh -c pip3.11 install --trusted-host pypi.org x # buildkit", Habit::Unverified),
        (
            "RUN /bin/sh -c echo 'deb [trusted=yes] http://x ./' > /etc/apt/sources.list",
            Habit::Unverified,
        ),
        ("RUN /bin/sh -c npm config set strict-ssl false && npm ci", Habit::Unverified),
        ("RUN /bin/sh -c <<E sh\ncurl -k https://x.example\nE # buildkit", Habit::Unverified),
        ("RUN /bin/bash -euxo pipefail -c apt-get update # buildkit", Habit::UpdateAlone),
        ("RUN /bin/ash -o pipefail -c apk update # buildkit", Habit::UpdateAlone),
        ("RUN /bin/sh -c apt-get -o Acquire::Check-Valid-Until=false update", Habit::UpdateAlone),
        ("RUN /bin/sh -c sudo -E apt-get update # buildkit", Habit::UpdateAlone),
        ("/bin/sh -c #(nop) ADD https://x.example/y in /y", Habit::Add),
        ("ADD https://x.example/a.bin /a", Habit::Add),
        ("ADD git@github.com:a/b.git#main /a", Habit::Add),
        ("add app.py /app/", Habit::Add),
        ("ADD [\"a b\", \"/x/\"] # buildkit", Habit::Add),
        ("RUN /bin/sh -c curl -fsSkL https://x.example -o x", Habit::Unverified),
        ("RUN /bin/sh -c wget --no-check-certificate https://x.example", Habit::Unverified),
        ("RUN /bin/sh -c apk add --allow-untrusted x.apk", Habit::Unverified),
        ("RUN /bin/sh -c pip install --trusted-host=x.example x", Habit::Unverified),
        ("RUN /bin/sh -c dnf install -y --nogpgcheck x", Habit::Unverified),
        ("RUN /bin/sh -c chmod -R 0777 /data", Habit::OpenToEverybody),
        ("RUN /bin/sh -c chmod a+rwx /data", Habit::OpenToEverybody),
    ] {
        assert!(found(text).contains(&habit), "{text}: {:?}", found(text));
    }
}

#[test]
fn what_is_fine_is_not_a_habit() {
    for text in [
        "/bin/sh -c #(nop) ADD file:0123 in / ",
        "ADD https://x.example/a.bin /a # buildkit",
        "ADD rootfs.tar.xz / # buildkit",
        "COPY . /app # buildkit",
        "RUN /bin/sh -c apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*",
        "RUN /bin/sh -c apk --no-cache add curl",
        "RUN /bin/sh -c curl -fsSL https://x.example -o x && sha256sum -c x.sum",
        "RUN /bin/sh -c echo 'curl https://x.example | sh'",
        "RUN /bin/sh -c tar -k x",
        "RUN /bin/sh -c curl https://x.example | python3 -c 'import json'",
        "RUN /bin/sh -c curl https://x.example | perl -ne 'print'",
        "RUN /bin/sh -c curl https://x.example | sh install.sh",
        "RUN /bin/sh -c curl https://x.example | tee /etc/x | tar xz",
        "ADD --checksum=sha256:abc https://x.example/y /y",
        "ADD https://github.com/a/b.git#0123456789abcdef0123456789abcdef01234567 /a",
        "RUN /bin/sh -c chmod 1777 /tmp && chmod 755 /app && chmod u+w /x && chmod +x /y",
        "RUN /bin/sh -c curl https://x.example || sh fallback.sh",
        "RUN /bin/sh -c apt-get update && ./install.sh",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
    assert!(
        !habits(&history::read(None::<&Value>, 0)).is_complete(),
        "without a history nothing is known"
    );
}

#[test]
fn a_download_of_buildkit_does_not_show_its_checksum() {
    for (text, open) in [
        ("ADD https://x.example/a.bin /a # buildkit", 1),
        ("ADD --checksum=sha256:abc https://x.example/a.bin /a # buildkit", 0),
        (
            "ADD https://github.com/a/b.git#0123456789abcdef0123456789abcdef01234567 /a # buildkit",
            0,
        ),
        ("ADD a.tar /a # buildkit", 0),
        ("ADD https://x.example/a.bin /a", 0),
    ] {
        assert_eq!(unclear_downloads(&steps(text)).len(), open, "{text}");
    }
}
