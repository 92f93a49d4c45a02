//! Commands that are shown to people are commands that work: each remedy, and each that shows a fact.

use std::io::Write;

use posture_core::controls;
use posture_core::provider::Provider;
use posture_tests::python;
use serde_json::{Value, json};

/// Every command for a provider, with its place.
fn commands(provider: Provider) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for control in controls::ALL {
        if let Some(remedy) = control.remedy(provider) {
            all.push((control.id.to_owned(), remedy.command.line().to_owned()));
        }
    }
    let shown: Vec<(&str, &str)> = match provider {
        Provider::Aws => posture_aws::action::ACTIONS
            .iter()
            .map(|action| (action.name, action.command))
            .collect(),
        Provider::Azure => {
            let all = posture_azure::action::ACTIONS.iter();
            all.map(|action| (action.name, action.command)).collect()
        }
        Provider::Kubernetes => {
            let all = posture_kubernetes::action::ACTIONS.iter();
            let all = all.filter(|action| !action.command.is_empty());
            all.map(|action| (action.name, action.command)).collect()
        }
        Provider::Docker => vec![
            ("docker inspect", "docker inspect {name}"),
            ("docker info", "docker info --format '{{json .}}'"),
            ("compose", "docker compose --file {name} config"),
        ],
        // What is in an archive, only the audit shows.
        Provider::Image => Vec::new(),
    };
    for (name, command) in shown {
        let mut command = command.replace("{logs}", "");
        for word in ["id", "name", "region"] {
            command = command.replace(&format!("{{{word}}}"), &format!("<{word}>"));
        }
        let left = |part: &str| {
            part.split_once('}')
                .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_lowercase()))
        };
        assert!(!command.split('{').skip(1).any(left), "{name}: {command}");
        all.push((name.to_owned(), command));
    }
    all
}

fn document(commands: &[(String, String)]) -> Value {
    commands.iter().map(|(whose, command)| json!({ "where": whose, "command": command })).collect()
}

/// What a script finds wrong with the commands.
fn mistakes(script: &str, arguments: &[&str], commands: &[(String, String)]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(document(commands).to_string().as_bytes()).unwrap();
    let output = python(script).args(arguments).arg(file.path()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), errors.trim().is_empty(), "{errors}");
    errors
}

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cloud/azure-cli.json");

const KUBECTL_TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cloud/kubectl.json");

fn on_kubernetes(commands: &[(String, String)]) -> String {
    mistakes("commands_kubectl.py", &["check", KUBECTL_TABLE], commands)
}

/// Writes the commands where a record of them is to be made.
fn is_recorded(commands: &[(String, String)]) -> bool {
    let path = std::env::var_os("POSTURE_COMMANDS");
    if let Some(path) = &path {
        std::fs::write(path, document(commands).to_string()).unwrap();
    }
    path.is_some()
}

fn on_aws(commands: &[(String, String)]) -> String {
    mistakes("commands_aws.py", &[], commands)
}

fn on_azure(commands: &[(String, String)]) -> String {
    mistakes("commands_azure.py", &["check", TABLE], commands)
}

#[test]
fn the_aws_cli_understands_every_command() {
    let all = commands(Provider::Aws);
    assert!(all.len() > 150, "{}", all.len());
    assert_eq!(on_aws(&all), "");
}

#[test]
fn the_azure_cli_understands_every_command() {
    let all = commands(Provider::Azure);
    assert!(all.len() > 150, "{}", all.len());
    assert!(is_recorded(&all) || on_azure(&all).is_empty(), "{}", on_azure(&all));
}

#[test]
fn kubectl_understands_every_command() {
    let all = commands(Provider::Kubernetes);
    assert!(all.len() > 90, "{}", all.len());
    assert!(is_recorded(&all) || on_kubernetes(&all).is_empty(), "{}", on_kubernetes(&all));
}

/// The commands of the Docker CLI that are shown, with their options
/// ([source](https://docs.docker.com/reference/cli/docker/), read on 2026-12-01).
const DOCKER: [(&str, &[&str]); 6] = [
    ("docker compose", &["--file"]),
    ("docker info", &["--format"]),
    ("docker inspect", &[]),
    ("docker network inspect", &[]),
    ("docker swarm leave", &[]),
    ("docker update", &["--cpus", "--memory", "--memory-swap", "--pids-limit", "--restart"]),
];

#[test]
fn docker_understands_every_command() {
    let all = commands(Provider::Docker);
    assert!(all.len() > 40, "{}", all.len());
    for (name, command) in all {
        let known = DOCKER.iter().find(|(known, _)| command.starts_with(known));
        let Some((_, options)) = known else { panic!("{name}: {command}") };
        let used = command.split(' ').filter(|word| word.starts_with('-'));
        let unknown: Vec<&str> = used.filter(|word| !options.contains(word)).collect();
        assert!(unknown.is_empty(), "{name}: {command}: {unknown:?}");
    }
}

/// The commands that show images, with their options: [skopeo](https://github.com/containers/skopeo/blob/main/docs/skopeo-inspect.1.md),
/// [crane](https://github.com/google/go-containerregistry/blob/main/cmd/crane/doc/crane_export.md),
/// [cosign](https://docs.sigstore.dev/cosign/verifying/verify/) and posture itself (read on 2026-12-01).
const IMAGE: [(&str, &[&str]); 7] = [
    ("skopeo inspect --config <image>", &["--config"]),
    ("skopeo inspect docker://<image>", &[]),
    ("crane export <image> - | tar", &["-", "--list", "--verbose"]),
    ("cosign tree <image>", &[]),
    ("cosign verify --key <key> <image>", &["--key"]),
    ("cosign verify-attestation", &["--key", "--type"]),
    ("posture audit image <path>", &["--control", "--details"]),
];

#[test]
fn the_tools_of_images_understand_every_command() {
    let all = commands(Provider::Image);
    assert!(all.len() > 34, "{}", all.len());
    for (name, command) in all {
        let known = IMAGE.iter().find(|(known, _)| command.starts_with(known));
        let Some((_, options)) = known else { panic!("{name}: {command}") };
        let used = command.split(' ').filter(|word| word.starts_with('-'));
        let unknown: Vec<&str> = used.filter(|word| !options.contains(word)).collect();
        assert!(unknown.is_empty(), "{name}: {command}: {unknown:?}");
    }
}

/// Each mistake that was in a command once is found, and others of its kind.
#[test]
fn commands_that_do_not_work_are_found() {
    for wrong in [
        "aws iam delete-usr --user-name <user>",
        "aws iam delete-user",
        "aws iam delete-user --user-name <user> --force",
        "aws s3api put-bucket-versioning --bucket <bucket> --versioning-configuration Sttus=Enabled",
        "aws iam delete-user --user-name <user> && aws iam delete-usr --user-name <user>",
        "az vm list",
    ] {
        assert_ne!(on_aws(&[("example".to_owned(), wrong.to_owned())]), "", "{wrong}");
    }
    for (wrong, why) in [
        ("az security setting update --name WDATP --enabled true", "--enabled"),
        ("az network watcher flow-log show --ids <id>", "no record"),
        ("az network watcher flow-log update --location <region>", "--name"),
        ("az rest --method put --url 'https://localhost/' --body <file>", "@"),
        ("az rest --method get --url https://localhost/?api-version=1", "not in quotes"),
        ("az rest --url 'https://localhost/'", "no method"),
        ("az graph query --graph-query resources", "extension"),
        ("az lock create --name <name> --lock-type Full --resource <id>", "does not take"),
        ("az lock create --name <name> more --lock-type ReadOnly --resource <id>", "unrecognized"),
        ("aws iam list-users", "not the Azure CLI"),
    ] {
        let errors = on_azure(&[("example".to_owned(), wrong.to_owned())]);
        assert!(errors.contains(why), "{wrong}: {errors}");
    }
    for (wrong, why) in [
        ("kubectl get podz", "not a type"),
        ("kubectl get pods --namespace", "needs a value"),
        ("kubectl get pods --everywhere", "no option"),
        ("kubectl get 'pods", "quotation"),
        ("kubectl delete secret --namespace shop", "needs a name"),
        ("kubectl frobnicate", "no record"),
        ("kubectl version --output yaml && kubectl get podz", "not a type"),
        ("az vm list", "not kubectl"),
    ] {
        let reason = on_kubernetes(&[("example".to_owned(), wrong.to_owned())]);
        assert!(reason.contains(why), "{wrong}: {reason}");
    }
}

/// Commands that parse, and that the provider refuses all the same.
#[test]
fn no_command_asks_for_what_the_provider_refuses() {
    for (whose, command) in commands(Provider::Aws) {
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_cliapi.html
        assert!(!command.contains("mfa-device --user-name root"), "{whose}: {command}");
        // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html
        let by_arn = !command.contains("associate-kms-key") || command.contains("<key-arn>");
        assert!(by_arn, "{whose}: {command}");
        // The new state takes a second step.
        for (first, second) in
            [("create-trail", "start-logging"), ("cancel-key-deletion", "enable-key")]
        {
            assert!(!command.contains(first) || command.contains(second), "{whose}: {command}");
        }
    }
    for (whose, command) in commands(Provider::Azure) {
        // It does nothing without an assignee.
        let alone = command.contains("--include-groups") && !command.contains("--assignee");
        assert!(!alone, "{whose}: {command}");
    }
}

/// The record names the version of the command line, and the day.
#[test]
fn the_record_of_options_carries_its_day() {
    for (path, program) in [(TABLE, "azure-cli"), (KUBECTL_TABLE, "kubectl")] {
        let table: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let read: jiff::civil::Date = table["read"].as_str().unwrap().parse().unwrap();
        assert!(read.year() >= 2026);
        assert!(!table[program].as_str().unwrap().is_empty());
    }
}
