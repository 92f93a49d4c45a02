//! `keys.strength`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "the key is of an algorithm or of a strength that the user does not accept, so that it was not generated \
                     by the user's rules";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "keys.strength",
    life: since("0.2.0"),
    title: "Encryption keys use an accepted algorithm and strength",
    finding: "Encryption key has a weak or unaccepted algorithm",
    keywords: &[
        "KMS",
        "key spec",
        "Key Vault",
        "key type",
        "key size",
        "RSA",
        "elliptic curve",
        "secp256k1",
        "security strength",
    ],
    severity: Medium,
    rationale: "The algorithm and size of a key bound how well it protects anything. Neither can \
                be changed later: a weak key must be replaced, and what it encrypted must be \
                encrypted again.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Create a key of an accepted key spec, let its users change to it, then \
                       disable the old key. If the algorithm is intended, add it to \
                       `accepted-algorithms` of this control.",
                console: "KMS → Customer managed keys → Create key",
                command: Change("aws kms create-key --key-spec <spec> --key-usage <usage>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Create a key of an accepted type and size, let its users change to it, then \
                       disable the old key. If the algorithm is intended, add it to \
                       `accepted-algorithms` of this control.",
                console: "Key vaults → the vault → Objects → Keys → Generate/Import",
                command: Inspect("az resource show --ids <key-id>"),
            },
        ),
    ],
    references: &[
        "https://doi.org/10.6028/NIST.SP.800-57pt1r5",
        "https://doi.org/10.6028/NIST.FIPS.186-5",
        "https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html",
        "https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-04", Partial(SHOWS)),
        ccm41("CEK-10", Partial(SHOWS)),
        mcsb1("DP-6", Supporting),
    ],
    test: Test {
        reads: &[Key::STATE, Key::ALGORITHM, Key::STRENGTH_BITS],
        params: &[Param::Count(&LEAST), Param::Names(&ACCEPTED)],
        check: Check::Key(check),
        examples: Examples {
            pass: |scope| scope.keys.items.push(key(KeyAlgorithm::Aes, 256)),
            fail: |scope| scope.keys.items.push(key(KeyAlgorithm::Rsa, 80)),
        },
    },
};

static LEAST: Count = Count {
    name: "min-strength",
    doc: "The minimum security strength in bits, as in NIST SP 800-57 Part 1; exactly this many pass. RSA with 2048 bits has 112, which NIST accepts until 2030, RSA with 3072 bits and P-256 have 128.",
    default: 112,
};

static ACCEPTED: Names = Names {
    name: "accepted-algorithms",
    doc: "The accepted algorithms, not case-sensitive: `aes`, `rsa`, `nist-curve`, `edwards25519`, `secp256k1`, `hmac`, `ml-dsa`, `ml-kem`, `sm2`, `sm4`. Any other fails. The default is those that NIST approves for general use, and SM2 and SM4, which providers offer in China only.",
    default: &[
        "aes",
        "rsa",
        "nist-curve",
        "edwards25519",
        "hmac",
        "ml-dsa",
        "ml-kem",
        "sm2",
        "sm4",
    ],
};

fn check(key: &Key, context: &Context<'_>) -> CheckResult {
    match key.state.known()? {
        KeyState::Enabled | KeyState::Unavailable => {}
        KeyState::Disabled => return not_applicable("it is disabled"),
        KeyState::PendingDeletion => return not_applicable("it is pending deletion"),
    }
    let accepted = context.names(&ACCEPTED);
    let least = context.count(&LEAST);
    let algorithm =
        key.algorithm.map(|one| accepted.iter().any(|name| name.eq_ignore_ascii_case(one.name())));
    // One certain reason to fail will do.
    if algorithm == Known(false) {
        let found = key.algorithm.known()?.name();
        return fail(Key::ALGORITHM, found, format!("one of {}", accepted.join(", ")));
    }
    if let Known(bits) = key.strength_bits
        && bits < least
    {
        return fail(Key::STRENGTH_BITS, bits.to_string(), format!("at least {least}"));
    }
    algorithm.known()?;
    key.strength_bits.known()?;
    pass()
}

fn key(algorithm: KeyAlgorithm, bits: u32) -> Key {
    Key::unread("arn:aws:kms:us-east-1:123456789012:key/1", "1", Some("us-east-1"))
        .state(Known(KeyState::Enabled))
        .algorithm(Known(algorithm))
        .strength_bits(Known(bits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(key: Key) -> impl FnOnce(&mut Scope) {
        move |scope| scope.keys.items.push(key)
    }

    #[test]
    fn verdicts() {
        use KeyAlgorithm::*;
        for (algorithm, bits) in [(Aes, 256), (Rsa, 112), (NistCurve, 128), (Sm4, 128)] {
            assert_passes(&CONTROL, with(key(algorithm, bits)));
        }
        assert_fails(&CONTROL, with(key(Secp256k1, 128)));
        assert_fails(&CONTROL, with(key(Rsa, 111)));
    }

    #[test]
    fn one_certain_reason_fails_and_none_passes_alone() {
        use KeyAlgorithm::*;
        assert_fails(&CONTROL, with(key(Secp256k1, 128).strength_bits(denied())));
        assert_fails(&CONTROL, with(key(Rsa, 80).algorithm(denied())));
        assert_unknown(&CONTROL, with(key(Rsa, 128).algorithm(denied())));
        assert_unknown(&CONTROL, with(key(Rsa, 128).strength_bits(denied())));
        assert_unknown(&CONTROL, with(key(Rsa, 80).state(denied())));
        assert_fails(&CONTROL, with(key(Rsa, 80).state(Known(KeyState::Unavailable))));
        for state in [KeyState::Disabled, KeyState::PendingDeletion] {
            assert_not_applicable(&CONTROL, with(key(Rsa, 80).state(Known(state))));
        }
    }

    #[test]
    fn the_user_decides_what_is_accepted() {
        use KeyAlgorithm::*;
        let names = [("accepted-algorithms", Value::Names(vec!["SECP256K1".to_owned()]))];
        let judge = |key: Key| judged_with(&CONTROL, &world(with(key)), &names);
        assert_eq!(judge(key(Secp256k1, 128)), [Ok(Verdict::Pass)]);
        assert!(matches!(judge(key(Aes, 256))[..], [Ok(Verdict::Fail(_))]));
        let strong = [("min-strength", Value::Number(128))];
        let judge = |bits| judged_with(&CONTROL, &world(with(key(Rsa, bits))), &strong);
        assert!(matches!(judge(112)[..], [Ok(Verdict::Fail(_))]));
        assert_eq!(judge(128), [Ok(Verdict::Pass)]);
    }
}
