//! Traffic as sets: which sources reach something, by which protocols and ports, decided in three values.
//!
//! The collectors of every provider compute with these types what the internet reaches; controls and commands read the
//! [`Opening`]s that result.

mod addresses;
mod between;
mod facts;
mod filter;
mod opening;
mod pods;
mod reach;
mod service;
mod stored;
mod traffic;

pub use addresses::{Addresses, Breadth, Family};
pub use between::{End, Filters, Passage, between};
pub use facts::{open_to_everyone, openings};
pub use filter::{Filter, Rule};
pub use opening::{Opening, SourceList};
pub use pods::{
    Backend, Forwarder, Forwarding, OtherPolicy, PodGroup, PodPlace, PodPort, PolicyEffect,
    PortReference, ServicePort,
};
pub use reach::Reach;
pub use service::{ICMP, ICMP6, NotAService, Service, TCP, UDP};
pub use stored::{Hop, PacketRule, PrivateRoute};
pub use traffic::Traffic;
