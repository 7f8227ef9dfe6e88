use pgp::composed::ArmorOptions;
use pgp::packet::{SignatureConfig, SignatureType, SubpacketData};
use pgp::types::{Duration, Timestamp};

use super::super::testing::{Claims, MADE, TestKey, clear_sign, clear_sign_as, regular};
use super::*;

const TEXT: &str = "Origin: Test\n- dash\nDate: x\n";
const NOW: u64 = MADE as u64 + 1000;

fn verify(message: &[u8], keyring: &[u8], now: u64) -> Result<Verified, String> {
    verify_clearsigned(message, keyring, now).map_err(|error| {
        assert_eq!(error.id(), ErrorId::Signature);
        error.causes().join(": ")
    })
}

#[test]
fn a_text_signed_by_a_trusted_key_comes_out_as_it_was_signed() {
    let key = TestKey::new(1);
    let keyring = key.certificate(Claims::default());
    for message in [clear_sign(TEXT, &key.primary), clear_sign(TEXT, &key.subkey)] {
        let verified = verify(&message, &keyring, NOW).unwrap();
        assert_eq!(verified.text, TEXT);
        assert_eq!(verified.fingerprint, key.fingerprint());
    }
}

#[test]
fn keyrings_may_be_armoured_and_hold_several_keys() {
    let (one, two) = (TestKey::new(1), TestKey::new(2));
    let message = clear_sign(TEXT, &two.subkey);
    let (a, b) = (one.certificate(Claims::default()), two.certificate(Claims::default()));
    let binary = [a.clone(), b.clone()].concat();
    let armoured = [armour(&a), b"a comment\n".to_vec(), armour(&b)].concat();
    for keyring in [binary, armoured] {
        assert_eq!(verify(&message, &keyring, NOW).unwrap().fingerprint, two.fingerprint());
    }
}

fn armour(certificate: &[u8]) -> Vec<u8> {
    let key = SignedPublicKey::from_bytes(certificate).unwrap();
    key.to_armored_bytes(ArmorOptions::default()).unwrap()
}

#[test]
fn a_changed_text_is_refused() {
    let key = TestKey::new(1);
    let keyring = key.certificate(Claims::default());
    let message = String::from_utf8(clear_sign(TEXT, &key.subkey)).unwrap();
    let changed = message.replace("Origin: Test", "Origin: Tost");
    assert!(verify(changed.as_bytes(), &keyring, NOW).unwrap_err().contains("is wrong"));
}

#[test]
fn what_stands_around_the_signed_text_is_refused() {
    let key = TestKey::new(1);
    let keyring = key.certificate(Claims::default());
    let message = String::from_utf8(clear_sign(TEXT, &key.subkey)).unwrap();
    for (bad, why) in [
        (TEXT.to_owned(), "not clear-signed"),
        (String::new(), "not clear-signed"),
        (format!("Origin: Evil\n\n{message}"), "not clear-signed"),
        (format!("{message}Origin: Evil\n"), "damaged"),
        (message.replacen("Hash:", "Hush:", 1), "damaged"),
        (message[..message.len() / 2].to_owned(), "damaged"),
    ] {
        let refused = verify(bad.as_bytes(), &keyring, NOW).unwrap_err();
        assert!(refused.contains(why), "{why}: {refused}");
    }
    let not_text = [message.as_bytes(), b"\xff"].concat();
    assert!(verify(&not_text, &keyring, NOW).is_err());
}

#[test]
fn an_unknown_key_is_named() {
    let (known, unknown) = (TestKey::new(1), TestKey::new(2));
    let message = clear_sign(TEXT, &unknown.primary);
    let refused = verify(&message, &known.certificate(Claims::default()), NOW).unwrap_err();
    assert!(refused.contains("no trusted key signed it"), "{refused}");
    assert!(refused.contains(&unknown.fingerprint()), "{refused}");
}

#[test]
fn a_key_must_be_meant_for_it_and_in_force() {
    let claims = Claims::default();
    let late = NOW + 1000;
    for (claims, now, primary, subkey) in [
        (claims, NOW, None, None),
        (Claims { primary_signs: false, ..claims }, NOW, Some("not meant for signing"), None),
        (Claims { subkey_signs: false, ..claims }, NOW, None, Some("not meant for signing")),
        (Claims { back_signed: false, ..claims }, NOW, None, Some("not bound")),
        (Claims { lifetime: 1500, ..claims }, NOW, None, None),
        (Claims { lifetime: 1500, ..claims }, late, Some("has expired"), Some("has expired")),
        (Claims { primary_revoked: true, ..claims }, NOW, Some("is revoked"), Some("is revoked")),
        (Claims { subkey_revoked: true, ..claims }, NOW, None, Some("is revoked")),
    ] {
        let key = TestKey::new(1);
        let keyring = key.certificate(claims);
        let by_primary = verify(&clear_sign(TEXT, &key.primary), &keyring, now);
        let by_subkey = verify(&clear_sign(TEXT, &key.subkey), &keyring, now);
        for (verified, expected) in [(by_primary, primary), (by_subkey, subkey)] {
            match expected {
                None => assert!(verified.is_ok(), "{verified:?}"),
                Some(why) => assert!(verified.unwrap_err().contains(why), "{why}"),
            }
        }
    }
}

#[test]
fn a_subkey_of_another_certificate_is_not_bound() {
    let (trusted, other) = (TestKey::new(1), TestKey::new(2));
    let mixed = TestKey { primary: trusted.primary, subkey: other.subkey };
    let mut certificate =
        SignedPublicKey::from_bytes(&mixed.certificate(Claims::default())[..]).unwrap();
    let own =
        SignedPublicKey::from_bytes(&TestKey::new(2).certificate(Claims::default())[..]).unwrap();
    certificate.public_subkeys = own.public_subkeys;
    let keyring = pgp::ser::Serialize::to_bytes(&certificate).unwrap();
    let refused = verify(&clear_sign(TEXT, &mixed.subkey), &keyring, NOW).unwrap_err();
    assert!(refused.contains("not bound"), "{refused}");
}

type Change<'a> = Box<dyn Fn(&mut SignatureConfig) + 'a>;

#[test]
fn signatures_of_the_wrong_kind_or_time_do_not_count() {
    let key = TestKey::new(1);
    let keyring = key.certificate(Claims::default());
    let made_at =
        |seconds| regular(SubpacketData::SignatureCreationTime(Timestamp::from_secs(seconds)));
    let cases: Vec<(Change<'_>, Option<&str>)> = vec![
        (Box::new(|c| c.typ = SignatureType::Binary), None),
        (Box::new(|c| c.hash_alg = HashAlgorithm::Sha256), None),
        (Box::new(|c| c.hash_alg = HashAlgorithm::Sha384), None),
        (Box::new(|c| c.hash_alg = HashAlgorithm::Sha3_256), Some("uses the digest")),
        (Box::new(|c| c.hashed_subpackets[0] = made_at(MADE + 4000)), None),
        (Box::new(|c| c.hashed_subpackets[0] = made_at(MADE + 5000)), Some("in the future")),
        (Box::new(|c| c.hashed_subpackets[0] = made_at(MADE - 1)), Some("older than its key")),
        (Box::new(|c| drop(c.hashed_subpackets.remove(0))), Some("no date")),
        (Box::new(|c| c.hashed_subpackets.push(lasting(2000))), None),
        (Box::new(|c| c.hashed_subpackets.push(lasting(500))), Some("signature has expired")),
    ];
    for (change, why) in cases {
        let message = clear_sign_as(&TEXT.replace('\n', "\r\n"), &key.primary, change);
        let verified = verify(&message, &keyring, NOW);
        match why {
            None => assert_eq!(verified.unwrap().text, TEXT),
            Some(why) => assert!(verified.unwrap_err().contains(why), "{why}"),
        }
    }
}

#[test]
fn a_signature_made_for_something_else_does_not_count() {
    let key = TestKey::new(1);
    let keyring = key.certificate(Claims::default());
    let certificate = SignedPublicKey::from_bytes(&keyring[..]).unwrap();
    let of_user = certificate.details.users[0].signatures[0].clone();
    let message = CleartextSignedMessage::new_many(TEXT, |_| Ok(vec![of_user])).unwrap();
    let message = message.to_armored_bytes(ArmorOptions::default()).unwrap();
    let refused = verify(&message, &keyring, NOW).unwrap_err();
    assert!(refused.contains("signature of type"), "{refused}");
}

fn lasting(seconds: u32) -> pgp::packet::Subpacket {
    regular(SubpacketData::SignatureExpirationTime(Duration::from_secs(seconds)))
}

#[test]
fn short_rsa_keys_are_refused() {
    let message = include_bytes!("testdata/rsa1024.txt");
    let refused =
        verify(message, include_bytes!("testdata/rsa1024.asc"), 2_000_000_000).unwrap_err();
    assert!(refused.contains("only 1024 bits"), "{refused}");
}

#[test]
fn a_keyring_without_keys_is_no_keyring() {
    let message = clear_sign(TEXT, &TestKey::new(1).primary);
    for bad in [&b""[..], b"no keys", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nxx\n"] {
        assert!(verify(&message, bad, NOW).unwrap_err().contains("holds no OpenPGP key"));
    }
}

#[test]
fn the_built_in_keys_are_those_of_debian() {
    let keys = read_keyring(include_bytes!("../keys/debian-archive.pgp")).unwrap();
    let names: Vec<_> = keys
        .iter()
        .flat_map(|key| key.details.users.iter().filter_map(|u| u.id.as_str()))
        .collect();
    assert_eq!(names.len(), 6);
    for release in ["12/bookworm", "13/trixie"] {
        let of_release = |name: &&&str| name.contains(release) && name.contains('@');
        assert_eq!(names.iter().filter(of_release).count(), 3, "{names:?}");
    }
}
