//! What the configuration of an image shows, and all of its facts together.

use posture_image::config::environment::{self, EffectKind};
use posture_image::config::habits::{self, Habit};
use posture_image::config::user::{self, User};
use posture_image::config::{Health, Port};
use posture_image::image::{Form, Image};
use posture_image::limits::Limits;
use posture_image::packages::support::{self, Support};
use posture_image::reference::Reference;
use posture_image::text;
use posture_image::{Answer, Gap, List};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as FactGap, Known};
use posture_model::provider::Provider;
use posture_model::resource::ContainerImage;
use posture_model::time::Time;

use crate::gaps::{Gaps, entries};
use crate::info::{CONFIGURATION, LAYERS};
use crate::{files, secrets};

/// The labels that name the source of an image, each with the one of an earlier convention.
const ORIGIN: [(&str, &str); 2] = [
    ("org.opencontainers.image.source", "org.label-schema.vcs-url"),
    ("org.opencontainers.image.revision", "org.label-schema.vcs-ref"),
];

/// The facts that an image shows by itself. It is named by its digest: names are those of the source, see [`named`].
pub(crate) fn image(image: &Image, limits: &Limits, gaps: &Gaps<'_>) -> ContainerImage {
    let identity = &image.identity;
    let digest = identity.manifest.as_ref().or(identity.config.as_ref());
    let name = digest.map_or_else(|| "image".to_owned(), ToString::to_string);
    let to = ContainerImage::unread_on(Provider::Image, "image", name, None);
    let to = configuration(to, image, limits, gaps);
    let to = support_of(to, image, gaps);
    let to = files::fill(to, image, limits, gaps);
    secrets::fill(to, image, gaps)
}

/// An image with the names that its source has for it: the ID stays the same for every build and tag.
pub(crate) fn named(image: ContainerImage, names: &[String]) -> ContainerImage {
    let first = names.first();
    // A layout often names the tag alone.
    let named = first.filter(|name| name.contains(['/', ':']));
    let repository = named.and_then(|name| Reference::parse(name).ok());
    let id = repository.map_or_else(
        || "image".to_owned(),
        |found| format!("image/{}/{}", found.registry, found.repository),
    );
    let name = first.map(|name| text::escape(name.as_bytes()));
    let name = name.unwrap_or_else(|| image.name.clone());
    ContainerImage { id, name, ..image }.latest_tags(latest(names))
}

fn configuration(
    to: ContainerImage,
    image: &Image,
    limits: &Limits,
    gaps: &Gaps<'_>,
) -> ContainerImage {
    let config = &image.config;
    let identity = &image.identity;
    let digests = [&identity.manifest, &identity.index, &identity.config];
    let digests = digests.into_iter().flatten().map(ToString::to_string).collect();
    let user = user::resolve(&config.user, &image.tree, limits);
    let habits = habits::habits(&config.history);
    let steps = |wanted: &[Habit]| {
        gaps.list(CONFIGURATION, &habits, |one| {
            let is_one = wanted.contains(&one.habit);
            is_one.then(|| format!("step {}: {}", one.step, one.words))
        })
    };
    let mut additions = habits.clone();
    additions.gaps.extend(habits::unclear_downloads(&config.history));
    let effects = environment::effects(config, &image.tree, limits);
    let variables = |wanted: &[EffectKind]| {
        // Only PATH depends on files.
        let open = wanted.contains(&EffectKind::WritablePath);
        let list = List {
            items: effects.items.iter().filter(|one| wanted.contains(&one.effect)).collect(),
            gaps: if open { effects.gaps.clone() } else { Vec::new() },
        };
        gaps.list(CONFIGURATION, &list, |one| {
            let name = text::clip(one.name.as_bytes(), 100);
            Some(format!("{name}: {}", effect(one.effect)))
        })
    };
    let ports = |words: fn(&Port) -> Option<String>| gaps.list(CONFIGURATION, &config.ports, words);
    let volumes = config.sensitive_volumes().into_iter();
    let volumes = volumes.map(|volume| text::clip(volume.as_bytes(), 200)).collect();
    let mut labels = image.annotations.clone();
    labels.extend(config.labels.clone());
    to.digests(Known(digests))
        .root_user(of_user(&user, gaps, |user| match user {
            User::Root { stated } if stated.is_empty() => Some("no user is set".to_owned()),
            User::Root { stated } => Some(format!("the user is {}", clipped(stated))),
            User::Number { .. } | User::Name { .. } | User::NotThere { .. } => None,
        }))
        .unresolved_user(of_user(&user, gaps, |user| match user {
            User::NotThere { name } => Some(clipped(name)),
            User::Root { .. } | User::Number { .. } | User::Name { .. } => None,
        }))
        .named_user(of_user(&user, gaps, |user| match user {
            User::Name { name, uid, .. } => Some(format!("{} ({uid})", clipped(name))),
            User::Root { .. } | User::Number { .. } | User::NotThere { .. } => None,
        }))
        .privileged_ports(ports(|port| port.is_privileged().then(|| port.to_string())))
        .management_ports(ports(|port| Some(format!("{port} ({})", port.management()?))))
        .sensitive_volumes(entries(volumes, None))
        .health_check(health(image, gaps))
        .add_instructions(gaps.list(CONFIGURATION, &additions, |one| {
            (one.habit == Habit::Add).then(|| format!("step {}: {}", one.step, one.words))
        }))
        .lone_updates(steps(&[Habit::UpdateAlone]))
        .unverified_downloads(steps(&[Habit::Unverified, Habit::PipeToShell]))
        .unverified_tls(variables(&[EffectKind::TlsVerificationOff]))
        .loader_variables(variables(&[
            EffectKind::Preload,
            EffectKind::RelativePath,
            EffectKind::WritablePath,
        ]))
        .content_trust(variables(&[EffectKind::ContentTrust]))
        .missing_labels(missing(&labels))
        .built(built(image, gaps))
        .tags(Known(secrets::labels(image)))
}

fn clipped(text: &str) -> String {
    text::clip(text.as_bytes(), 60)
}

fn of_user(
    user: &Answer<User>,
    gaps: &Gaps<'_>,
    words: impl Fn(&User) -> Option<String>,
) -> Fact<Entries> {
    match user {
        Answer::Known(user) => entries(words(user).into_iter().collect(), None),
        Answer::Absent => entries(Vec::new(), None),
        Answer::Unknown(open) => FactGap(gaps.note(CONFIGURATION, open)),
    }
}

fn effect(kind: EffectKind) -> &'static str {
    match kind {
        EffectKind::TlsVerificationOff => "turns off the verification of certificates",
        EffectKind::Preload => "loads code into every program",
        EffectKind::LibraryPath => "changes where libraries are searched",
        EffectKind::RelativePath => "has an entry that is empty or relative",
        EffectKind::WritablePath => "has a directory that every user may write",
        EffectKind::ContentTrust => "relies on Docker Content Trust",
        EffectKind::ProxyCredentials => "has the credentials of a proxy",
    }
}

fn health(image: &Image, gaps: &Gaps<'_>) -> Fact<bool> {
    match (&image.config.health, image.form) {
        (Health::Command(_), _) => Known(true),
        (Health::Off, _) | (Health::Absent, Form::Docker) => Known(false),
        (Health::Absent, Form::Oci) => Fact::NotOffered,
        (Health::Unknown(open), _) => FactGap(gaps.note(CONFIGURATION, open)),
    }
}

/// The names whose tag moves. An image without a name is not referred to by a tag.
fn latest(names: &[String]) -> Fact<Entries> {
    if names.is_empty() {
        return Fact::NotOffered;
    }
    let moves = |name: &&String| {
        let name = name.split('@').next().unwrap_or_default();
        let last = name.rsplit('/').next().unwrap_or_default();
        match last.split_once(':') {
            Some((_, tag)) => tag == "latest",
            // A layout often names the tag alone.
            None => name.contains('/') || last == "latest",
        }
    };
    let found = names.iter().filter(moves).map(|name| text::clip(name.as_bytes(), 200));
    entries(found.collect(), None)
}

fn missing(labels: &std::collections::BTreeMap<String, String>) -> Fact<Entries> {
    let is_set = |name: &str| labels.get(name).is_some_and(|value| !value.trim().is_empty());
    let missing = ORIGIN.iter().filter(|(name, earlier)| !is_set(name) && !is_set(earlier));
    entries(missing.map(|(name, _)| (*name).to_owned()).collect(), None)
}

/// When it was built. Builds that can be repeated leave the time out, or set the beginning of 1970 or of the year 1.
fn built(image: &Image, gaps: &Gaps<'_>) -> Fact<Option<Time>> {
    let Some(created) = &image.config.created else { return Known(None) };
    match created.parse::<Time>() {
        Ok(time) if time.unix() <= 86_400 => Known(None),
        Ok(time) => Known(Some(time)),
        Err(_) => {
            let detail = format!("not a time: {}", clipped(created));
            let open = Gap::new(posture_image::Cause::Malformed, "created", detail);
            FactGap(gaps.note(CONFIGURATION, &open))
        }
    }
}

fn support_of(to: ContainerImage, image: &Image, gaps: &Gaps<'_>) -> ContainerImage {
    let os = &image.packages.os;
    let name = gaps.optional(LAYERS, os, |os| {
        let version = os.version.as_deref().unwrap_or_default();
        clipped(format!("{} {version}", os.id).trim())
    });
    let day = |day: &str| match format!("{day}T00:00:00Z").parse::<Time>() {
        Ok(time) => Known(Some(time)),
        Err(_) => FactGap(posture_model::gap::GapId::NO_ANSWER),
    };
    let (regular, extended) = match os {
        Answer::Known(os) => match support::support(os) {
            Ok(Support::Until { regular, extended }) => {
                (day(regular), extended.map_or(Known(None), day))
            }
            Ok(Support::Rolling) => (Known(None), Known(None)),
            Err(open) => {
                let gap = gaps.note(LAYERS, &open);
                (FactGap(gap), FactGap(gap))
            }
        },
        Answer::Absent => (Known(None), Known(None)),
        Answer::Unknown(open) => {
            let gap = gaps.note(LAYERS, open);
            (FactGap(gap), FactGap(gap))
        }
    };
    to.distribution(name).support_ends(regular).extended_support_ends(extended)
}
