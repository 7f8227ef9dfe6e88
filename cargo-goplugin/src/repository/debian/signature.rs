//! Whether an `InRelease` file is signed by a key that is trusted. rPGP does the mathematics; which
//! keys, digests, times and purposes will do is decided here, as `gpgv` and `sqv` decide it.

use data_encoding::HEXUPPER;
use pgp::composed::{CleartextSignedMessage, Deserializable, SignedPublicKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::types::KeyDetails;

use super::signer::{Signer, signers};
use crate::error::{Error, ErrorId, Result};

/// How far a signer's clock may run before ours, in seconds.
const SLACK: u64 = 3600;
const ARMOR: &[u8] = b"-----BEGIN PGP PUBLIC KEY BLOCK-----";
const CLEAR_SIGNED: &[u8] = b"-----BEGIN PGP SIGNED MESSAGE-----";

/// A text that a trusted key signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was signed, and nothing else: with plain line ends, without escapes.
    pub text: String,
    /// The primary fingerprint of the certificate that signed, in upper-case hexadecimal.
    pub fingerprint: String,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The bytes are not what the key signed.
    Wrong,
    /// The key or the signature is past its time.
    Expired(String),
    /// The policy does not allow it.
    Forbidden(String),
}

/// Verifies a clear-signed message (RFC 9580, section 7) with the keys of `keyring`:
/// certificates one after the other, binary or armoured. One good signature is enough. `now` is in
/// seconds since 1970.
pub fn verify_clearsigned(inrelease: &[u8], keyring: &[u8], now: u64) -> Result<Verified> {
    let keys = read_keyring(keyring)?;
    if !inrelease.starts_with(CLEAR_SIGNED) {
        return Err(refused("the file is not clear-signed"));
    }
    // rPGP's own words can hold the whole file.
    let (message, _) = CleartextSignedMessage::from_armor(inrelease)
        .map_err(|_| refused("the file starts as a clear-signed one, but is damaged"))?;
    let text = message.signed_text();
    let mut refusals = Vec::new();
    for signature in message.signatures() {
        for signer in signers(&keys, signature) {
            match check(signature, &signer, text.as_bytes(), now) {
                Ok(()) => {
                    return Ok(Verified {
                        text: text.replace("\r\n", "\n"),
                        fingerprint: format!("{:X}", signer.primary().fingerprint()),
                    });
                }
                Err(refusal) => refusals.push((signer.fingerprint(), refusal)),
            }
        }
    }
    Err(most_telling(message.signatures(), &refusals))
}

fn check(signature: &Signature, signer: &Signer<'_>, text: &[u8], now: u64) -> Result<(), Refusal> {
    match signature.typ() {
        Some(SignatureType::Binary | SignatureType::Text) => {}
        other => return Err(Refusal::Forbidden(format!("it is a signature of type {other:?}"))),
    }
    match signature.hash_alg() {
        Some(HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512) => {}
        other => {
            let digest = other.map_or_else(|| "?".to_owned(), |digest| digest.to_string());
            return Err(Refusal::Forbidden(format!("it uses the digest {digest}")));
        }
    }
    // Whatever else is wrong with a signature that does not fit, that it does not fit comes first.
    signer.verify(signature, text)?;
    let made = signature.created().map(|time| u64::from(time.as_secs()));
    let made = made.ok_or_else(|| Refusal::Forbidden("it has no date".to_owned()))?;
    if made > now.saturating_add(SLACK) {
        return Err(Refusal::Forbidden("it was made in the future".to_owned()));
    }
    let lifetime =
        signature.signature_expiration_time().map_or(0, |time| u64::from(time.as_secs()));
    if lifetime != 0 && made + lifetime < now {
        return Err(Refusal::Expired("the signature has expired".to_owned()));
    }
    signer.check(made, now)
}

fn read_keyring(bytes: &[u8]) -> Result<Vec<SignedPublicKey>> {
    let keys: Vec<_> = armored_blocks(bytes)
        .into_iter()
        .filter_map(|block| SignedPublicKey::from_reader_many(block).ok())
        .flat_map(|(keys, _)| keys.filter_map(std::result::Result::ok).collect::<Vec<_>>())
        .collect();
    if keys.is_empty() {
        return Err(refused("the keyring holds no OpenPGP key"));
    }
    Ok(keys)
}

/// Binary keyrings are one block; a file may hold several armoured ones.
fn armored_blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let is_start =
        |at: &usize| bytes[*at..].starts_with(ARMOR) && (*at == 0 || bytes[at - 1] == b'\n');
    let starts: Vec<_> = (0..bytes.len()).filter(is_start).collect();
    if starts.is_empty() {
        return vec![bytes];
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| &bytes[*start..end]).collect()
}

/// Why none of the signatures counts, in the words of the refusal that says most.
fn most_telling(signatures: &[Signature], refusals: &[(String, Refusal)]) -> Error {
    if refusals.is_empty() {
        let mut ids: Vec<_> = signatures.iter().map(named_issuer).collect();
        ids.sort();
        ids.dedup();
        return refused(format!("no trusted key signed it; it is signed by {}", ids.join(", ")))
            .hint(
                "name a file with the right keys as `keyring` in the manifest, if you trust them",
            );
    }
    let find = |wanted: fn(&Refusal) -> bool| refusals.iter().find(|(_, refusal)| wanted(refusal));
    let (id, refusal) = find(|refusal| matches!(refusal, Refusal::Expired(_)))
        .or_else(|| find(|refusal| matches!(refusal, Refusal::Forbidden(_))))
        .unwrap_or(&refusals[0]);
    match refusal {
        Refusal::Wrong => {
            refused(format!("the signature by key {id} is wrong: the text is not what was signed"))
        }
        Refusal::Expired(why) => {
            refused(format!("the signature by key {id} is no longer valid: {why}"))
        }
        Refusal::Forbidden(why) => {
            refused(format!("the signature by key {id} does not count: {why}"))
        }
    }
}

fn named_issuer(signature: &Signature) -> String {
    let fingerprint = signature.issuer_fingerprint().first().map(|print| format!("{print:X}"));
    let id = || signature.issuer_key_id().first().map(|id| HEXUPPER.encode(id.as_ref()));
    fingerprint.or_else(id).unwrap_or_else(|| "a key that is not named".to_owned())
}

fn refused(why: impl Into<String>) -> Error {
    Error::new(ErrorId::Signature, "could not verify the signature of the Release file")
        .because(why)
}

#[cfg(test)]
mod tests;
