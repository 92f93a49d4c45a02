//! Services and their operations, as data.

use std::marker::PhantomData;

use serde_json::Value;

use super::shape::{Kind, Member, Shape};

/// How a service speaks, see [the protocols](https://smithy.io/2.0/aws/protocols/index.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Form in, XML out.
    Query {
        /// The version of the interface.
        version: &'static str,
    },
    /// The same, as EC2 has it.
    Ec2 {
        /// The version of the interface.
        version: &'static str,
    },
    /// JSON both ways, the operation in a header.
    Json {
        /// The version of the protocol.
        version: &'static str,
        /// The part before the operation in the header.
        target: &'static str,
    },
    /// JSON both ways, the operation in method and path.
    RestJson,
    /// XML both ways, the operation in method and path. Only operations without a body are called.
    RestXml,
}

/// Where a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In each region.
    Regions,
    /// In one region of each partition, from wherever it is called.
    Partition,
    /// In no region: requests are signed for one of each partition.
    Global,
    /// The same, but in China in a region.
    GlobalButChina,
    /// In one region of the partition of most regions, in each region of the others.
    FirstPartition,
}

/// How the endpoints of a service in the GovCloud partition that comply with FIPS 140 are called: all of them comply, so that
/// some services have no separate endpoint for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GovFips {
    /// As everywhere.
    Usual,
    /// As the plain endpoint, except for dual stack.
    PlainUnlessDual,
    /// As the plain endpoint.
    Plain,
}

/// A service of AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// As SDKs call it: in the names of settings, and in what is counted.
    pub(crate) id: &'static str,
    /// What the names of its hosts begin with.
    pub(crate) host: &'static str,
    /// What requests are signed for.
    pub(crate) signs: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) place: Place,
    pub(crate) gov_fips: GovFips,
    /// Whether its hosts for FIPS in the partition of most regions are `fips.SERVICE` and not `SERVICE-fips`, except for dual stack.
    pub(crate) fips_first: bool,
    /// Whether its hosts begin with `api.`, except for dual stack.
    pub(crate) api_first: bool,
    /// Whether it sends errors with the codes of the query protocol in a header, which it used before.
    pub(crate) query_codes: bool,
    /// Whether all accounts of an organization live off one small quota, so that a call is given more time.
    pub(crate) shared_quota: bool,
    /// The argument that names the account, for services that expect it in a header of this name and at the start of the host.
    pub(crate) account: Option<&'static str>,
    /// Whether it follows the rules of S3: a signature is over the path as it is sent, and over a digest of the body in a
    /// header; hosts for both versions of the internet protocol have a label for that in the plain domain; a configured
    /// endpoint is called if FIPS is required as well; there is none for FIPS in China.
    pub(crate) of_s3: bool,
    /// Whether a configured endpoint is called whatever is required of endpoints.
    pub(crate) any_configured: bool,
}

impl Service {
    /// A service with hosts in each region that begin with what requests are signed for.
    pub(crate) const fn new(id: &'static str, host: &'static str, protocol: Protocol) -> Self {
        Self {
            id,
            host,
            signs: host,
            protocol,
            place: Place::Regions,
            gov_fips: GovFips::Usual,
            fips_first: false,
            api_first: false,
            query_codes: false,
            shared_quota: false,
            account: None,
            of_s3: false,
            any_configured: false,
        }
    }
}

/// The value of an argument that is the same in each request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Constant {
    /// Text.
    Text(&'static str),
    /// A number.
    Whole(u32),
    /// True or false.
    Flag(bool),
    /// Several values.
    List(&'static [Constant]),
    /// Values by name.
    Record(&'static [(&'static str, Constant)]),
}

/// How the pages of a list follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pages {
    /// The argument that names the page.
    pub(crate) input: &'static str,
    /// The member that names the next page.
    pub(crate) output: &'static str,
    /// The member that shows whether there is one, for services that have one.
    pub(crate) more: Option<&'static str>,
    /// Further arguments and members, where it takes several to name a page. One of them may be absent.
    pub(crate) further: &'static [(&'static str, &'static str)],
}

impl Pages {
    /// What separates the parts of a token. No part has it within: XML cannot contain it.
    const BETWEEN: char = '\0';

    /// The arguments for the page of a token.
    pub(super) fn arguments(self, token: &str) -> impl Iterator<Item = (&'static str, &str)> {
        let names = std::iter::once(self.input).chain(self.further.iter().map(|(input, _)| *input));
        // The first part is always there.
        let parts = token.splitn(1 + self.further.len(), Self::BETWEEN).enumerate();
        let parts =
            parts.map(|(place, part)| Some(part).filter(|part| place == 0 || !part.is_empty()));
        names.zip(parts).filter_map(|(name, part)| Some((name, part?)))
    }

    /// Makes one token of the members of a response that name the next page. Without the first one there is none.
    pub(super) fn join(self, response: &mut Value) {
        if self.further.is_empty() {
            return;
        }
        let part = |name: &str| response.get(name).and_then(Value::as_str).unwrap_or_default();
        let first = part(self.output);
        if first.is_empty() {
            return;
        }
        let mut token = first.to_owned();
        for (_, output) in self.further {
            token.push(Self::BETWEEN);
            token.push_str(part(output));
        }
        if let Some(members) = response.as_object_mut() {
            members.insert(self.output.to_owned(), token.into());
        }
    }
}

/// The request, and what is read of the response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec {
    pub(crate) service: &'static Service,
    /// As the service calls it.
    pub(crate) name: &'static str,
    /// As its permission is called.
    pub(crate) action: &'static str,
    pub(crate) method: &'static str,
    /// With the names of arguments in braces.
    pub(crate) path: &'static str,
    /// The root of the response, if it is XML whose root identifies it.
    pub(crate) root: Option<&'static str>,
    /// Arguments that are the same in each request.
    pub(crate) given: &'static [(&'static str, Constant)],
    /// Arguments that each request brings.
    pub(crate) takes: &'static [&'static str],
    pub(crate) pages: Option<Pages>,
    /// What is read of the response, without what controls paging.
    pub(crate) members: &'static [Member],
}

impl Spec {
    /// What is read of the response, with what controls paging.
    pub(crate) fn all_members(&self) -> Vec<Member> {
        let member = |name, kind| Member { name, kind, required: false };
        let next = self.pages.into_iter().flat_map(|pages| {
            let further = pages.further.iter().map(|(_, output)| *output);
            std::iter::once(pages.output).chain(further)
        });
        let next = next.map(|output| member(output, Kind::Text));
        let more = self.pages.and_then(|pages| pages.more).map(|more| member(more, Kind::Flag));
        self.members.iter().copied().chain(next).chain(more).collect()
    }
}

/// An operation with so many arguments whose response is a record.
#[derive(Debug)]
pub(crate) struct Operation<const TAKES: usize, S> {
    pub(crate) spec: Spec,
    shape: PhantomData<fn() -> S>,
}

impl<S: Shape> Operation<0, S> {
    /// An operation by the name of its permission and its own.
    pub(crate) const fn new(
        service: &'static Service,
        action: &'static str,
        name: &'static str,
    ) -> Self {
        let spec = Spec {
            service,
            name,
            action,
            method: "POST",
            path: "/",
            root: None,
            given: &[],
            takes: &[],
            pages: None,
            members: S::MEMBERS,
        };
        Self { spec, shape: PhantomData }
    }

    /// The same, with arguments that each request brings.
    pub(crate) const fn takes<const TAKES: usize>(
        self,
        takes: &'static [&'static str; TAKES],
    ) -> Operation<TAKES, S> {
        Operation { spec: Spec { takes, ..self.spec }, shape: PhantomData }
    }
}

impl<const TAKES: usize, S> Operation<TAKES, S> {
    /// The same at another path, for protocols that identify operations by it. Arguments that the path does not name are in the
    /// query of a `GET`, and otherwise in the body.
    pub(crate) const fn at(self, method: &'static str, path: &'static str) -> Self {
        Self { spec: Spec { method, path, ..self.spec }, shape: PhantomData }
    }

    /// The same, with the root that an answer in XML has.
    pub(crate) const fn root(self, root: &'static str) -> Self {
        Self { spec: Spec { root: Some(root), ..self.spec }, shape: PhantomData }
    }

    /// The same, with arguments that do not change.
    pub(crate) const fn given(self, given: &'static [(&'static str, Constant)]) -> Self {
        Self { spec: Spec { given, ..self.spec }, shape: PhantomData }
    }

    /// The same, in pages: the argument that names one, and the member that names the next.
    pub(crate) const fn pages(self, input: &'static str, output: &'static str) -> Self {
        let pages = Some(Pages { input, output, more: None, further: &[] });
        Self { spec: Spec { pages, ..self.spec }, shape: PhantomData }
    }

    /// The same, for lists whose pages take several arguments to name.
    pub(crate) const fn and_pages(self, further: &'static [(&'static str, &'static str)]) -> Self {
        let pages = match self.spec.pages {
            Some(pages) => Some(Pages { further, ..pages }),
            None => None,
        };
        Self { spec: Spec { pages, ..self.spec }, shape: PhantomData }
    }

    /// The same, for lists with a separate member that shows whether there are more pages.
    pub(crate) const fn more(self, more: &'static str) -> Self {
        let pages = match self.spec.pages {
            Some(pages) => Some(Pages { more: Some(more), ..pages }),
            None => None,
        };
        Self { spec: Spec { pages, ..self.spec }, shape: PhantomData }
    }
}
