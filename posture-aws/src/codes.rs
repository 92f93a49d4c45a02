//! The codes of errors, and what they mean.

use posture_model::dated::Dated;
use posture_model::gap::Reason;

/// The codes by which services throttle, whatever the status: those for which the SDKs repeat a request as
/// throttled, and others that services used by posture return.
pub(crate) static THROTTLES: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html",
        "https://docs.rs/aws-runtime/1.10.2/src/aws_runtime/retries/classifiers.rs.html",
    ],
    "2026-11-29",
    &[
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RateExceeded",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    ],
);

/// Whether a code is for throttling; some services put their name before it, as in `Throttling.User`.
fn is_throttle(code: &str) -> bool {
    let code = code.split_once('.').map_or(code, |(code, _)| code);
    THROTTLES.contains(&code)
}

/// What an error means by its code, its message and the status of the answer.
pub(crate) fn by_code(code: &str, message: &str, status: u16) -> Reason {
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "AllAccessDisabled"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "UnauthorizedOperation"
        | "NotAuthorized"
        | "UnauthorizedException"
        // What only the management account of an organization may ask.
        | "AccountNotManagementOrDelegatedAdministrator"
        | "AccountNotManagementOrDelegatedAdministratorException"
        | "AccountProblem" => denied_by(message),
        _ if is_throttle(code) => Reason::Throttled,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "AuthFailure"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        // So the JSON protocol says that the clock is off.
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "InvalidToken"
        | "TokenRefreshRequired"
        | "RequestExpired"
        | "RequestTimeTooSkewed" => Reason::Credentials,
        "OptInRequired" | "RegionDisabledException" => Reason::RegionDisabled,
        "RequestTimeout" | "RequestTimeoutException" => Reason::TimedOut,
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "InternalServerException"
        | "InternalException"
        | "ServiceFailure"
        | "ServiceFailureException"
        | "ServiceException"
        | "InternalErrorException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Reason::ServerError,
        _ if status == 403 => denied_by(message),
        _ if status == 429 => Reason::Throttled,
        _ if status == 501 => Reason::Unsupported,
        _ if status >= 500 => Reason::ServerError,
        // The body of an error that has no code could not be read.
        "" => Reason::Malformed,
        _ => Reason::Unsupported,
    }
}

/// By which policy, according to the message of
/// [an access denied error](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
fn denied_by(message: &str) -> Reason {
    let message = message.to_ascii_lowercase();
    if message.contains("service control policy") || message.contains("resource control policy") {
        Reason::DeniedByOrganizationPolicy
    } else if message.contains("resource-based policy") {
        Reason::DeniedByResourcePolicy
    } else if message.contains("identity-based policy")
        || message.contains("permissions boundary")
        || message.contains("session policy")
    {
        Reason::DeniedByIdentityPolicy
    } else {
        Reason::Denied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_distinguished() {
        for (code, message, status, expected) in [
            ("AccessDenied", "User: x is not authorized to perform: y", 403, Reason::Denied),
            (
                "AccessDenied",
                "… with an explicit deny in a service control policy",
                403,
                Reason::DeniedByOrganizationPolicy,
            ),
            (
                "AccessDenied",
                "… no identity-based policy allows the s3:x action",
                403,
                Reason::DeniedByIdentityPolicy,
            ),
            (
                "AccessDenied",
                "… with an explicit deny in a resource-based policy",
                403,
                Reason::DeniedByResourcePolicy,
            ),
            ("SlowDown", "", 503, Reason::Throttled),
            ("Throttling", "", 400, Reason::Throttled),
            ("ExpiredToken", "", 400, Reason::Credentials),
            ("InvalidSignatureException", "Signature expired", 400, Reason::Credentials),
            ("InternalError", "", 500, Reason::ServerError),
            ("", "", 503, Reason::ServerError),
            ("", "", 403, Reason::Denied),
            ("", "", 200, Reason::Malformed),
            ("NoSuchBucketPolicy", "", 404, Reason::Unsupported),
        ] {
            assert_eq!(by_code(code, message, status), expected, "{code} {status}");
        }
    }

    #[test]
    fn every_throttle_is_one_whatever_its_status() {
        for code in THROTTLES.iter().copied().chain(["Throttling.User", "Throttling.Api"]) {
            for status in [400, 403, 429, 503] {
                assert_eq!(by_code(code, "", status), Reason::Throttled, "{code} {status}");
            }
        }
    }
}
