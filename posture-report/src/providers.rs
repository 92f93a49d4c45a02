//! How renderers come to know of providers.

use posture_core::provider::Provider;
use posture_core::provider_info::ProviderInfo;

/// Gives the description of a provider.
pub type Providers = fn(Provider) -> &'static ProviderInfo;
