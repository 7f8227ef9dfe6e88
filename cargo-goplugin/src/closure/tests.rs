use std::fmt::Write;

use super::*;
use crate::repository::debian::PackagesIndex;

/// Packages as `name version`, a line each of `Field: value` below.
fn index(packages: &str) -> PackagesIndex {
    let mut text = String::new();
    for line in packages.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.contains(": ") {
            text.push_str(line);
            text.push('\n');
            continue;
        }
        let (name, version) = line.split_once(' ').unwrap();
        let digest = "0".repeat(64);
        writeln!(text, "\nPackage: {name}\nVersion: {version}\nArchitecture: all").unwrap();
        writeln!(text, "Filename: p/{name}\nSize: 1\nSHA256: {digest}").unwrap();
    }
    PackagesIndex::new(text, "armhf").unwrap()
}

fn wanted(packages: &[&str]) -> Vec<Wanted> {
    let want = |name: &&str| Wanted {
        package: name.parse().unwrap(),
        because: format!("library `{}`", name.trim_end_matches("-dev")),
    };
    packages.iter().map(want).collect()
}

fn solved(packages: &str, names: &[&str]) -> Vec<String> {
    let closure = solve(&index(packages), &wanted(names)).unwrap();
    closure.packages.iter().map(|l| format!("{} {}", l.package.name, l.package.version)).collect()
}

fn failed(packages: &str, names: &[&str]) -> Error {
    solve(&index(packages), &wanted(names)).unwrap_err()
}

#[test]
fn dependencies_come_along_and_recommendations_do_not() {
    let packages = "
        x-dev 1
        Depends: x (= 1)
        Recommends: doc
        x 1
        Pre-Depends: base
        base 1
        doc 1
        y 1";
    assert_eq!(solved(packages, &["x-dev"]), ["base 1", "x 1", "x-dev 1"]);
}

#[test]
fn the_first_alternative_is_taken_unless_it_cannot_be() {
    let packages = "
        x-dev 1
        Depends: a | b
        a 1
        b 1
        y-dev 1
        Depends: gone | b
        z-dev 1
        Depends: a (>= 2) | b";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1", "x-dev 1"]);
    assert_eq!(solved(packages, &["y-dev"]), ["b 1", "y-dev 1"]);
    assert_eq!(solved(packages, &["z-dev"]), ["b 1", "z-dev 1"]);
}

#[test]
fn a_real_package_comes_before_one_that_provides_its_name() {
    let packages = "
        a-extra 1
        Provides: a (= 9)
        a 1
        x-dev 1
        Depends: a";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1", "x-dev 1"]);
}

#[test]
fn several_providers_of_one_name_may_be_there_together() {
    let packages = "
        p 1
        Provides: v
        q 1
        Provides: v
        x-dev 1
        Depends: v, q";
    let both = solved(packages, &["x-dev"]);
    assert!(both.contains(&"q 1".to_owned()), "{both:?}");
    let all = "
        p 1
        Provides: v
        q 1
        Provides: v
        x-dev 1
        Depends: p, q, v";
    assert_eq!(solved(all, &["x-dev"]), ["p 1", "q 1", "x-dev 1"]);
}

#[test]
fn a_bound_needs_a_provider_that_says_its_version() {
    let packages = "
        plain 1
        Provides: v
        old 1
        Provides: v (= 1)
        new 1
        Provides: v (= 2)
        x-dev 1
        Depends: v (>= 2)
        y-dev 1
        Depends: v (>= 3)";
    assert_eq!(solved(packages, &["x-dev"]), ["new 1", "x-dev 1"]);
    assert_eq!(failed(packages, &["y-dev"]).id(), ErrorId::Unsolvable);
}

#[test]
fn a_name_repeated_as_an_alternative_is_still_needed() {
    let packages = "
        a 1
        b 1
        x-dev 1
        Depends: b, a | b, a";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1", "b 1", "x-dev 1"]);
}

#[test]
fn the_best_version_is_taken_unless_another_is_needed() {
    let packages = "
        a 1.9
        a 1.10
        a 1.10~rc1
        x-dev 1
        Depends: a
        y-dev 1
        Depends: a (<< 1.10)";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1.10", "x-dev 1"]);
    assert_eq!(solved(packages, &["x-dev", "y-dev"]), ["a 1.10~rc1", "x-dev 1", "y-dev 1"]);
}

#[test]
fn conflicts_turn_the_choice_and_never_against_oneself() {
    let packages = "
        a 1
        Conflicts: v
        Provides: v
        b 1
        Provides: v
        x-dev 1
        Depends: a
        y-dev 1
        Depends: b | c, a
        c 1
        old 1
        z-dev 1
        Breaks: old (<< 2)
        Depends: old | c";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1", "x-dev 1"]);
    assert_eq!(solved(packages, &["y-dev"]), ["a 1", "c 1", "y-dev 1"]);
    assert_eq!(solved(packages, &["z-dev"]), ["c 1", "z-dev 1"]);
    let error = failed(packages, &["x-dev", "b"]);
    assert_eq!(error.id(), ErrorId::Unsolvable);
}

#[test]
fn circles_close() {
    let packages = "
        x-dev 1
        Depends: a
        a 1
        Depends: b
        b 1
        Depends: a, x-dev";
    assert_eq!(solved(packages, &["x-dev"]), ["a 1", "b 1", "x-dev 1"]);
}

#[test]
fn each_package_says_who_needs_it() {
    let packages = "
        x-dev 1
        Depends: a, a:any
        y-dev 1
        Depends: x-dev | z
        a 1
        Depends: a";
    let closure = solve(&index(packages), &wanted(&["x-dev", "y-dev"])).unwrap();
    let needed: Vec<_> = closure
        .packages
        .iter()
        .map(|locked| (locked.package.name.as_str(), locked.needed_by.join(", ")))
        .collect();
    assert_eq!(
        needed,
        [
            ("a", "x-dev".to_owned()),
            ("x-dev", "library `x`, y-dev".to_owned()),
            ("y-dev", "library `y`".to_owned()),
        ]
    );
}

#[test]
fn nothing_wanted_needs_nothing() {
    assert_eq!(solved("a 1", &[]), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_said_in_the_users_names() {
    let packages = "
        libcairo2-dev 1
        libcairo2 1
        p 1
        Provides: libcurl-dev
        q 1
        Provides: libcurl-dev";
    let error = failed(packages, &["libcario2-dev", "libcurl-dev", "zzzzzz"]);
    assert_eq!(error.id(), ErrorId::NoLibrary);
    assert_eq!(error.what(), "could not find package `libcario2-dev` for library `libcario2`");
    assert_eq!(error.hints(), ["a similar name exists: `libcairo2-dev`"]);
    let [curl, nothing] = error.beside() else { panic!("{error}") };
    assert_eq!(curl.hints(), ["name one of these instead: `p`, `q`"]);
    assert!(nothing.hints().is_empty());
}

#[test]
fn an_exclusion_is_explained_from_the_users_reasons_on() {
    let packages = "
        a-dev 1
        Depends: common
        common 3
        Conflicts: b-dev
        b-dev 2";
    let error = failed(packages, &["a-dev", "b-dev"]);
    assert_eq!(
        error.what(),
        "could not find packages that satisfy library `a`, library `b` together"
    );
    let tree = &error.causes()[0];
    for line in ["library `a`", "library `b`", "needs common", "common 3", "excludes b-dev 2"] {
        assert!(tree.contains(line), "{line} is not in\n{tree}");
    }
}

#[test]
fn a_gap_is_explained_with_its_alternatives() {
    let packages = "
        a-dev 1
        Depends: b (>= 2) | v, c
        b 1
        c 1
        p 3
        Provides: v
        Depends: e (= 1) | f";
    assert_eq!(
        failed(packages, &["a-dev"]).causes()[0],
        "\
library `a`
└─ needs a-dev
   └─ a-dev 1
      └─ needs b (>= 2) or p as v
         └─ p 3
            └─ needs e (= 1) or f, which no package satisfies"
    );
}

#[test]
fn a_package_that_cannot_be_read_is_passed_over_or_named() {
    let packages = "
        x-dev 1
        Depends: bad | good
        y-dev 1
        Depends: bad
        bad 1
        Depends: (>= 1)
        good 1";
    assert_eq!(solved(packages, &["x-dev"]), ["good 1", "x-dev 1"]);
    let tree = failed(packages, &["y-dev"]).causes()[0].clone();
    assert!(tree.contains("could not read package `bad` 1"), "{tree}");
}

#[test]
fn the_same_question_has_the_same_answer() {
    let mut packages = String::new();
    for i in 0..60 {
        let needs = format!("p{} | p{}, v{}", (i * 7 + 1) % 60, (i * 3) % 60, i % 5);
        writeln!(packages, "p{i} 1\nDepends: {needs}\nProvides: v{}", i % 6).unwrap();
    }
    let first = solved(&packages, &["p0", "p31"]);
    for _ in 0..5 {
        assert_eq!(solved(&packages, &["p0", "p31"]), first);
    }
}
