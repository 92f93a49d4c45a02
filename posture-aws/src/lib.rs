//! Collectors and policy semantics for AWS accounts
