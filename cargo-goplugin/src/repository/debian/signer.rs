//! The keys of a keyring that may have made a signature, and whether each was meant for that: bound
//! to its certificate, allowed to sign, in force and not revoked (RFC 9580, sections 5.2.3 and 10.1).

use pgp::composed::{SignedPublicKey, SignedPublicSubKey};
use pgp::packet::{Signature, SignatureType};
use pgp::ser::Serialize;
use pgp::types::{KeyDetails, PublicParams, Tag};

use super::signature::Refusal;

/// Shorter RSA keys are not trusted, whoever has them.
const RSA_BITS: u16 = 2048;

/// A key that a signature names as its maker.
pub(super) enum Signer<'a> {
    /// A certificate's own key.
    Primary(&'a SignedPublicKey),
    /// A key bound to a certificate.
    Subkey(&'a SignedPublicKey, &'a SignedPublicSubKey),
}

/// The keys that `signature` may be by: those that it names, or all if it names none.
pub(super) fn signers<'a>(keys: &'a [SignedPublicKey], signature: &Signature) -> Vec<Signer<'a>> {
    let all = keys.iter().flat_map(|key| {
        let subkeys = key.public_subkeys.iter().map(move |subkey| Signer::Subkey(key, subkey));
        std::iter::once(Signer::Primary(key)).chain(subkeys)
    });
    all.filter(|signer| is_named(signature, signer.key())).collect()
}

fn is_named(signature: &Signature, key: &dyn KeyDetails) -> bool {
    let (ids, fingerprints) = (signature.issuer_key_id(), signature.issuer_fingerprint());
    let by_id = || ids.contains(&&key.legacy_key_id());
    let by_fingerprint = || fingerprints.contains(&&key.fingerprint());
    (ids.is_empty() && fingerprints.is_empty()) || by_id() || by_fingerprint()
}

impl<'a> Signer<'a> {
    /// The certificate's own key, by which the certificate is known.
    pub(super) fn primary(&self) -> &'a SignedPublicKey {
        match self {
            Self::Primary(certificate) | Self::Subkey(certificate, _) => certificate,
        }
    }

    /// The key that signs.
    fn key(&self) -> &'a dyn KeyDetails {
        match self {
            Self::Primary(certificate) => &certificate.primary_key,
            Self::Subkey(_, subkey) => &subkey.key,
        }
    }

    /// The fingerprint of the key that signs, as people see it.
    pub(super) fn fingerprint(&self) -> String {
        format!("{:X}", self.key().fingerprint())
    }

    /// Whether the key made this signature over these bytes.
    pub(super) fn verify(&self, signature: &Signature, signed: &[u8]) -> Result<(), Refusal> {
        match self {
            Self::Primary(certificate) => signature.verify(&certificate.primary_key, signed),
            Self::Subkey(_, subkey) => signature.verify(&subkey.key, signed),
        }
        .map_err(|_| Refusal::Wrong)
    }

    /// Whether the key may be relied on at `now` for a signature `made` then: both in seconds since
    /// 1970.
    pub(super) fn check(&self, made: u64, now: u64) -> Result<(), Refusal> {
        let certificate = self.primary();
        check_strength(self.key())?;
        if is_revoked(certificate) {
            return Err(Refusal::Forbidden("the key is revoked".to_owned()));
        }
        let own = newest(self_signatures(certificate))
            .ok_or_else(|| Refusal::Forbidden("the key is not bound to its owner".to_owned()))?;
        check_times(&certificate.primary_key, own, made, now)?;
        let grant = match self {
            Self::Primary(_) => own,
            Self::Subkey(_, subkey) => {
                let binding = check_subkey(certificate, subkey)?;
                check_times(&subkey.key, binding, made, now)?;
                binding
            }
        };
        if grant.key_flags().sign() {
            Ok(())
        } else {
            Err(Refusal::Forbidden("the key is not meant for signing".to_owned()))
        }
    }
}

/// The newest signature that binds the subkey, made by both sides; a revocation undoes them all.
fn check_subkey<'a>(
    certificate: &SignedPublicKey,
    subkey: &'a SignedPublicSubKey,
) -> Result<&'a Signature, Refusal> {
    let primary = &certificate.primary_key;
    let valid =
        |signature: &&Signature| signature.verify_subkey_binding(primary, &subkey.key).is_ok();
    let of_type = |wanted| subkey.signatures.iter().filter(move |s| s.typ() == Some(wanted));
    if of_type(SignatureType::SubkeyRevocation).any(|revocation| valid(&revocation)) {
        return Err(Refusal::Forbidden("the key is revoked".to_owned()));
    }
    let back_signed = |signature: &&Signature| {
        let back = signature.embedded_signature();
        back.is_some_and(|back| back.verify_primary_key_binding(&subkey.key, primary).is_ok())
    };
    newest(of_type(SignatureType::SubkeyBinding).filter(valid).filter(back_signed))
        .ok_or_else(|| Refusal::Forbidden("the key is not bound to its certificate".to_owned()))
}

/// What the certificate says about itself. Signatures by others say nothing that matters here.
fn self_signatures(certificate: &SignedPublicKey) -> impl Iterator<Item = &Signature> {
    let primary = &certificate.primary_key;
    let users = certificate.details.users.iter().flat_map(move |user| {
        let certifies = |s: &&Signature| {
            s.typ() != Some(SignatureType::CertRevocation)
                && s.verify_certification(primary, Tag::UserId, &user.id).is_ok()
        };
        user.signatures.iter().filter(certifies).collect::<Vec<_>>()
    });
    let direct = certificate.details.direct_signatures.iter();
    users.chain(direct.filter(move |s| s.verify_key(primary).is_ok()))
}

fn is_revoked(certificate: &SignedPublicKey) -> bool {
    let mut revocations = certificate.details.revocation_signatures.iter();
    revocations.any(|revocation| revocation.verify_key(&certificate.primary_key).is_ok())
}

fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| signature.created().map(pgp::types::Timestamp::as_secs))
}

fn check_times(
    key: &dyn KeyDetails,
    binding: &Signature,
    made: u64,
    now: u64,
) -> Result<(), Refusal> {
    let created = u64::from(key.created_at().as_secs());
    if made < created {
        return Err(Refusal::Forbidden("it is older than its key".to_owned()));
    }
    let lifetime = binding.key_expiration_time().map_or(0, |time| u64::from(time.as_secs()));
    if lifetime != 0 && created + lifetime < now {
        return Err(Refusal::Expired("the key has expired".to_owned()));
    }
    Ok(())
}

fn check_strength(key: &dyn KeyDetails) -> Result<(), Refusal> {
    match key.public_params() {
        PublicParams::RSA(params) => {
            // The modulus comes first, as a number with its length in bits before it.
            let mut bytes = Vec::new();
            let written = params.to_writer(&mut bytes);
            let bits = bytes.first_chunk().map_or(0, |bits| u16::from_be_bytes(*bits));
            if written.is_err() || bits < RSA_BITS {
                return Err(Refusal::Forbidden(format!("its RSA key has only {bits} bits")));
            }
            Ok(())
        }
        PublicParams::ECDSA(_)
        | PublicParams::EdDSALegacy(_)
        | PublicParams::Ed25519(_)
        | PublicParams::Ed448(_) => Ok(()),
        PublicParams::DSA(_)
        | PublicParams::Elgamal(_)
        | PublicParams::ECDH(_)
        | PublicParams::X25519(_)
        | PublicParams::X448(_)
        | PublicParams::Unknown { .. } => {
            Err(Refusal::Forbidden(format!("its key is of kind {:?}", key.algorithm())))
        }
    }
}
