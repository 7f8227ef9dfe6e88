//! Sending images to a registry that does as it should.

use cargo_goplugin::error::ErrorId;
use serde_json::{Value, json};

use super::Yard;
use crate::support::layout::{Layout, digest, layer};

const JSON: &str = "--message-format=json";

#[test]
fn an_image_is_sent_once_and_called_by_its_digest() {
    let yard = Yard::new();
    let digest = digest(&yard.image);
    let pushed = yard.push("team/app:1.0", &[]).succeeds();
    assert_eq!(pushed.stdout, format!("[HOST]/team/app@{digest}\n"));
    let [sending, done] = &pushed.stderr.lines().collect::<Vec<_>>()[..] else {
        panic!("{}", pushed.stderr)
    };
    assert!(
        sending.starts_with("     Sending 3 blobs (") && sending.ends_with(") to [HOST]/team/app")
    );
    assert!(done.starts_with("      Pushed [HOST]/team/app:1.0, 3 blobs ("), "{done}");
    yard.has("team/app", "1.0");
    let asked = yard.registry.take_asked();
    let first = [
        "HEAD /v2/team/app/manifests/1.0".to_owned(),
        format!("HEAD /v2/team/app/manifests/{digest}"),
    ];
    let last = [
        format!("PUT /v2/team/app/manifests/{digest}"),
        "PUT /v2/team/app/manifests/1.0".to_owned(),
    ];
    assert_eq!(asked[..2], first);
    assert_eq!(asked[asked.len() - 2..], last);
    assert_eq!(asked.len(), 2 + 3 + 6 + 2, "{asked:?}");

    let again = yard.push("team/app:1.0", &[]).succeeds();
    assert_eq!(again.stdout, format!("[HOST]/team/app@{digest}\n"));
    assert_eq!(again.stderr, "   Unchanged [HOST]/team/app:1.0\n");
    assert_eq!(yard.registry.take_asked(), first[..1]);

    let other = yard.push("team/app:1.1", &[JSON]).succeeds();
    let expected = format!(
        r#"{{"reason":"pushed","repository":"[HOST]/team/app","digest":"{digest}","tag":"1.1","blobs":0,"bytes":0,"mounted":0,"unchanged":false}}"#
    );
    assert_eq!(other.stdout.lines().next(), Some(expected.as_str()));
    let asked = yard.registry.take_asked();
    assert_eq!((asked.len(), asked[2].as_str()), (3, "PUT /v2/team/app/manifests/1.1"));
}

#[test]
fn only_what_changed_is_sent() {
    let yard = Yard::new();
    yard.push("app:1.0", &[]).succeeds();
    let mut other = Layout::new(&yard.world.root().join("other"));
    let layers = [
        layer(&[("./var/lib/dpkg/status.d/libz", super::LIBZ)]),
        layer(&[("usr/bin/app", "another program")]),
    ];
    let image = other.image("amd64", &layers, &json!({}));
    other.list(&image, None);
    yard.registry.take_asked();
    let name = format!("{}/app:1.1", yard.registry.host());
    let pushed = yard.run(&["push", &name, "--layout", "other"]).succeeds();
    assert!(pushed.stderr.contains("Pushed [HOST]/app:1.1, 2 blobs ("), "{}", pushed.stderr);
    // Two blobs, each begun and sent, the manifest and the tag.
    assert_eq!(Yard::changes(&yard.registry.take_asked()), 6);
}

#[test]
fn an_index_comes_behind_its_manifests_and_shared_layers_are_sent_once() {
    let yard = Yard::new();
    let mut layout = Layout::new(&yard.world.root().join("both"));
    let shared = || layer(&[("etc/os-release", "ID=none")]);
    let one = |architecture: &str| {
        layout.image(architecture, &[shared(), layer(&[("app", architecture)])], &json!({}))
    };
    let (amd64, arm64) = (one("amd64"), one("arm64"));
    let index = layout.index(&[amd64.clone(), arm64.clone()]);
    layout.list(&index, Some("1.0"));
    let name = format!("{}/app", yard.registry.host());
    let push = || yard.run(&["push", &name, "--layout", "both"]);
    let pushed = push().succeeds();
    // Without a tag in the name, the layout's own counts.
    assert!(pushed.stderr.contains("Pushed [HOST]/app:1.0, 5 blobs ("), "{}", pushed.stderr);
    let put = |which: &Value| format!("PUT /v2/app/manifests/{}", digest(which));
    let asked = yard.registry.take_asked();
    let manifests: Vec<_> =
        asked.iter().filter(|asked| asked.starts_with("PUT /v2/app/manifests/")).collect();
    let tag = "PUT /v2/app/manifests/1.0".to_owned();
    assert_eq!(manifests, [&put(&amd64), &put(&arm64), &put(&index), &tag]);

    // Where one platform is there, only the other one is looked at.
    let third = layout.image("riscv64", &[shared()], &json!({}));
    let more = layout.index(&[amd64, third.clone()]);
    let mut layout = Layout::new(&layout.folder);
    layout.list(&more, Some("1.1"));
    push().succeeds();
    let asked = yard.registry.take_asked();
    let manifests: Vec<_> =
        asked.iter().filter(|asked| asked.starts_with("PUT /v2/app/manifests/sha256")).collect();
    assert_eq!(manifests, [&put(&third), &put(&more)]);
    assert_eq!(asked.iter().filter(|asked| asked.starts_with("HEAD /v2/app/blobs/")).count(), 2);
}

#[test]
fn a_tag_moves_by_force_alone() {
    let yard = Yard::new();
    yard.push("app:1.0", &[]).succeeds();
    let mut other = Layout::new(&yard.world.root().join("other"));
    let image = other.image("amd64", &[layer(&[("app", "x")])], &json!({}));
    other.list(&image, None);
    let name = format!("{}/app:1.0", yard.registry.host());
    yard.registry.take_asked();
    let push = |more: &[&str]| yard.run(&[&["push", &name, "--layout", "other"], more].concat());
    let stands = format!("the tag stands at `{}`", digest(&yard.image));
    push(&[]).fails(ErrorId::TagTaken, &["`[HOST]/app:1.0`", &stands, "`--force` moves this one"]);
    assert_eq!(yard.registry.take_asked(), ["HEAD /v2/app/manifests/1.0"]);
    push(&["--force"]).succeeds();
    let state = yard.registry.state();
    assert_eq!(state.manifests["app@1.0"].1, std::fs::read(other.file(&image)).unwrap());
    assert!(state.manifests.contains_key(&format!("app@{}", digest(&yard.image))));
}

#[test]
fn layers_are_taken_from_another_repository() {
    let yard = Yard::new();
    yard.push("base:1.0", &[]).succeeds();
    yard.registry.take_asked();
    let pushed = yard.push("app:1.0", &["--mount-from", "base"]).succeeds();
    assert!(pushed.stderr.ends_with("Pushed [HOST]/app:1.0, 0 blobs (0 B) sent, 3 mounted\n"));
    yard.has("app", "1.0");
    let sent: usize = yard.registry.state().asked.iter().map(|asked| asked.sent).sum();
    let manifest = std::fs::read(yard.layout.file(&yard.image)).unwrap().len();
    assert_eq!(sent, 2 * manifest);
    // What is not there is sent.
    yard.push("third:1.0", &["--mount-from", "nothing"]).succeeds();
    yard.has("third", "1.0");
    let host = yard.registry.host();
    yard.push("fourth:1.0", &["--mount-from", &format!("{host}/base")]).succeeds();
    yard.push("fifth:1.0", &["--mount-from", "../x"]).fails(ErrorId::Usage, &["`../x`"]);
}

#[test]
fn what_says_something_about_an_image_goes_with_it() {
    let mut yard = Yard::new();
    let notes =
        ["list of parts", "where it is from"].map(|text| yard.layout.about(&yard.image, text));
    let deeper = yard.layout.about(&notes[0], "about a note");
    let stray = yard.layout.about(&json!({ "mediaType": crate::support::layout::MANIFEST, "size": 1, "digest": format!("sha256:{}", "0".repeat(64)) }), "of another image");
    for note in [&deeper, &notes[0], &notes[1], &stray] {
        yard.layout.list(note, None);
    }
    let tag = digest(&yard.image).replace(':', "-");
    let listed = |tag: &str| -> Vec<String> {
        let state = yard.registry.state();
        let index: Value =
            serde_json::from_slice(&state.manifests[&format!("app@{tag}")].1).unwrap();
        let entries = index["manifests"].as_array().unwrap().clone();
        assert!(entries.iter().all(|entry| entry["artifactType"] == "application/x-note"));
        entries.iter().map(|entry| digest(entry).to_owned()).collect()
    };
    yard.push("app:1.0", &[]).succeeds();
    assert_eq!(listed(&tag), [digest(&notes[0]), digest(&notes[1])]);
    assert_eq!(listed(&digest(&notes[0]).replace(':', "-")), [digest(&deeper)]);
    let has = |which: &Value| {
        yard.registry.state().manifests.contains_key(&format!("app@{}", digest(which)))
    };
    assert!(has(&deeper) && !has(&stray));
    yard.registry.take_asked();
    yard.push("app:1.0", &[]).succeeds();
    let asked = yard.registry.take_asked();
    assert!(asked.len() == 4 && asked.iter().all(|asked| asked.starts_with("HEAD")), "{asked:?}");
    // Again under another tag: nothing is listed twice.
    yard.push("app:1.1", &[]).succeeds();
    assert_eq!(listed(&tag).len(), 2);

    yard.registry.state().manners.lists = true;
    yard.push("listed:1.0", &[]).succeeds();
    assert!(!yard.registry.state().manifests.contains_key(&format!("listed@{tag}")));

    // All three keep it differently, and are looked into alike.
    let attached = |image: &str| -> Vec<String> {
        let shown = yard.run(&["inspect", image]).succeeds().stdout;
        shown.lines().filter(|line| line.starts_with("  attached ")).map(str::to_owned).collect()
    };
    let mut expected =
        [0, 1].map(|n| format!("  attached application/x-note {}", digest(&notes[n])));
    expected.sort();
    let host = yard.registry.host();
    for image in ["image".to_owned(), format!("{host}/app:1.0"), format!("{host}/listed:1.0")] {
        assert_eq!(attached(&image), expected, "{image}");
    }
}

#[test]
fn several_layouts_have_their_own_tags() {
    let yard = Yard::new();
    let mut other = Layout::new(&yard.world.root().join("other"));
    let image = other.image("arm64", &[layer(&[("app", "x")])], &json!({}));
    other.list(&image, Some("1.0-arm"));
    let pushed = yard.push("app", &["--layout", "other"]).succeeds();
    assert_eq!(pushed.stdout.lines().count(), 2);
    let tags: Vec<_> = yard.registry.state().manifests.keys().cloned().collect();
    assert_eq!(
        tags.iter().filter(|tag| !tag.contains("@sha256")).collect::<Vec<_>>(),
        ["app@1.0", "app@1.0-arm"]
    );
    yard.push("app:2", &["--layout", "other"])
        .fails(ErrorId::Usage, &["2 images", "for one image"]);
}

#[test]
fn a_digest_in_the_name_has_to_be_the_image_s() {
    let yard = Yard::new();
    let digest = digest(&yard.image);
    yard.push(&format!("app@{digest}"), &[]).succeeds();
    let other = format!("app@sha256:{}", "0".repeat(64));
    yard.push(&other, &[]).fails(ErrorId::Usage, &["0000`", digest, "leave the digest out"]);
    yard.push("App", &[]).fails(ErrorId::Usage, &["/App` names no repository"]);
}

#[test]
fn what_would_be_sent_is_said_without_a_word_to_the_registry() {
    let yard = Yard::new();
    let said = yard.push("app", &["--dry-run"]).succeeds();
    let digest = digest(&yard.image);
    assert_eq!(said.stdout, format!("push image to [HOST]/app:1.0@{digest}\n"));
    assert_eq!(yard.registry.take_asked(), [""; 0]);
    let offline = yard.push("app", &["--offline"]);
    offline.fails(ErrorId::Offline, &["`[HOST]/app`", "`--offline`"]);
    assert_eq!(yard.registry.take_asked(), [""; 0]);
}
