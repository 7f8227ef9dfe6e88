//! Imports run one way: from higher layers to lower ones, never between siblings, and never from a
//! pure module to the world.

use super::layers::{height, is_pure};
use super::source::Source;
use super::{Finding, paths};

/// A kind that one line in its parent's `ALL` makes known, such as `artifact::deb`.
pub(crate) type Kind = [String; 2];

/// The kinds of artifacts and repositories.
pub(crate) fn kinds(sources: &[&Source]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for source in sources {
        let Some([parent]) = source.module().as_deref().and_then(|m| <[&str; 1]>::try_from(m).ok())
        else {
            continue;
        };
        let Some((_, list)) = source.code.split_once("const ALL:") else { continue };
        let list = list.split(';').next().unwrap_or_default();
        let entries = list.split_once('=').map_or("", |(_, entries)| entries).split('&');
        for entry in entries.filter_map(|entry| entry.trim().split_once("::")) {
            kinds.push([parent.to_owned(), entry.0.to_owned()]);
        }
    }
    kinds
}

pub(crate) fn check(source: &Source, kinds: &[Kind]) -> Vec<Finding> {
    let Some(module) = source.module() else { return Vec::new() };
    let mut wrong: Vec<_> = paths::below("crate", &module, &source.code)
        .iter()
        .filter_map(|path| objection(&module, path, kinds))
        .collect();
    if height(module[0]).is_none() {
        wrong.push(format!("`{}` is in none of xtask's layers", module[0]));
    }
    wrong.sort();
    wrong.dedup();
    wrong.into_iter().map(|what| Finding::new(&source.path, what)).collect()
}

/// What is wrong with `module` naming `path`, if anything is.
fn objection(module: &[&str], path: &[String], kinds: &[Kind]) -> Option<String> {
    let other = path.first()?.as_str();
    let named = path.join("::");
    if other == module[0] {
        return sibling_kind(module, path, kinds).then(|| format!("`{named}` is a sibling kind"));
    }
    // A path such as `crate::Something` names no module.
    let (here, there) = (height(module[0])?, height(other)?);
    if there > here {
        return Some(format!("`{named}` is above `{}`", module[0]));
    }
    if there == here {
        return Some(format!("`{named}` is a sibling of `{}`", module[0]));
    }
    (other == "world" && is_pure(module)).then(|| format!("`{named}` in a pure module"))
}

fn sibling_kind(module: &[&str], path: &[String], kinds: &[Kind]) -> bool {
    let (Some(mine), Some(other)) = (module.get(1), path.get(1)) else { return false };
    let is_kind =
        |name: &str| kinds.iter().any(|[parent, kind]| parent == module[0] && kind == name);
    mine != other && is_kind(mine) && is_kind(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<String> {
        let kinds = [
            ["artifact".to_owned(), "deb".to_owned()],
            ["artifact".to_owned(), "tarball".to_owned()],
        ];
        let source = Source::new(format!("cargo-goplugin/src/{path}").as_str().into(), text);
        check(&source, &kinds).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn imports_run_downwards() {
        assert_eq!(findings("plan/mod.rs", "use crate::{error::Result, manifest::App};"), [""; 0]);
        assert_eq!(
            findings("plan/mod.rs", "use crate::resolve::Lock;"),
            ["`resolve::Lock` is above `plan`"]
        );
        assert_eq!(
            findings("golang/mod.rs", "fn f() { crate::repository::g() }"),
            ["`repository::g` is a sibling of `golang`"]
        );
        assert_eq!(
            findings("plan/tidy.rs", "use super::super::ops::run;"),
            ["`ops::run` is above `plan`"]
        );
        assert_eq!(findings("plan/mod.rs", "#[cfg(test)]\nmod tests { use crate::ops; }"), [""; 0]);
        assert_eq!(findings("new/mod.rs", ""), ["`new` is in none of xtask's layers"]);
    }

    #[test]
    fn pure_modules_do_not_see_the_world() {
        let text = "use crate::world::files;";
        assert_eq!(findings("plan/mod.rs", text), ["`world::files` in a pure module"]);
        assert_eq!(findings("golang/render.rs", text), ["`world::files` in a pure module"]);
        assert_eq!(findings("golang/command.rs", text), [""; 0]);
    }

    #[test]
    fn kinds_do_not_know_each_other() {
        let wrong = ["`artifact::tarball::write` is a sibling kind"];
        assert_eq!(findings("artifact/deb/mod.rs", "use super::tarball::write;"), wrong);
        assert_eq!(findings("artifact/deb/mod.rs", "use crate::artifact::tarball::write;"), wrong);
        assert_eq!(findings("artifact/deb/mod.rs", "use crate::artifact::tree::write;"), [""; 0]);
    }

    #[test]
    fn kinds_are_read_from_all() {
        let text = "pub const ALL: &[&dyn Kind] = &[&deb::Deb, &tarball::Tarball];";
        let source = Source::new("cargo-goplugin/src/artifact/mod.rs".into(), text);
        assert_eq!(kinds(&[&source]), [["artifact", "deb"], ["artifact", "tarball"]]);
    }
}
