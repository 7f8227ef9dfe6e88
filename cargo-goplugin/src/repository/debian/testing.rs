//! Keys and signatures for tests: made from a seed, so that they are the same in each run.

use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, SignedKeyDetails, SignedPublicKey, SignedPublicSubKey,
};
use pgp::crypto::ed25519::{Mode, SecretKey as Ed25519};
use pgp::crypto::eddsa_legacy::SecretKey as Legacy;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::packet::{
    KeyFlags, PubKeyInner, PublicKey, PublicSubkey, SecretKey, SecretSubkey, Signature,
    SignatureConfig, SignatureType, Subpacket, SubpacketData, UserId,
};
use pgp::ser::Serialize;
use pgp::types::{
    Duration, KeyDetails, KeyVersion, PacketHeaderVersion, Password, PlainSecretParams,
    PublicParams, SecretParams, SignedUser, SigningKey, Tag, Timestamp,
};

/// When every test key was made and every text was signed, unless a test says otherwise.
pub(super) const MADE: u32 = 1_700_000_000;

/// A certificate with one subkey, and the secrets of both.
pub(super) struct TestKey {
    pub(super) primary: SecretKey,
    pub(super) subkey: SecretSubkey,
}

/// What the certificate says about its two keys.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing a test changes")]
pub(super) struct Claims {
    pub(super) primary_signs: bool,
    pub(super) subkey_signs: bool,
    pub(super) back_signed: bool,
    /// Seconds that both keys last; 0 for ever.
    pub(super) lifetime: u32,
    pub(super) primary_revoked: bool,
    pub(super) subkey_revoked: bool,
}

impl Default for Claims {
    fn default() -> Self {
        Self {
            primary_signs: true,
            subkey_signs: true,
            back_signed: true,
            lifetime: 0,
            primary_revoked: false,
            subkey_revoked: false,
        }
    }
}

impl TestKey {
    pub(super) fn new(seed: u8) -> Self {
        let (inner, secret) = pair(seed);
        let primary = SecretKey::new(PublicKey::from_inner(inner).unwrap(), secret).unwrap();
        let (inner, secret) = pair(seed.wrapping_add(100));
        let subkey = SecretSubkey::new(PublicSubkey::from_inner(inner).unwrap(), secret).unwrap();
        Self { primary, subkey }
    }

    /// The public certificate, as a keyring holds it.
    pub(super) fn certificate(&self, claims: Claims) -> Vec<u8> {
        let mut revocations = Vec::new();
        if claims.primary_revoked {
            let config = config(&self.primary, SignatureType::KeyRevocation, vec![]);
            revocations
                .push(config.sign_key(&self.primary, &no_password(), &self.public()).unwrap());
        }
        let user =
            UserId::from_str(PacketHeaderVersion::default(), "Test <test@example.com>").unwrap();
        let own = config(
            &self.primary,
            SignatureType::CertPositive,
            vec![flags(claims.primary_signs), lifetime(claims.lifetime)],
        );
        let own = own
            .sign_certification(&self.primary, &self.public(), &no_password(), Tag::UserId, &user)
            .unwrap();
        let details = SignedKeyDetails::new(
            revocations,
            vec![],
            vec![SignedUser::new(user, vec![own])],
            vec![],
        );
        let subkey = SignedPublicSubKey::new(self.public_subkey(), self.bindings(claims));
        let certificate = SignedPublicKey::new(self.public(), details, vec![subkey]);
        certificate.to_bytes().unwrap()
    }

    fn bindings(&self, claims: Claims) -> Vec<Signature> {
        let mut says = vec![flags(claims.subkey_signs), lifetime(claims.lifetime)];
        if claims.back_signed {
            let back = config(&self.subkey, SignatureType::KeyBinding, vec![]);
            let back = back
                .sign_primary_key_binding(
                    &self.subkey,
                    &self.public_subkey(),
                    &no_password(),
                    &self.public(),
                )
                .unwrap();
            says.push(SubpacketData::EmbeddedSignature(Box::new(back)));
        }
        let bind = |typ, says| {
            config(&self.primary, typ, says)
                .sign_subkey_binding(
                    &self.primary,
                    &self.public(),
                    &no_password(),
                    &self.public_subkey(),
                )
                .unwrap()
        };
        let mut bindings = vec![bind(SignatureType::SubkeyBinding, says)];
        if claims.subkey_revoked {
            bindings.push(bind(SignatureType::SubkeyRevocation, vec![]));
        }
        bindings
    }

    pub(super) fn fingerprint(&self) -> String {
        format!("{:X}", self.primary.fingerprint())
    }

    fn public(&self) -> PublicKey {
        self.primary.public_key().clone()
    }

    fn public_subkey(&self) -> PublicSubkey {
        self.subkey.public_key().clone()
    }
}

/// Signs a text as `InRelease` files are signed.
pub(super) fn clear_sign(text: &str, key: &impl SigningKey) -> Vec<u8> {
    clear_sign_as(text, key, |_| ())
}

/// The same, with something about the signature changed.
pub(super) fn clear_sign_as(
    text: &str,
    key: &impl SigningKey,
    change: impl FnOnce(&mut SignatureConfig),
) -> Vec<u8> {
    let mut config = config(key, SignatureType::Text, vec![]);
    change(&mut config);
    let message = CleartextSignedMessage::new(text, config, key, &no_password()).unwrap();
    message.to_armored_bytes(ArmorOptions::default()).unwrap()
}

pub(super) fn regular(data: SubpacketData) -> Subpacket {
    Subpacket::regular(data).unwrap()
}

fn config(key: &impl SigningKey, typ: SignatureType, says: Vec<SubpacketData>) -> SignatureConfig {
    let mut config = SignatureConfig::v4(typ, key.algorithm(), HashAlgorithm::Sha512);
    let made = SubpacketData::SignatureCreationTime(Timestamp::from_secs(MADE));
    let by = SubpacketData::IssuerFingerprint(key.fingerprint());
    config.hashed_subpackets = [made, by].into_iter().chain(says).map(regular).collect();
    config
}

fn flags(sign: bool) -> SubpacketData {
    let mut flags = KeyFlags::default();
    flags.set_certify(true);
    flags.set_sign(sign);
    SubpacketData::KeyFlags(flags)
}

fn lifetime(seconds: u32) -> SubpacketData {
    SubpacketData::KeyExpirationTime(Duration::from_secs(seconds))
}

fn pair(seed: u8) -> (PubKeyInner, SecretParams) {
    let secret = Ed25519::try_from_bytes([seed; 32], Mode::EdDSALegacy).unwrap();
    let public = PublicParams::EdDSALegacy((&secret).into());
    let inner = PubKeyInner::new(
        KeyVersion::V4,
        PublicKeyAlgorithm::EdDSALegacy,
        Timestamp::from_secs(MADE),
        None,
        public,
    );
    (inner.unwrap(), SecretParams::Plain(PlainSecretParams::EdDSALegacy(Legacy::Ed25519(secret))))
}

fn no_password() -> Password {
    Password::empty()
}
