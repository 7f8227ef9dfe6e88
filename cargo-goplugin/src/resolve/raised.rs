//! Modules in a set that somebody asked for in a higher version than Go would choose. A Go module has no
//! other place for such a wish than a go.mod, and the members' are not ours to write to. Pure.

use crate::error::{Error, ErrorId, Result};
use crate::lock::{LockedModule, LockedSet, Raised};

/// What is to be raised in a set: as before, but for what is asked for now.
pub(super) fn wanted(locked: Option<&LockedSet>, asked: &[Raised]) -> Vec<Raised> {
    let Some(locked) = locked else { return Vec::new() };
    let has = |raised: &&Raised| compiled(locked, raised).is_some();
    let mut wanted: Vec<_> = asked.iter().filter(has).cloned().collect();
    let is_asked = |old: &&Raised| asked.iter().any(|new| new.path == old.path);
    wanted.extend(locked.raised.iter().filter(|old| !is_asked(old)).cloned());
    wanted.sort();
    wanted
}

/// What of it still says something, now that Go has chosen. Fails if Go chose more than was asked for now.
pub(super) fn kept(chosen: &LockedSet, wanted: &[Raised], asked: &[Raised]) -> Result<Vec<Raised>> {
    let mut kept = Vec::new();
    for raised in wanted {
        let Some(selected) = compiled(chosen, raised) else { continue };
        if selected.version == raised.version {
            kept.push(raised.clone());
        } else if asked.contains(raised) {
            return Err(too_low(chosen, raised, selected.version.as_str()));
        }
    }
    Ok(kept)
}

/// The module as it is compiled. A wish alone keeps one in go.mod that nothing needs.
fn compiled<'s>(set: &'s LockedSet, raised: &Raised) -> Option<&'s LockedModule> {
    set.selected(&raised.path).filter(|module| module.sum.is_some())
}

fn too_low(chosen: &LockedSet, raised: &Raised, selected: &str) -> Error {
    let Raised { path, version } = raised;
    Error::new(ErrorId::GoModules, format!("could not lock `{path}` at {version}"))
        .because(format!("what else is in set `{}` asks for {selected} at least", chosen.set))
        .hint(format!("`cargo goplugin why {path}` shows what needs it"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::Requirement;
    use crate::vocab::{GoSum, Sha256};

    fn set(modules: &[(&str, &str, Requirement)], raised: &[Raised]) -> LockedSet {
        let module = |(path, version, requirement): &(&str, &str, Requirement)| LockedModule {
            path: path.parse().unwrap(),
            version: version.parse().unwrap(),
            requirement: *requirement,
            sum: (*requirement != Requirement::Graph).then(|| GoSum::from_digest(Sha256::of(""))),
            go_mod: None,
        };
        LockedSet {
            app: "app".parse().unwrap(),
            set: "default".parse().unwrap(),
            inputs: Sha256::of(""),
            go: "1.24".to_owned(),
            plugins: Vec::new(),
            raised: raised.to_vec(),
            declared: Vec::new(),
            patches: Vec::new(),
            units: Vec::new(),
            modules: modules.iter().map(module).collect(),
            vendor: None,
        }
    }

    fn to(path: &str, version: &str) -> Raised {
        Raised { path: path.parse().unwrap(), version: version.parse().unwrap() }
    }

    #[test]
    fn a_new_wish_goes_before_an_old_one_and_only_where_the_module_is() {
        let old = [to("a.b/x", "v1.1.0"), to("a.b/y", "v1.1.0")];
        let modules = [
            ("a.b/x", "v1.1.0", Requirement::Indirect),
            ("a.b/y", "v1.1.0", Requirement::Direct),
            ("a.b/z", "v1.0.0", Requirement::Graph),
        ];
        let locked = set(&modules, &old);
        let asked = [to("a.b/x", "v1.2.0"), to("a.b/z", "v1.2.0"), to("a.b/w", "v1.2.0")];
        assert_eq!(wanted(Some(&locked), &asked), [to("a.b/x", "v1.2.0"), to("a.b/y", "v1.1.0")]);
        assert_eq!(wanted(None, &asked), []);
    }

    #[test]
    fn what_go_has_passed_or_dropped_is_forgotten_unless_it_is_asked_for_now() {
        let wishes = [to("a.b/x", "v1.2.0"), to("a.b/y", "v1.2.0"), to("a.b/z", "v1.2.0")];
        let chosen = set(
            &[("a.b/x", "v1.2.0", Requirement::Indirect), ("a.b/y", "v1.3.0", Requirement::Direct)],
            &[],
        );
        assert_eq!(kept(&chosen, &wishes, &[]).unwrap(), [to("a.b/x", "v1.2.0")]);
        let error = kept(&chosen, &wishes, &wishes[1..2]).unwrap_err();
        assert_eq!(error.id(), ErrorId::GoModules);
        assert!(error.to_string().contains("v1.3.0"), "{error}");
    }
}
