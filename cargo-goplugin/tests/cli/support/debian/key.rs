//! Signing keys, made once per test process.

use std::sync::LazyLock;

use pgp::composed::{
    ArmorOptions, CleartextSignedMessage, KeyType, SecretKeyParamsBuilder, SignedPublicKey,
    SignedSecretKey,
};
use pgp::types::Password;
use rand::rngs::OsRng;

/// A key that signs repositories.
pub(crate) struct Key(SignedSecretKey);

static ARCHIVE: LazyLock<Key> = LazyLock::new(|| Key::generate("Archive <archive@example.org>"));
static STRANGER: LazyLock<Key> = LazyLock::new(|| Key::generate("Stranger <stranger@example.org>"));

impl Key {
    /// The key that the fake world trusts.
    pub(crate) fn archive() -> &'static Self {
        &ARCHIVE
    }

    /// A key that nobody trusts.
    pub(crate) fn stranger() -> &'static Self {
        &STRANGER
    }

    fn generate(user: &str) -> Self {
        let params = SecretKeyParamsBuilder::default()
            .key_type(KeyType::Ed25519Legacy)
            .can_certify(true)
            .can_sign(true)
            .primary_user_id(user.to_owned())
            .build()
            .unwrap();
        Self(params.generate(OsRng).unwrap())
    }

    /// The public key, in ASCII armour: what `keyring` names in a manifest.
    pub(crate) fn keyring(&self) -> String {
        SignedPublicKey::from(self.0.clone()).to_armored_string(ArmorOptions::default()).unwrap()
    }

    /// `text` with a signature around it, as `InRelease` has it.
    pub(crate) fn clear_sign(&self, text: &str) -> String {
        let password = Password::empty();
        CleartextSignedMessage::sign(OsRng, text, &self.0.primary_key, &password)
            .and_then(|message| message.to_armored_string(ArmorOptions::default()))
            .unwrap()
    }
}
