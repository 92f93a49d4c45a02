//! Tests against simulated registries on loopback.

mod any;
mod azure;
mod bounds;
mod images;
mod lists;
mod real;
mod redirects;
mod retries;
mod sign_in;
mod sim;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use posture_image::Gap;
use posture_image::image::{self, Image};
use posture_image::reference::Reference;

use crate::net::{Class, Names};
use crate::{Client, Error, Options, Pause, Remote};
use sim::Sim;

/// Hosts that pretend to be elsewhere.
const HOSTS: [(&str, Class); 5] = [
    ("hub.example", Class::Public),
    ("storage.example", Class::Public),
    ("token.example", Class::Public),
    ("internal.example", Class::Private),
    ("this.example", Class::Loopback),
];

/// The waits that a client would have made.
type Waits = Arc<Mutex<Vec<Duration>>>;

/// Options for registries on loopback, with which nothing waits.
fn options() -> (Options, Waits) {
    let waits = Waits::default();
    let noted = Arc::clone(&waits);
    let pause = Pause::new(move |time| {
        noted.lock().unwrap().push(time);
        Box::pin(std::future::ready(()))
    });
    (Options { plain_loopback: true, pause, ..Options::default() }, waits)
}

fn client() -> Client {
    Client::new(options().0)
}

/// A client for which the hosts of the tests are where they pretend to be.
fn outside(options: Options) -> Client {
    Client::with(options, Names::Fixed(HOSTS.to_vec()))
}

fn reference(sim: &Sim, rest: &str) -> Reference {
    at("127.0.0.1", sim, rest)
}

/// `team/app` of a registry.
fn at(host: &str, sim: &Sim, rest: &str) -> Reference {
    Reference::parse(&format!("{host}:{}/team/app{rest}", sim.port)).unwrap()
}

async fn remote(client: &Client, reference: &Reference) -> Result<Remote, Error> {
    client.image(reference).await
}

/// Reads an image to its end.
async fn read(remote: Remote, platform: &str) -> (Result<Image, Gap>, Vec<Error>) {
    let mut options = image::Options::new([0; 32]);
    options.platform = posture_image::manifest::Platform::parse(platform).unwrap();
    let read = move || {
        let read = image::read(&remote, &remote.named, &options);
        (read, remote.errors())
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

/// Reads `team/app` of a registry to its end.
async fn read_all(sim: &Sim, rest: &str) -> (Result<Image, Gap>, Vec<Error>) {
    read(remote(&client(), &reference(sim, rest)).await.unwrap(), "linux/amd64").await
}
