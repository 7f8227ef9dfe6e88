//! Registries that break off, have no time or say what cannot be right.

use cargo_goplugin::error::ErrorId;

use super::Yard;
use crate::support::registry::{Act, Registry};

const OTHER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn connections_that_break_off_are_made_anew() {
    for (method, part) in [
        ("HEAD", "/manifests/1.0"),
        ("HEAD", "/blobs/"),
        ("POST", "/uploads/"),
        ("PUT", "/uploads/"),
        ("PUT", "/manifests/sha256"),
        ("PUT", "/manifests/1.0"),
    ] {
        let yard = Yard::new();
        yard.registry.act(method, part, 1, Act::Drop);
        yard.push("app:1.0", &[]).succeeds();
        yard.has("app", "1.0");
    }
}

#[test]
fn an_upload_that_breaks_off_goes_on_or_begins_anew() {
    for (act, sent_again) in
        [(Act::Cut(100), false), (Act::CutAndForget(100), true), (Act::Cut(0), true)]
    {
        let yard = Yard::new();
        yard.registry.act("PUT", "/uploads/", 1, act.clone());
        yard.push("app:1.0", &[]).succeeds();
        yard.has("app", "1.0");
        let state = yard.registry.state();
        let sent: usize = state
            .asked
            .iter()
            .filter(|asked| asked.path.contains("/uploads/"))
            .map(|asked| asked.sent)
            .sum();
        let whole: usize = state.blobs.values().map(Vec::len).sum();
        let taken = match act {
            Act::CutAndForget(taken) => taken,
            _ => 0,
        };
        assert_eq!(sent, whole + taken, "{act:?}");
        let begun = state.asked.iter().filter(|asked| asked.method == "POST").count();
        assert_eq!(begun, if sent_again { 4 } else { 3 }, "{act:?}");
    }
}

#[test]
fn an_answer_that_got_lost_does_not_have_all_sent_again() {
    let yard = Yard::new();
    // The registry has taken it, and says something else.
    yard.push("app:1.0", &[]).succeeds();
    yard.registry.take_asked();
    yard.registry.act("HEAD", "/manifests/", 9, Act::Answer(404, Vec::new(), ""));
    yard.registry.act("HEAD", "/blobs/", 3, Act::Answer(404, Vec::new(), ""));
    yard.registry.act("PUT", "/uploads/", 3, Act::Drop);
    yard.push("app:1.0", &[]).succeeds();
    let asked = yard.registry.take_asked();
    assert_eq!(asked.iter().filter(|asked| asked.starts_with("PUT /v2/app/blobs/")).count(), 3);
}

#[test]
fn a_registry_without_time_is_asked_again_when_it_says_so() {
    let yard = Yard::new();
    let busy =
        |status, after: &str| Act::Answer(status, vec![("Retry-After", after.to_owned())], "");
    yard.registry.act("HEAD", "/manifests/", 1, busy(429, "1"));
    yard.registry.act("HEAD", "/blobs/", 1, busy(503, "0"));
    yard.registry.act("POST", "/uploads/", 1, Act::Answer(500, Vec::new(), ""));
    yard.registry.act("PUT", "/uploads/", 1, busy(429, "0"));
    yard.registry.act("PUT", "/manifests/", 1, Act::Answer(502, Vec::new(), "<html>"));
    let pushed = yard.push("app:1.0", &[]).succeeds();
    yard.has("app", "1.0");
    let waiting =
        "     Waiting for 1 s, as asked: `http://[HOST]/v2/app/manifests/1.0` answered 429\n";
    assert!(pushed.stderr.contains(waiting), "{}", pushed.stderr);

    yard.registry.act("HEAD", "/manifests/2", 1, busy(429, "86400"));
    yard.push("app:2", &[]).fails(ErrorId::RegistryUnreachable, &["left alone for 86400 s"]);
    yard.registry.act("HEAD", "/manifests/3", 9, Act::Answer(500, Vec::new(), ""));
    yard.push("app:3", &[]).fails(ErrorId::RegistryUnreachable, &["`[HOST]/app`", "answered 500"]);
    assert_eq!(yard.registry.take_asked().iter().filter(|asked| asked.ends_with("/3")).count(), 4);
}

#[test]
fn nobody_there_is_said_so() {
    let yard = Yard::new();
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let name = format!("{gone}/app:1.0");
    let pushed = yard.run(&["push", &name, "--layout", "image"]);
    pushed.fails(ErrorId::RegistryUnreachable, &["could not look for `1.0` in", "refused"]);
}

#[test]
fn locations_may_be_relative() {
    let yard = Yard::new();
    yard.registry.state().manners.relative = true;
    yard.registry.act("PUT", "/uploads/", 1, Act::Cut(100));
    yard.push("app:1.0", &[]).succeeds();
    yard.has("app", "1.0");
    // What is relative is so to where the answer is from.
    let other = Registry::start();
    other.state().manners.relative = true;
    let there = format!("http://{}/v2/new/blobs/uploads/", other.host());
    yard.registry.act("POST", "/v2/new/", 9, Act::Answer(307, vec![("Location", there)], ""));
    yard.push("new:1.0", &[]).fails(ErrorId::RegistryRefused, &["blob unknown"]);
    assert_eq!(other.state().blobs.len(), 3);
}

#[test]
fn digests_that_differ_are_refused() {
    for (method, part) in [
        ("HEAD", "/manifests/sha256"),
        ("HEAD", "/blobs/"),
        ("PUT", "/uploads/"),
        ("PUT", "/manifests/sha256"),
        ("PUT", "/manifests/1.0"),
    ] {
        let yard = Yard::new();
        if method == "HEAD" {
            yard.push("app:0.9", &[]).succeeds();
            let is_blobs = part == "/blobs/";
            if is_blobs {
                yard.registry.act("HEAD", "/manifests/", 9, Act::Answer(404, Vec::new(), ""));
            }
        }
        yard.registry.act(method, part, 1, Act::Tell(OTHER.to_owned()));
        yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &[OTHER]);
    }
    let yard = Yard::new();
    yard.push("app:1.0", &[]).succeeds();
    let name = format!("{}/app:1.0", yard.registry.host());
    yard.registry.act("GET", "/manifests/1.0", 1, Act::Tell(OTHER.to_owned()));
    yard.run(&["inspect", &name]).fails(ErrorId::RegistryAnswer, &["could not get `1.0` of"]);
    for bytes in yard.registry.state().blobs.values_mut() {
        bytes[5] ^= 1;
    }
    yard.run(&["inspect", &name]).fails(ErrorId::RegistryAnswer, &["its bytes have the digest"]);
}

#[test]
fn a_refusal_is_told_in_the_registry_s_words() {
    let yard = Yard::new();
    let body = r#"{"errors":[{"code":"MANIFEST_INVALID","message":"no such\u001b[2Jkind"}]}"#;
    yard.registry.act("PUT", "/manifests/", 1, Act::Answer(400, Vec::new(), body));
    let refused = yard.push("app:1.0", &[]);
    refused.fails(
        ErrorId::RegistryRefused,
        &[r"answered 400: no such\u{1b}[2Jkind (MANIFEST_INVALID)"],
    );
    let name = format!("{}/app:none", yard.registry.host());
    yard.run(&["inspect", &name]).fails(ErrorId::RegistryRefused, &["`none` is not there"]);
    yard.registry.act("HEAD", "/manifests/", 1, Act::Answer(403, Vec::new(), ""));
    yard.push("app:1.0", &[]).fails(ErrorId::RegistryDenied, &["answered 403"]);
}
