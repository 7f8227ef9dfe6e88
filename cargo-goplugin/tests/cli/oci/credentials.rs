//! Registries that want to know who is asking, and who gets to know.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use cargo_goplugin::error::ErrorId;
use data_encoding::BASE64;

use super::Yard;
use crate::support::registry::{Act, Door, Registry};
use crate::support::tools;

/// `me:hunter2`.
const WORD: &str = "bWU6aHVudGVyMg==";

/// Docker's own file with that in it.
fn write_config(yard: &Yard, config: &str) {
    let folder = yard.world.root().join("home/.docker");
    std::fs::create_dir_all(&folder).unwrap();
    let config = config.replace("[HOST]", &yard.registry.host());
    std::fs::write(folder.join("config.json"), config).unwrap();
}

fn log_in(yard: &Yard, word: &str) {
    write_config(yard, &format!(r#"{{"auths": {{"[HOST]": {{"auth": "{word}"}}}}}}"#));
}

fn tokens(wants: Option<&'static str>) -> Door {
    Door::Token { wants, realm: None, life: 300 }
}

/// A helper of that name on `PATH`, which does as the script says.
fn with_helper(yard: &Yard, command: &mut Command, script: &str) {
    let folder = yard.world.root().join("helpers");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join("docker-credential-fake");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    command.env("PATH", format!("{folder}:{}", tools::PATH.as_str()));
}

#[test]
fn a_password_is_shown_to_a_registry_that_asks_for_it() {
    let yard = Yard::new();
    yard.registry.state().door = Door::Basic(WORD);
    let denied = yard.push("app:1.0", &[]);
    denied.fails(ErrorId::RegistryDenied, &["answered 401", "`docker login [HOST]`"]);
    log_in(&yard, WORD);
    yard.registry.take_asked();
    yard.push("app:1.0", &["-v"]).succeeds();
    yard.has("app", "1.0");
    let state = yard.registry.state();
    let anonymous = state.asked.iter().filter(|asked| asked.authorization.is_none()).count();
    assert_eq!(anonymous, 1);
}

#[test]
fn a_token_is_had_once_for_a_password_or_for_nothing() {
    let yard = Yard::new();
    for (repository, wants) in [("open", None), ("closed", Some(WORD))] {
        log_in(&yard, WORD);
        yard.registry.state().door = tokens(wants);
        yard.push(&format!("{repository}:1.0"), &[]).succeeds();
        yard.has(repository, "1.0");
        let asked = yard.registry.take_asked();
        assert_eq!(asked.iter().filter(|asked| *asked == "GET /token").count(), 1, "{asked:?}");
        yard.push(&format!("{repository}:1.0"), &[]).succeeds();
        let asked = yard.registry.take_asked();
        // Once without, once for a token, and all that there is to ask.
        assert_eq!(asked.len(), 3, "{asked:?}");
    }
}

#[test]
fn a_token_that_runs_out_is_had_anew() {
    let yard = Yard::new();
    yard.registry.state().door = Door::Token { wants: None, realm: None, life: 0 };
    yard.push("app:1.0", &[]).succeeds();
    yard.has("app", "1.0");
    let asked = yard.registry.take_asked();
    assert!(asked.iter().filter(|asked| *asked == "GET /token").count() > 5, "{asked:?}");
}

#[test]
fn a_token_is_changed_for_a_token() {
    let yard = Yard::new();
    write_config(&yard, r#"{"auths": {"[HOST]": {"identitytoken": "long-lived"}}}"#);
    yard.registry.state().door = tokens(Some("long-lived"));
    yard.push("app:1.0", &[]).succeeds();
    yard.has("app", "1.0");
    assert!(yard.registry.take_asked().contains(&"POST /token".to_owned()));
}

#[test]
fn a_helper_is_asked_and_its_answer_is_not_shown() {
    let yard = Yard::new();
    yard.registry.state().door = Door::Basic(WORD);
    write_config(&yard, r#"{"credHelpers": {"[HOST]": "fake"}}"#);
    let push = |script: &str| {
        let mut command = yard.push_command("app:1.0", &["-v"]);
        with_helper(&yard, &mut command, script);
        yard.outcome(&mut command)
    };
    let host = yard.registry.host();
    let good = format!(
        r#"read host; test "$1 $host" = "get {host}" && test -n "$HOME" && echo '{{"ServerURL":"x","Username":"me","Secret":"hunter2"}}'"#
    );
    let pushed = push(&good).succeeds();
    yard.has("app", "1.0");
    assert!(pushed.stderr.contains("docker-credential-fake get`"), "{}", pushed.stderr);
    assert!(!pushed.stderr.contains("hunter2") && !pushed.stderr.contains("HOME="));
    let failing = push("echo hunter2; echo hunter2 >&2; exit 3");
    let failing = failing.fails(ErrorId::RegistryCredentials, &["`fake`", "it ended with 3"]);
    assert!(!failing.stderr.contains("hunter2"), "{}", failing.stderr);
    let garbled = push("echo hunter2").fails(ErrorId::RegistryCredentials, &["line 1 column 1"]);
    assert!(!garbled.stderr.contains("hunter2"), "{}", garbled.stderr);
    let unknown = push("echo credentials not found in native keychain; exit 1");
    unknown.fails(ErrorId::RegistryDenied, &["no credentials are noted down"]);
    let missing = yard.push("app:1.0", &[]);
    missing.fails(ErrorId::RegistryCredentials, &["`docker-credential-fake` is not on `PATH`"]);
    write_config(&yard, r#"{"credsStore": "../../bin/fake"}"#);
    yard.push("app:1.0", &[]).fails(ErrorId::RegistryCredentials, &["no name of a helper"]);
}

#[test]
fn podman_s_file_and_one_that_is_named_count_too() {
    let yard = Yard::new();
    yard.registry.state().door = Door::Basic(WORD);
    let host = yard.registry.host();
    let file = yard.world.root().join("home/.config/containers/auth.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, format!(r#"{{"auths": {{"{host}/app": {{"auth": "{WORD}"}}}}}}"#))
        .unwrap();
    yard.push("app:1.0", &[]).succeeds();
    yard.push("other:1.0", &[]).fails(ErrorId::RegistryDenied, &["`[HOST]/other`"]);
    let named = yard.world.root().join("named.json");
    std::fs::write(&named, format!(r#"{{"auths": {{"{host}": {{"auth": "{WORD}"}}}}}}"#)).unwrap();
    let mut command = yard.push_command("other:1.0", &[]);
    yard.outcome(command.env("REGISTRY_AUTH_FILE", &named)).succeeds();
    write_config(&yard, "hunter2");
    let broken = yard.push("other:1.0", &["--force"]).fails(
        ErrorId::RegistryCredentials,
        &["could not read `[WORLD]/home/.docker/config.json`", "line 1 column 1"],
    );
    assert!(!broken.stderr.contains("hunter2"), "{}", broken.stderr);
}

#[test]
fn what_a_registry_repeats_of_a_password_is_not_shown() {
    let yard = Yard::new();
    log_in(&yard, WORD);
    yard.registry.state().door = tokens(Some("other"));
    let denied = yard.push("app:1.0", &["-v"]);
    let denied = denied.fails(ErrorId::RegistryDenied, &["/token` answered 401"]);
    yard.registry.state().door = Door::Basic(WORD);
    let body = r#"{"errors":[{"code":"NO","message":"bad hunter2"}]}"#;
    yard.registry.act("HEAD", "manifests", 9, Act::Answer(404, Vec::new(), ""));
    yard.registry.act("POST", "uploads", 1, Act::Answer(400, Vec::new(), body));
    let repeated = yard.push("app:1.0", &["-v"]).fails(ErrorId::RegistryRefused, &["bad *** (NO)"]);
    for told in [denied.stderr, repeated.stderr] {
        let secrets = ["hunter2".to_owned(), WORD.to_owned(), BASE64.encode(b"hunter2")];
        assert!(secrets.iter().all(|secret| !told.contains(secret)), "{told}");
    }
}

#[test]
fn only_the_registry_gets_to_know_who_is_asking() {
    let yard = Yard::new();
    let other = Registry::start();
    log_in(&yard, WORD);
    yard.push("app:1.0", &[]).succeeds();
    other.state().blobs = yard.registry.state().blobs.clone();
    yard.registry.state().door = Door::Basic(WORD);
    // Another host, which would like to know, too.
    let there = |path: &str| vec![("Location", format!("http://{}{path}", other.host()))];
    let layer = {
        let state = yard.registry.state();
        let (key, _) = state.blobs.iter().max_by_key(|(_, bytes)| bytes.len()).unwrap();
        key.split_once('@').unwrap().1.to_owned()
    };
    let path = format!("/v2/app/blobs/{layer}");
    yard.registry.act("GET", &path, 1, Act::Answer(307, there(&path), ""));
    let name = format!("{}/app:1.0", yard.registry.host());
    yard.run(&["inspect", &name]).succeeds();
    assert_eq!(other.state().asked[0].path, path);
    other.state().door = tokens(None);
    yard.registry.act("GET", &path, 1, Act::Answer(307, there(&path), ""));
    yard.run(&["inspect", &name]).fails(ErrorId::RegistryRefused, &["answered 401"]);
    // Uploads that go on there.
    yard.registry.act("POST", "/v2/new/", 9, Act::Answer(202, there("/v2/new/blobs/uploads/"), ""));
    yard.push("new:1.0", &[]).fails(ErrorId::RegistryRefused, &["answered 401"]);
    let state = other.state();
    assert!(state.asked.len() > 2);
    let shown = state.asked.iter().find(|asked| asked.authorization.is_some());
    assert_eq!(shown, None);
}

#[test]
fn a_way_on_that_must_not_be_followed_is_refused() {
    let yard = Yard::new();
    let answer = |location: &str| Act::Answer(307, vec![("Location", location.to_owned())], "");
    for (location, why) in [
        (
            "http://registry.example/v2/",
            "leads on to `http://registry.example/v2/`, which is not followed",
        ),
        ("ftp://registry.example/", "leads on to `ftp://registry.example/`, which is no address"),
        ("https://me:hunter2@registry.example/?hunter2", "which is no address of HTTP or HTTPS"),
    ] {
        yard.registry.act("HEAD", "/manifests/", 1, answer(location));
        yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &[why]);
    }
    let round = format!("http://{}/v2/app/manifests/1.0", yard.registry.host());
    yard.registry.act("HEAD", "/manifests/1.0", 9, answer(&round));
    yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &["sends the request on and on"]);
    yard.registry.state().acts.clear();
    yard.registry.act("POST", "/uploads/", 9, Act::Answer(302, vec![("Location", round)], ""));
    yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &["answered 302 to what was sent"]);
    yard.registry.state().acts.clear();
    yard.registry.act("POST", "/uploads/", 9, Act::Answer(202, Vec::new(), ""));
    yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &["without saying where to go on"]);
}

#[test]
fn tokens_are_not_had_from_just_anybody() {
    let yard = Yard::new();
    log_in(&yard, WORD);
    for (realm, why) in [
        ("http://tokens.example/token", "`http://tokens.example/token`, which gets no credentials"),
        ("tokens", "names `tokens` is no address of HTTP or HTTPS"),
    ] {
        let realm = Some(realm.to_owned());
        yard.registry.state().door = Door::Token { wants: Some(WORD), realm, life: 300 };
        yard.push("app:1.0", &[]).fails(ErrorId::RegistryAnswer, &["could not get a token", why]);
    }
    yard.registry.state().door = tokens(None);
    yard.registry.act("GET", "/token", 1, Act::Drop);
    yard.push("app:1.0", &[]).succeeds();
    yard.registry.state().door = Door::Open;
    let odd = vec![("WWW-Authenticate", "Negotiate".to_owned())];
    yard.registry.act("HEAD", "/manifests/", 1, Act::Answer(401, odd, ""));
    yard.push("app:1.1", &[]).fails(ErrorId::RegistryDenied, &["in a way that is not known"]);
}
