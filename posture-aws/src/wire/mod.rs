//! Signed calls to services of AWS, without a crate for each of them.
//!
//! An [`Operation`] is data: the request, the protocol, and which members of the response are read. [`Client`] sends it
//! on the runtime of the AWS SDK, with the same signatures, retries, time-outs and interceptors as the SDK's own clients.
//! An answer is parsed once into a tree, which holds the members that are declared and no others. One that does not fit is
//! malformed as a whole: a member of another type, or the absence of one that the service's model calls required, is never
//! taken for a default.
//!
//! `tests/cloud/models_aws.py` compares every operation with the model of its service, and every endpoint with AWS's rules.

mod client;
mod decode;
mod encode;
pub(crate) mod endpoint;
pub(crate) mod services;
pub(crate) mod shape;
pub(crate) mod spec;
mod xml;

pub(crate) use client::Client;
pub(crate) use encode::encode;
pub(crate) use shape::{Answer, Shape, answers, words};
pub(crate) use spec::{Constant, Operation};
