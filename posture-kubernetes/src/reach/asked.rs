//! The port that a question is about.

use crate::network::{Pod, Ports, Protocol};

/// The port of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Any.
    Any,
    /// By number.
    Number(Protocol, u16),
    /// By the name that the receiving pods give it, of one protocol or of any.
    Name(Option<Protocol>, String),
}

/// A text is not a port.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a port")]
pub struct NotAPort;

impl std::str::FromStr for Asked {
    type Err = NotAPort;

    /// `22`, `udp/53`, `http` or `udp/dns`. A number without a protocol is one of TCP.
    fn from_str(text: &str) -> Result<Self, NotAPort> {
        let (protocol, port) = match text.split_once('/') {
            Some((protocol, port)) => {
                let known = Protocol::of(&protocol.to_ascii_uppercase()).ok_or(NotAPort)?;
                (Some(known), port)
            }
            None => (None, text),
        };
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = port.parse().map_err(|_| NotAPort)?;
            return Ok(Self::Number(protocol.unwrap_or(Protocol::Tcp), number));
        }
        if !crate::network::is_port_name(port) {
            return Err(NotAPort);
        }
        Ok(Self::Name(protocol, port.to_owned()))
    }
}

impl Asked {
    /// The numbers that are meant at any of these pods; nothing if none of them has a port of this name.
    pub(super) fn at<'p>(&self, pods: impl IntoIterator<Item = &'p Pod>) -> Option<Ports> {
        match self {
            Self::Any => Some(Ports::everything()),
            Self::Number(protocol, number) => Some(Ports::of(*protocol, *number..=*number)),
            Self::Name(protocol, name) => {
                let ports = pods.into_iter().flat_map(|pod| &pod.ports).filter(|port| {
                    port.name == *name && protocol.is_none_or(|one| one == port.protocol)
                });
                let all = ports.fold(Ports::none(), |sum, port| {
                    sum.or(&Ports::of(port.protocol, port.number..=port.number))
                });
                (!all.is_empty()).then_some(all)
            }
        }
    }
}
