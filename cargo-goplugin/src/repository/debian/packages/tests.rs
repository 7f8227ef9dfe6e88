use super::*;
use crate::repository::{Bound, Relation};

const DIGEST: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const TEXT: &str = "\
Package: libz-dev
Source: zlib (1.2)
Version: 1:1.2.11-1
Architecture: armhf
Provides: zlib, virtual-dev (= 3), other:any
Description: a library
 Package: not-a-package
 Version: 9

Package: libz-dev
Version: 1:1.2.13-1
Architecture: armhf
Provides: zlib
Depends: libz1 (= 1:1.2.13-1), libc6-dev | libc-dev
Pre-Depends: dpkg
Recommends: not-this
Breaks: old (<< 2)
Conflicts: rival,
 folded
Filename: pool/z/libz-dev_1.2.13-1_armhf.deb
Size: 12
SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855


Package: data
Version: 1
Architecture: all
Broken

Package: foreign
Version: 1
Architecture: amd64
Provides: zlib

Version: 1
Architecture: all

Package: last
Version: 2~rc1
Architecture: all";

fn index() -> PackagesIndex {
    PackagesIndex::new(TEXT.to_owned(), "armhf").unwrap()
}

fn names(index: &PackagesIndex, candidates: &[Candidate]) -> Vec<String> {
    candidates
        .iter()
        .map(|c| format!("{} {}", index.identity(*c).0, index.identity(*c).1))
        .collect()
}

#[test]
fn stanzas_are_found_by_name_best_version_first() {
    let index = index();
    assert_eq!(index.len(), 4);
    assert_eq!(index.names().collect::<Vec<_>>(), ["libz-dev", "libz-dev", "data", "last"]);
    assert_eq!(
        names(&index, &index.named("libz-dev")),
        ["libz-dev 1:1.2.13-1", "libz-dev 1:1.2.11-1"]
    );
    assert_eq!(names(&index, &index.named("last")), ["last 2~rc1"]);
    for absent in ["foreign", "not-a-package", "libz", "", "zlib"] {
        assert!(index.named(absent).is_empty(), "{absent:?}");
    }
}

#[test]
fn provided_names_come_with_their_version() {
    let index = index();
    let providers = |name: &str| {
        let found = index.providers(name);
        found.into_iter().map(|(c, v)| (index.identity(c).1.to_owned(), v)).collect::<Vec<_>>()
    };
    let both = [("1:1.2.11-1".to_owned(), None), ("1:1.2.13-1".to_owned(), None)];
    assert_eq!(providers("zlib"), both);
    assert_eq!(providers("virtual-dev"), [("1:1.2.11-1".to_owned(), Some("3".to_owned()))]);
    assert_eq!(providers("other"), [("1:1.2.11-1".to_owned(), None)]);
    assert!(providers("other:any").is_empty());
    assert!(providers("libz-dev").is_empty());
}

#[test]
fn the_more_important_provider_comes_first() {
    let stanza = |name: &str, priority: &str| {
        format!("Package: {name}\nVersion: 1\nProvides: awk\nPriority: {priority}\n\n")
    };
    let order = ["optional", "required", "extra", "standard", "important"];
    let text: String = order.iter().map(|word| stanza(word, word)).collect();
    let index = PackagesIndex::new(text, "armhf").unwrap();
    let providers = index.providers("awk");
    let names: Vec<_> = providers.iter().map(|(c, _)| index.identity(*c).0).collect();
    assert_eq!(names, ["required", "important", "standard", "optional", "extra"]);
}

#[test]
fn the_rest_is_read_on_demand() {
    let index = index();
    let best = index.named("libz-dev")[0];
    let package = index.package(best).unwrap();
    assert_eq!(package.path, "pool/z/libz-dev_1.2.13-1_armhf.deb");
    assert_eq!((package.size, package.sha256.to_string().as_str()), (12, DIGEST));
    assert_eq!((package.version.as_str(), package.architecture.as_str()), ("1:1.2.13-1", "armhf"));
    let relations = index.relations(best).unwrap();
    let depends: Vec<Vec<&str>> = relations
        .depends
        .iter()
        .map(|group| group.iter().map(|atom| atom.name.as_str()).collect())
        .collect();
    assert_eq!(depends, [vec!["dpkg"], vec!["libz1"], vec!["libc6-dev", "libc-dev"]]);
    let conflicts: Vec<_> = relations.conflicts.iter().map(|atom| atom.name.as_str()).collect();
    assert_eq!(conflicts, ["rival", "folded", "old"]);
    let bound = Bound { relation: Relation::Earlier, version: "2".to_owned() };
    assert_eq!(relations.conflicts[2].bound, Some(bound));
}

#[test]
fn a_broken_stanza_is_an_error_only_when_it_is_asked_for() {
    let index = index();
    let broken = index.named("data")[0];
    assert_eq!(index.relations(broken).unwrap_err().id(), ErrorId::Mirror);
    let error = index.package(index.named("last")[0]).unwrap_err();
    assert!(error.what().contains("`last` 2~rc1"), "{error}");
    assert!(error.causes()[0].contains("no `Filename`"), "{error}");
}

#[test]
fn versions_compare_as_in_dpkg() {
    let sorted = ["nonsense!", "0~rc1", "0", "1~", "1", "1-1", "1-1+b1", "1.2", "1.10", "1:0"];
    for (i, a) in sorted.iter().enumerate() {
        for (j, b) in sorted.iter().enumerate() {
            assert_eq!(compare(a, b), i.cmp(&j), "{a} {b}");
        }
    }
}

#[test]
fn any_text_makes_an_index() {
    for text in
        ["", "\n\n\n", "Package:", "Package: \nVersion: \n", ": x\n", "Provides:\n\nPackage: a"]
    {
        let index = PackagesIndex::new(text.to_owned(), "armhf").unwrap();
        assert!(index.named("a").is_empty(), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "((Package|Version|Provides|Depends|X):? ?[a-z(=,|) ä]{0,6}\n{1,3}){0,12}") {
        let index = PackagesIndex::new(text, "armhf").unwrap();
        for candidate in (0..index.len()).map(|i| Candidate(u32::try_from(i).unwrap())) {
            let _ = (index.package(candidate), index.relations(candidate));
            let name = index.identity(candidate).0;
            assert!(index.named(name).contains(&candidate), "{name}");
        }
    }
}
