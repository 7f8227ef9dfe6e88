//! Tables of folders and what they are taken for.

use super::*;

/// A module by its folder, what it requires, and its packages: folder, name, functions.
type Sketch<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str, &'a [&'a str])]);

fn found(sketches: &[Sketch<'_>]) -> Survey {
    let mut survey = Survey::default();
    for (dir, requires, packages) in sketches {
        let path = if dir.is_empty() {
            "example.com/app".to_owned()
        } else {
            format!("example.com/app/{dir}")
        };
        let packages = packages.iter().map(|(folder, name, functions)| FoundPackage {
            folder: (*folder).into(),
            name: (*name).to_owned(),
            functions: functions.iter().map(|&name| name.to_owned()).collect(),
            ..FoundPackage::default()
        });
        survey.modules.push(FoundModule {
            dir: (*dir).into(),
            path: path.parse().unwrap(),
            requires: requires.iter().map(|&path| path.to_owned()).collect(),
            packages: packages.collect(),
            has_manifest: false,
        });
        let dir = Utf8PathBuf::from(*dir);
        let parent = dir.parent().unwrap_or(Utf8Path::new("")).to_owned();
        survey.children.entry(parent).or_default().push(dir);
    }
    survey
}

const MAIN: (&str, &str, &[&str]) = ("", "main", &["main"]);
const API: &str = "example.com/app/api";

#[test]
fn an_app_with_an_api_and_plugins_is_seen() {
    let survey = found(&[
        ("api", &[], &[("", "api", &[])]),
        ("plugins/a", &[API], &[("", "a", &["Plugin"])]),
        ("plugins/b_c", &[API], &[("", "bc", &["Plugin", "init"])]),
        ("server", &[], &[MAIN]),
        ("tools", &[], &[("gen", "gen", &[])]),
    ]);
    let proposal = propose(&survey, None, None).unwrap();
    assert_eq!(proposal.name.as_str(), "server");
    assert_eq!(proposal.style, Registration::Append);
    let plugins: Vec<_> = proposal.plugins.keys().map(PluginName::as_str).collect();
    assert_eq!(plugins, ["a", "b-c"]);
    assert_eq!(proposal.members(&survey), ["server", "api", "plugins/*"]);
    let left_out: Vec<_> = proposal.left_out.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(left_out, ["example.com/app/tools"]);
}

#[test]
fn plugins_are_told_by_their_functions_and_folders() {
    for (dir, functions, expected) in [
        ("plugins/x", &["Plugin"][..], Look::Constructor),
        ("other/x", &["Plugin"], Look::Constructor),
        ("plugins/x", &["init"], Look::Registers),
        ("other/x", &["init"], Look::Other),
        ("plugins/x", &["New"], Look::Folder),
        ("x", &[], Look::Other),
    ] {
        let survey = found(&[(dir, &[], &[("", "x", functions)])]);
        assert_eq!(Look::of(&survey.modules[0]), expected, "{dir} {functions:?}");
    }
}

#[test]
fn an_app_has_one_style() {
    let registers: Sketch<'_> = ("plugins/a", &[], &[("", "a", &["init"])]);
    let only = found(&[("", &[], &[MAIN]), registers]);
    let proposal = propose(&only, None, None).unwrap();
    assert_eq!((proposal.style, proposal.plugins.len()), (Registration::Init, 1));
    let mixed = found(&[("", &[], &[MAIN]), registers, ("b", &[], &[("", "b", &["Plugin"])])]);
    let proposal = propose(&mixed, None, None).unwrap();
    assert_eq!((&proposal.style, proposal.plugins.len()), (&Registration::Append, 1));
    assert_eq!(proposal.left_out.len(), 1);
    // `plugins` holds a folder that is no plugin of the app.
    assert_eq!(proposal.members(&mixed), ["b"]);
}

#[test]
fn one_program_is_the_app() {
    let survey = found(&[(
        "",
        &[],
        &[("", "app", &[]), ("cmd/a", "main", &["main"]), ("cmd/b", "main", &["main"])],
    )]);
    let error = propose(&survey, None, None).unwrap_err();
    assert_eq!(error.id(), ErrorId::NoApp);
    assert_eq!(error.causes(), ["main packages are in `cmd/a`, `cmd/b`"]);
    let chosen = propose(&survey, Some(Utf8Path::new("./cmd/b/")), None).unwrap();
    assert_eq!((chosen.name.as_str(), chosen.main.folder.as_str()), ("b", "cmd/b"));
    let named = propose(&survey, Some(Utf8Path::new("cmd/b")), Some("server")).unwrap();
    assert_eq!(named.name.as_str(), "server");
    assert_eq!(
        propose(&survey, Some(Utf8Path::new("cmd")), None).unwrap_err().id(),
        ErrorId::NoApp
    );
    let bad = propose(&survey, Some(Utf8Path::new("cmd/b")), Some("A B")).unwrap_err();
    assert_eq!(bad.id(), ErrorId::BadName);
    let none = found(&[("", &[], &[("", "main", &["helper"]), ("x", "x", &["main"])])]);
    assert_eq!(propose(&none, None, None).unwrap_err().id(), ErrorId::NoApp);
}

#[test]
fn what_go_work_does_not_use_is_left_out() {
    let mut survey = found(&[("", &[], &[MAIN]), ("plugins/a", &[], &[("", "a", &["Plugin"])])]);
    survey.used = Some(BTreeSet::from([Utf8PathBuf::new()]));
    let proposal = propose(&survey, None, None).unwrap();
    assert!(proposal.plugins.is_empty());
    assert_eq!(proposal.left_out.len(), 1);
}
