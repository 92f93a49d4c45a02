//! What a request asks for.
//!
//! Paths are read as by the
//! [server](https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/request/requestinfo.go), read on 2026-11-30.

use http::Method;
use http::request::Parts;

use super::status::Target;
use crate::fault::Subject;
use crate::text::{decode, pairs};

/// A request, with the names that RBAC has for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Decoded.
    pub(crate) path: String,
    /// Decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The verb: `list`, `get`, `create` …
    pub(crate) verb: String,
    /// `list pods`, `get deployments.apps/scale`, `get /version`.
    pub(crate) action: String,
    /// Whether it is about a resource; otherwise only the path counts.
    pub(crate) is_resource: bool,
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) namespace: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) name: String,
    pub(crate) accept: String,
    /// The user that the caller wants to be.
    pub(crate) impersonates: Option<String>,
}

/// The form in which a client wants an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Whole,
    /// The metadata of an object.
    Metadata,
    /// The metadata of the objects of a list.
    MetadataList,
    /// All groups with their resources, in a version of the group `apidiscovery.k8s.io`.
    Discovery(&'static str),
}

impl Request {
    pub(crate) fn of(head: &Parts) -> Self {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let mut request = Self {
            method: head.method.clone(),
            path: decode(head.uri.path(), false),
            query: pairs(head.uri.query().unwrap_or_default()),
            accept: header("accept").unwrap_or_default().to_owned(),
            impersonates: header("impersonate-user").map(str::to_owned),
            ..Self::default()
        };
        request.find_resource();
        request.verb = request.verb_of();
        request.action = match (request.is_resource, request.group.as_str()) {
            (false, _) => format!("{} {}", request.verb, request.path),
            (true, "") => format!("{} {}", request.verb, request.resource),
            (true, group) => format!("{} {}.{group}", request.verb, request.resource),
        };
        if !request.subresource.is_empty() {
            request.action = format!("{}/{}", request.action, request.subresource);
        }
        request
    }

    fn find_resource(&mut self) {
        let path = self.path.clone();
        let all: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (group, version, mut rest) = match all.as_slice() {
            ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
            ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
            _ => return,
        };
        self.is_resource = true;
        self.group = group.to_owned();
        self.version = version.to_owned();
        // The old form of a watch.
        if let ["watch", after @ ..] = rest {
            self.query.push(("watch".to_owned(), "true".to_owned()));
            rest = after;
        }
        if let ["namespaces", namespace, after @ ..] = rest {
            self.namespace = (*namespace).to_owned();
            if !matches!(after, [] | ["status" | "finalize", ..]) {
                rest = after;
            }
        }
        let mut rest = rest.iter().map(|part| (*part).to_owned());
        self.resource = rest.next().unwrap_or_default();
        self.name = rest.next().unwrap_or_default();
        // What follows the subresource belongs to what it leads to.
        self.subresource = rest.next().unwrap_or_default();
    }

    fn verb_of(&mut self) -> String {
        if !self.is_resource {
            return self.method.as_str().to_ascii_lowercase();
        }
        let collection = self.name.is_empty();
        let verb = match self.method.as_str() {
            "GET" | "HEAD"
                if self.parameter("watch").is_some_and(|on| on != "false" && on != "0") =>
            {
                "watch"
            }
            "GET" | "HEAD" if collection => "list",
            "GET" | "HEAD" => "get",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" if collection => "deletecollection",
            "DELETE" => "delete",
            _ => "",
        };
        // A collection of one name is that object to RBAC.
        if collection && matches!(verb, "list" | "watch" | "deletecollection") {
            let selected = self.parameter("fieldSelector").unwrap_or_default();
            let name = selected.split(',').find_map(|one| one.strip_prefix("metadata.name="));
            self.name = name.unwrap_or_default().trim_start_matches('=').to_owned();
        }
        verb.to_owned()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn target(&self) -> Target<'_> {
        if !self.is_resource {
            return Target::Path(&self.path);
        }
        Target::Resource {
            group: &self.group,
            resource: &self.resource,
            subresource: &self.subresource,
            namespace: &self.namespace,
            name: &self.name,
        }
    }

    /// The first form of those that the client accepts that there is; none if there is none. Weights are not read.
    pub(crate) fn form(&self) -> Option<Form> {
        if self.accept.is_empty() {
            return Some(Form::Whole);
        }
        self.accept.split(',').find_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            if !matches!(media, "application/json" | "application/*" | "*/*") {
                return None;
            }
            let mut wanted = ["", "", ""];
            for part in parts {
                match part.split_once('=') {
                    Some(("as", value)) => wanted[0] = value,
                    Some(("g", value)) => wanted[1] = value,
                    Some(("v", value)) => wanted[2] = value,
                    _ => {}
                }
            }
            match wanted {
                ["", ..] => Some(Form::Whole),
                ["PartialObjectMetadata", "meta.k8s.io", "v1"] => Some(Form::Metadata),
                ["PartialObjectMetadataList", "meta.k8s.io", "v1"] => Some(Form::MetadataList),
                ["APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2"] => {
                    Some(Form::Discovery("v2"))
                }
                ["APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2beta1"] => {
                    Some(Form::Discovery("v2beta1"))
                }
                _ => None,
            }
        })
    }
}

impl Subject for Request {
    fn action(&self) -> &str {
        &self.action
    }

    /// The namespace.
    fn region(&self) -> &str {
        &self.namespace
    }

    /// Path and query contain the text, ignoring case.
    fn speaks_of(&self, words: &str) -> bool {
        let mut target = self.path.clone();
        for (place, (key, value)) in self.query.iter().enumerate() {
            target.push(if place == 0 { '?' } else { '&' });
            target.push_str(&format!("{key}={value}"));
        }
        target.to_ascii_lowercase().contains(&words.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(target: &str, accept: &str) -> Request {
        let built = http::Request::get(target).header("accept", accept).body(()).unwrap();
        Request::of(&built.into_parts().0)
    }

    #[test]
    fn a_path_names_a_resource_or_none() {
        for (path, action, namespace, name) in [
            ("/version", "get /version", "", ""),
            ("/api/v1", "get /api/v1", "", ""),
            ("/apis/apps/v1", "get /apis/apps/v1", "", ""),
            ("/api/v1/pods", "list pods", "", ""),
            ("/api/v1/pods?watch=1", "watch pods", "", ""),
            ("/api/v1/watch/pods", "watch pods", "", ""),
            ("/api/v1/namespaces", "list namespaces", "", ""),
            ("/api/v1/namespaces/shop", "get namespaces", "shop", "shop"),
            ("/api/v1/namespaces/shop/status", "get namespaces/status", "shop", "shop"),
            ("/api/v1/namespaces/shop/pods", "list pods", "shop", ""),
            ("/api/v1/namespaces/shop/pods/web/log", "get pods/log", "shop", "web"),
            ("/api/v1/nodes/one/proxy/pods", "get nodes/proxy", "", "one"),
            ("/apis/apps/v1/deployments", "list deployments.apps", "", ""),
            (
                "/apis/apps/v1/namespaces/shop/deployments/web/scale",
                "get deployments.apps/scale",
                "shop",
                "web",
            ),
            (
                "/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Dx",
                "list secrets",
                "a",
                "x",
            ),
        ] {
            let found = request(path, "");
            let is = (found.action.as_str(), found.namespace.as_str(), found.name.as_str());
            assert_eq!(is, (action, namespace, name), "{path}");
        }
    }

    #[test]
    fn the_first_form_that_there_is_is_taken() {
        let metadata = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
        let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
        for (accept, form) in [
            ("", Some(Form::Whole)),
            ("*/*", Some(Form::Whole)),
            ("application/json", Some(Form::Whole)),
            (metadata, Some(Form::MetadataList)),
            (&format!("{table}, application/json"), Some(Form::Whole)),
            (table, None),
            ("application/vnd.kubernetes.protobuf", None),
            (&format!("application/vnd.kubernetes.protobuf,{metadata}"), Some(Form::MetadataList)),
            (
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
                Some(Form::Discovery("v2")),
            ),
        ] {
            assert_eq!(request("/api", accept).form(), form, "{accept}");
        }
    }
}
