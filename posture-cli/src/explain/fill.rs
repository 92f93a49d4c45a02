//! The command of a remedy with the names of a resource in place of its placeholders.
//!
//! A command that changes the wrong thing is worse than one that has to be completed: only what certainly is the resource
//! of the finding is filled in, and what could be more than one word of the shell is not.

use posture_collect::text::shell;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_report::text::safe;

use super::source::Found;

/// Where the word for a placeholder comes from.
#[derive(Clone, Copy)]
enum From {
    /// The native id of the resource.
    Id,
    /// The last segment of its ARN, by which commands name it.
    Last,
    /// Its name.
    Name,
    /// Its region.
    Region,
    /// The account, subscription or tenant.
    Scope,
    /// The segment of an ARM id behind this one.
    Behind(&'static str),
    /// The part of the name before the first slash.
    Owner,
}

/// What the placeholders of a remedy stand for, where that is the resource itself.
const WORDS: &[(Provider, Kind, &str, From)] = &[
    (Provider::Aws, Kind::AccessKey, "user", From::Owner),
    (Provider::Aws, Kind::AccessPoint, "access-point", From::Name),
    (Provider::Aws, Kind::AccessPoint, "account", From::Scope),
    (Provider::Aws, Kind::Analyzer, "region", From::Region),
    (Provider::Aws, Kind::AuditTrail, "trail", From::Id),
    (Provider::Aws, Kind::Bucket, "bucket", From::Name),
    (Provider::Aws, Kind::Certificate, "certificate", From::Name),
    (Provider::Aws, Kind::Cluster, "cluster", From::Name),
    (Provider::Aws, Kind::Cluster, "region", From::Region),
    (Provider::Aws, Kind::Detector, "region", From::Region),
    (Provider::Aws, Kind::EventStore, "store", From::Id),
    (Provider::Aws, Kind::Distribution, "distribution", From::Last),
    (Provider::Aws, Kind::FindingHub, "region", From::Region),
    (Provider::Aws, Kind::Firewall, "firewall", From::Id),
    (Provider::Aws, Kind::FirewallPolicy, "firewall-policy", From::Id),
    (Provider::Aws, Kind::FirewallRuleGroup, "rule-group", From::Id),
    (Provider::Aws, Kind::Group, "group", From::Name),
    (Provider::Aws, Kind::HostedZone, "zone", From::Last),
    (Provider::Aws, Kind::Key, "key", From::Id),
    (Provider::Aws, Kind::LoadBalancer, "balancer", From::Id),
    (Provider::Aws, Kind::LoadBalancer, "balancer-name", From::Name),
    (Provider::Aws, Kind::LogGroup, "log-group", From::Name),
    (Provider::Aws, Kind::LogPolicy, "policy", From::Name),
    (Provider::Aws, Kind::Machine, "instance", From::Last),
    (Provider::Aws, Kind::Network, "region", From::Region),
    (Provider::Aws, Kind::Network, "vpc", From::Last),
    (Provider::Aws, Kind::NetworkAcl, "acl", From::Last),
    (Provider::Aws, Kind::NodePool, "cluster", From::Owner),
    (Provider::Aws, Kind::NodePool, "node-group", From::Last),
    (Provider::Aws, Kind::NodePool, "region", From::Region),
    (Provider::Aws, Kind::Policy, "policy", From::Id),
    (Provider::Aws, Kind::Recorder, "region", From::Region),
    (Provider::Aws, Kind::Role, "role", From::Name),
    (Provider::Aws, Kind::SecurityGroup, "group", From::Last),
    (Provider::Aws, Kind::Subnet, "subnet", From::Last),
    (Provider::Aws, Kind::TlsCertificate, "tls-certificate", From::Id),
    (Provider::Aws, Kind::TransitGateway, "gateway", From::Last),
    (Provider::Aws, Kind::User, "user", From::Name),
    (Provider::Aws, Kind::VpnConnection, "connection", From::Last),
    (Provider::Aws, Kind::WebAcl, "web-acl", From::Id),
    (Provider::Aws, Kind::WebRuleGroup, "web-rule-group", From::Id),
    (Provider::Azure, Kind::Account, "subscription-id", From::Scope),
    (Provider::Azure, Kind::Bucket, "account", From::Name),
    (Provider::Azure, Kind::Bucket, "account-id", From::Id),
    (Provider::Azure, Kind::Cluster, "cluster", From::Name),
    (Provider::Azure, Kind::Cluster, "cluster-id", From::Id),
    (Provider::Azure, Kind::Cluster, "group", From::Behind("resourceGroups")),
    (Provider::Azure, Kind::Detector, "subscription-id", From::Scope),
    (Provider::Azure, Kind::Firewall, "firewall-id", From::Id),
    (Provider::Azure, Kind::FlowLog, "name", From::Name),
    (Provider::Azure, Kind::FlowLog, "region", From::Region),
    (Provider::Azure, Kind::Grant, "assignment-id", From::Id),
    (Provider::Azure, Kind::Key, "key", From::Name),
    (Provider::Azure, Kind::Key, "vault", From::Behind("vaults")),
    (Provider::Azure, Kind::LogGroup, "group", From::Behind("resourceGroups")),
    (Provider::Azure, Kind::LogGroup, "workspace", From::Name),
    (Provider::Azure, Kind::Network, "network-id", From::Id),
    (Provider::Azure, Kind::Network, "region", From::Region),
    (Provider::Azure, Kind::NodePool, "cluster", From::Behind("managedClusters")),
    (Provider::Azure, Kind::NodePool, "group", From::Behind("resourceGroups")),
    (Provider::Azure, Kind::NodePool, "pool", From::Last),
    (Provider::Azure, Kind::Secret, "certificate", From::Name),
    (Provider::Azure, Kind::Secret, "secret", From::Name),
    (Provider::Azure, Kind::Secret, "vault", From::Behind("vaults")),
    (Provider::Azure, Kind::SecurityGroup, "nsg-id", From::Id),
    (Provider::Azure, Kind::SecurityGroup, "region", From::Region),
    (Provider::Azure, Kind::User, "user", From::Id),
    (Provider::Azure, Kind::Vault, "vault", From::Name),
    (Provider::Azure, Kind::Vault, "vault-id", From::Id),
    (Provider::Azure, Kind::VpnGateway, "gateway-id", From::Id),
];

/// A command with what is known of the resource; the other placeholders stay.
pub(super) fn fill(command: &str, found: &Found) -> String {
    let mut out = String::with_capacity(command.len());
    let mut rest = command;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('>') else {
            out.push('<');
            rest = after;
            continue;
        };
        match word(name, command, &out, found).and_then(|word| quoted(&word, &out)) {
            Some(word) => out.push_str(&word),
            None => {
                out.push('<');
                out.push_str(name);
                out.push('>');
            }
        }
        rest = behind;
    }
    out + rest
}

/// What replaces a placeholder, in a command of which so much comes before it.
fn word(name: &str, command: &str, before: &str, found: &Found) -> Option<String> {
    let kind = found.kind?;
    let from = match (found.provider, kind, name) {
        // `<account>` is the account itself where it is the owner of a setting, and another one elsewhere.
        (Provider::Aws, Kind::Account, "account") if command.starts_with("aws s3control ") => {
            From::Scope
        }
        (Provider::Azure, Kind::Account, "id") if before.ends_with("/subscriptions/") => {
            From::Scope
        }
        // Commands of Kubernetes name every object by its namespace and its name.
        (Provider::Kubernetes, _, "namespace") => From::Region,
        (Provider::Kubernetes, _, "name") => From::Name,
        (Provider::Docker, Kind::Workload, "container") => From::Name,
        (provider, kind, name) => {
            let is = |row: &&(Provider, Kind, &str, From)| {
                (row.0, row.1, row.2) == (provider, kind, name)
            };
            WORDS.iter().find(is)?.3
        }
    };
    let id = || found.resource.clone();
    let word = match from {
        // An eligible assignment has an id of another form, and is deleted otherwise.
        From::Id if kind == Kind::Grant => id().filter(|id| id.contains("/roleAssignments/")),
        From::Id => id(),
        From::Last => id()?.rsplit('/').next().map(str::to_owned),
        From::Name => found.name.clone(),
        From::Region => found.region.clone(),
        From::Scope => Some(found.scope.clone()),
        From::Behind(segment) => {
            let id = id()?;
            let mut segments = id.split('/').skip_while(|part| !part.eq_ignore_ascii_case(segment));
            segments.nth(1).map(str::to_owned)
        }
        From::Owner => found.name.as_deref()?.split_once('/').map(|(owner, _)| owner.to_owned()),
    }?;
    // An option, or a letter that is not seen, is nothing that a person would paste knowingly.
    let plain = !word.is_empty() && !word.starts_with('-') && safe(&word, usize::MAX) == word;
    plain.then_some(word)
}

/// The word as it may stand behind what is there; none where quotes are open and it would end them.
fn quoted(word: &str, before: &str) -> Option<String> {
    let shell = shell(word);
    let (mut single, mut double) = (false, false);
    for c in before.chars() {
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
    }
    (shell == word || !(single || double)).then_some(shell)
}

#[cfg(test)]
mod tests {
    use posture_core::control::Severity;
    use posture_core::record::FindingStatus;
    use posture_core::time::Time;

    use super::super::source::Origin;
    use super::*;

    fn found(provider: Provider, kind: Kind, id: &str, name: &str) -> Found {
        Found {
            id: "abcd".to_owned(),
            control: "a.b".to_owned(),
            own: None,
            severity: Severity::Low,
            status: Some(FindingStatus::Fail),
            provider,
            scope: "123456789012".to_owned(),
            scope_name: None,
            level: None,
            kind: Some(kind),
            resource: Some(id.to_owned()),
            name: Some(name.to_owned()),
            region: Some("eu-west-1".to_owned()),
            evidence: Vec::new(),
            commands: Vec::new(),
            reason: None,
            unread: None,
            exception: None,
            failing_since: None,
            read: Time::from_unix(0),
            origin: Origin::default(),
        }
    }

    #[test]
    fn the_resource_is_filled_in_and_the_rest_stays() {
        let bucket = found(Provider::Aws, Kind::Bucket, "arn:aws:s3:::logs", "logs");
        assert_eq!(
            fill("aws s3api x --bucket <bucket> --policy file://<policy.json>", &bucket),
            "aws s3api x --bucket logs --policy file://<policy.json>"
        );
        let key =
            "/subscriptions/s/resourceGroups/main/providers/Microsoft.KeyVault/vaults/v/keys/k";
        let key = found(Provider::Azure, Kind::Key, key, "k");
        assert_eq!(
            fill("az keyvault key rotate --vault-name <vault> --name <key>", &key),
            "az keyvault key rotate --vault-name v --name k"
        );
        let robot = found(Provider::Aws, Kind::AccessKey, "arn:x", "robot/key 1");
        assert_eq!(
            fill("--user-name <user> --access-key-id <key>", &robot),
            "--user-name robot --access-key-id <key>"
        );
    }

    #[test]
    fn another_account_is_not_the_audited_one() {
        let account = found(Provider::Aws, Kind::Account, "123456789012", "prod");
        let filled = |command: &str| fill(command, &account);
        assert!(filled("aws s3control x --account-id <account>").ends_with(" 123456789012"));
        let delegated = "aws organizations register-delegated-administrator --account-id <account>";
        assert_eq!(filled(delegated), delegated);
    }

    #[test]
    fn an_eligible_assignment_is_not_deleted_as_an_active_one() {
        let command = "az role assignment delete --ids <assignment-id>";
        let of = |id: &str| fill(command, &found(Provider::Azure, Kind::Grant, id, "x"));
        let active = "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/a";
        assert!(of(active).ends_with(active));
        assert_eq!(of("/x/roleEligibilityScheduleInstances/a"), command);
    }

    #[test]
    fn no_name_is_more_than_one_word() {
        let command = "aws iam delete-user --user-name <user>";
        let of = |name: &str| fill(command, &found(Provider::Aws, Kind::User, "arn:x", name));
        assert!(of("a; rm -rf ~").ends_with(" 'a; rm -rf ~'"), "{}", of("a; rm -rf ~"));
        assert!(of("it's").ends_with(r" 'it'\''s'"));
        for hostile in ["--force", "", "a\u{202e}b", "a\u{1b}[2J", "a\nb"] {
            assert_eq!(of(hostile), command, "{hostile:?}");
        }
        // A name that looks like a placeholder is not looked at again.
        assert!(of("<user>").ends_with(" '<user>'"));
        let inside = found(Provider::Azure, Kind::Account, "s", "x");
        let url = "az rest --url \"https://x/subscriptions/<id>/y\"";
        assert_eq!(fill(url, &inside), url.replace("<id>", "123456789012"));
        let odd = Found { scope: "a\" b".to_owned(), ..inside };
        assert_eq!(fill(url, &odd), url);
    }

    #[test]
    fn every_row_is_of_a_placeholder_that_a_remedy_has() {
        for (provider, kind, name, _) in WORDS {
            let placeholder = format!("<{name}>");
            let has = posture_core::controls::ALL.iter().any(|control| {
                control.test.check.kind() == *kind
                    && control
                        .remedy(*provider)
                        .is_some_and(|remedy| remedy.command.line().contains(&placeholder))
            });
            assert!(has, "{provider} {kind}: {name}");
        }
    }
}
