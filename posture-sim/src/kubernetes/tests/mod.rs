//! The server over its protocol, RBAC beside the evaluator of an audit, and the scenes of the tests.

mod protocol;
mod rbac;
mod scenes;

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::server::Simulator;
use super::{Identity, World};
use crate::serve::Cloud;

/// The cluster that these tests bend.
pub(super) fn world(manifests: &str) -> World {
    World::of_manifests("test.yaml", manifests).unwrap()
}

/// A request, without a connection.
pub(super) struct Client {
    pub(super) simulator: Simulator,
    token: String,
}

pub(super) struct Got {
    pub(super) status: u16,
    pub(super) headers: http::HeaderMap,
    pub(super) text: String,
}

impl Got {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The names of the objects of a list.
    pub(super) fn names(&self) -> Vec<String> {
        let items = self.json()["items"].as_array().unwrap().clone();
        items.iter().map(|one| one["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    }

    pub(super) fn message(&self) -> String {
        let json = self.json();
        assert_eq!((&json["kind"], &json["status"]), (&"Status".into(), &"Failure".into()));
        assert_eq!(json["code"], self.status);
        json["message"].as_str().unwrap().to_owned()
    }
}

impl Client {
    pub(super) fn new(world: World) -> Self {
        Self { simulator: Simulator::new(world).unwrap(), token: "simulated-admin".to_owned() }
    }

    /// The same cluster, for a user that only its bindings allow something.
    pub(super) fn user(mut world: World, name: &str) -> Self {
        world.identities.push(Identity::new("token", name));
        Self { token: "token".to_owned(), ..Self::new(world) }
    }

    pub(super) async fn send(&self, request: http::request::Builder) -> Got {
        let (head, ()) = request.body(()).unwrap().into_parts();
        let answered = self.simulator.answer(head, Bytes::new()).await;
        let (head, body) = answered.response.into_parts();
        let text = String::from_utf8(body).unwrap();
        Got { status: head.status.as_u16(), headers: head.headers, text }
    }

    pub(super) fn request(&self, method: &str, target: &str) -> http::request::Builder {
        let authorization = format!("Bearer {}", self.token);
        Request::builder().method(method).uri(target).header("authorization", authorization)
    }

    pub(super) async fn get(&self, target: &str) -> Got {
        self.send(self.request("GET", target)).await
    }

    pub(super) async fn get_as(&self, target: &str, accept: &str) -> Got {
        self.send(self.request("GET", target).header("accept", accept)).await
    }
}
