//! Which modules a set raises above what was asked for, and how that is told. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::golang::{GraphNode, ModGraph};
use crate::manifest::{OnDrift, Policy};
use crate::vocab::{ModulePath, ModuleVersion, PluginName};

/// Modules with their versions.
pub(super) type Versions = BTreeMap<ModulePath, ModuleVersion>;

/// A module that a set gets in a higher version than somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raise {
    pub(super) module: ModulePath,
    /// The version asked for, or what the app alone would get.
    pub(super) asked: ModuleVersion,
    /// The version that the set gets.
    pub(super) chosen: ModuleVersion,
    /// Over whom.
    pub(super) over: Over,
    /// Who asks for the higher version, as a person reads it.
    pub(super) by: String,
}

/// Who asked for the lower version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Over {
    /// The app or an API requires it itself.
    Required,
    /// The app's manifest declares the plugin in that version.
    Declared,
    /// The app or an API gets it through other modules.
    Through,
    /// A plugin requires it, and the version chosen promises no compatibility with that one.
    Plugin(PluginName),
}

/// What the modules of a set are held against.
#[derive(Debug, Default)]
pub(super) struct Asked<'a> {
    /// What the app and its APIs get without plugins.
    pub(super) alone: Versions,
    /// The modules that one of their go.mod files requires itself.
    pub(super) required: BTreeSet<ModulePath>,
    /// The set's plugins.
    pub(super) plugins: Vec<AskingPlugin<'a>>,
}

/// A plugin, and what it asks for.
#[derive(Debug)]
pub(super) struct AskingPlugin<'a> {
    pub(super) name: &'a PluginName,
    pub(super) module: &'a ModulePath,
    /// The version that the manifest gives, for one from the module proxy.
    pub(super) declared: Option<&'a ModuleVersion>,
    /// What its go.mod requires itself.
    pub(super) requires: Versions,
}

impl Asked<'_> {
    /// The modules that are raised, drift first, then by path.
    pub(super) fn raises(&self, chosen: &Versions) -> Vec<Raise> {
        let mut raises: Vec<_> =
            chosen.iter().flat_map(|(module, version)| self.of(module, version)).collect();
        raises.sort_by(|a, b| (&a.over, &a.module).cmp(&(&b.over, &b.module)));
        raises
    }

    fn of(&self, module: &ModulePath, chosen: &ModuleVersion) -> Vec<Raise> {
        let raise = |asked: &ModuleVersion, over| Raise {
            module: module.clone(),
            asked: asked.clone(),
            chosen: chosen.clone(),
            over,
            by: String::new(),
        };
        let declared = self.plugins.iter().find(|plugin| plugin.module == module);
        if let Some(version) = declared.and_then(|plugin| plugin.declared) {
            // In the declared version it is what the app's manifest asks for, whatever else does.
            let raised = chosen.semver() > version.semver();
            return raised.then(|| raise(version, Over::Declared)).into_iter().collect();
        }
        if let Some(version) = self.alone.get(module).filter(|v| v.semver() < chosen.semver()) {
            let required = self.required.contains(module);
            return vec![raise(version, if required { Over::Required } else { Over::Through })];
        }
        let outgrown = self.plugins.iter().filter_map(|plugin| {
            let version = plugin.requires.get(module).filter(|v| breaks(v, chosen))?;
            Some(raise(version, Over::Plugin(plugin.name.clone())))
        });
        outgrown.collect()
    }

    /// Notes who asks for each of the higher versions.
    pub(super) fn name(&self, raises: &mut [Raise], graph: &ModGraph) {
        for raise in raises {
            let node =
                GraphNode { path: raise.module.clone(), version: Some(raise.chosen.clone()) };
            let mut by: Vec<_> = Vec::new();
            if self.alone.get(&raise.module) == Some(&raise.chosen) {
                by.push("the app".to_owned());
            }
            by.extend(self.plugins.iter().filter_map(|plugin| {
                let way = graph.way(plugin.module, &node)?;
                let through = match way.as_slice() {
                    [_, .., last, _] => through(last),
                    _ => String::new(),
                };
                Some(format!("plugin `{}`{through}", plugin.name))
            }));
            raise.by = match by.as_slice() {
                [] => "an import that no go.mod accounts for".to_owned(),
                _ => by.join(", "),
            };
        }
    }
}

fn through(node: &GraphNode) -> String {
    let version = node.version.iter().map(|version| format!("@{version}"));
    format!(" through {}{}", node.path, version.collect::<String>())
}

/// Whether a version is higher and, by semantic versioning, may break who asked for the other one.
fn breaks(asked: &ModuleVersion, chosen: &ModuleVersion) -> bool {
    let (asked, chosen) = (asked.semver(), chosen.semver());
    let series = |version: &semver::Version| match version.major {
        0 => (0, version.minor),
        major => (major, 0),
    };
    chosen > asked && series(&chosen) != series(&asked)
}

impl Raise {
    /// Whether it is drift that the policy does not except.
    pub(super) fn is_drift(&self, policy: &Policy) -> bool {
        let of_the_app = matches!(self.over, Over::Required | Over::Declared);
        let excepted = policy.allow_raise.iter().any(|pattern| pattern.matches(&self.module));
        of_the_app && !excepted && policy.drift != OnDrift::Allow
    }

    fn cells(&self) -> [String; 4] {
        let by = match &self.over {
            Over::Plugin(name) => format!("{}, over plugin `{name}`", self.by),
            Over::Required | Over::Declared | Over::Through => self.by.clone(),
        };
        [self.module.to_string(), self.asked.to_string(), self.chosen.to_string(), by]
    }
}

/// The lines of a table, the columns' names first.
pub(super) fn table<'a>(raises: impl Iterator<Item = &'a Raise>) -> Vec<String> {
    let head = ["module", "asked for", "in the set", "raised by"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(head).chain(raises.map(Raise::cells)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or_default();
    let (first, second, third) = (width(0), width(1), width(2));
    let line = |[module, asked, chosen, by]: &[String; 4]| {
        format!("{module:first$}  {asked:second$}  {chosen:third$}  {by}")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(pairs: &[(&str, &str)]) -> Versions {
        let parsed =
            |(path, version): &(&str, &str)| (path.parse().unwrap(), version.parse().unwrap());
        pairs.iter().map(parsed).collect()
    }

    #[test]
    fn raises_are_told_by_who_asked_for_less() {
        let name: PluginName = "stamp".parse().unwrap();
        let module: ModulePath = "example.org/stamp".parse().unwrap();
        let declared: ModuleVersion = "v1.2.0".parse().unwrap();
        let asked = Asked {
            alone: versions(&[
                ("example.org/base", "v1.0.0"),
                ("example.org/deep", "v1.0.0"),
                ("example.org/same", "v1.4.0"),
                ("example.org/stamp", "v1.0.0"),
            ]),
            required: ["example.org/base", "example.org/same"]
                .iter()
                .map(|path| path.parse().unwrap())
                .collect(),
            plugins: vec![AskingPlugin {
                name: &name,
                module: &module,
                declared: Some(&declared),
                requires: versions(&[
                    ("example.org/old", "v0.9.0"),
                    ("example.org/patched", "v0.9.0"),
                    ("example.org/same", "v1.1.0"),
                ]),
            }],
        };
        let told = |pairs: &[(&str, &str)]| -> Vec<String> {
            let raises = asked.raises(&versions(pairs));
            let told = raises.iter().map(|raise| {
                format!("{} {} {} {:?}", raise.module, raise.asked, raise.chosen, raise.over)
            });
            told.collect()
        };
        for (chosen, expected) in [
            (("example.org/base", "v1.0.0"), None),
            (("example.org/base", "v1.2.0"), Some("v1.0.0 v1.2.0 Required")),
            (("example.org/deep", "v1.0.1"), Some("v1.0.0 v1.0.1 Through")),
            (("example.org/new", "v3.0.0"), None),
            (("example.org/stamp", "v1.2.0"), None),
            (("example.org/stamp", "v1.2.1"), Some("v1.2.0 v1.2.1 Declared")),
            (("example.org/same", "v1.4.0"), None),
            (("example.org/patched", "v0.9.7"), None),
            (("example.org/old", "v0.10.0"), Some("v0.9.0 v0.10.0 Plugin(PluginName(\"stamp\"))")),
        ] {
            let expected: Vec<_> =
                expected.iter().map(|expected| format!("{} {expected}", chosen.0)).collect();
            assert_eq!(told(&[chosen]), expected, "{chosen:?}");
        }
        let all = [
            ("example.org/base", "v1.2.0"),
            ("example.org/deep", "v2.0.0-rc.1"),
            ("example.org/old", "v0.10.0"),
            ("example.org/stamp", "v1.3.0"),
        ];
        let mut raises = asked.raises(&versions(&all));
        let graph = ModGraph::parse(
            "example.org/stamp@v1.3.0 example.org/middle@v1.1.0\n\
             example.org/middle@v1.1.0 example.org/base@v1.2.0\n\
             example.org/stamp@v1.3.0 example.org/deep@v2.0.0-rc.1\n",
        );
        asked.name(&mut raises, &graph);
        assert_eq!(
            table(raises.iter()),
            [
                "module             asked for  in the set   raised by",
                "example.org/base   v1.0.0     v1.2.0       plugin `stamp` through example.org/middle@v1.1.0",
                "example.org/stamp  v1.2.0     v1.3.0       plugin `stamp`",
                "example.org/deep   v1.0.0     v2.0.0-rc.1  plugin `stamp`",
                "example.org/old    v0.9.0     v0.10.0      an import that no go.mod accounts for, over plugin `stamp`",
            ]
        );
    }

    #[test]
    fn a_policy_excepts_modules() {
        let raise = |module: &str, over| Raise {
            module: module.parse().unwrap(),
            asked: "v1.0.0".parse().unwrap(),
            chosen: "v1.1.0".parse().unwrap(),
            over,
            by: String::new(),
        };
        let with = |drift, allow: &[&str]| Policy {
            drift,
            allow_raise: allow.iter().map(|pattern| pattern.parse().unwrap()).collect(),
        };
        for (policy, over, drift) in [
            (with(OnDrift::Refuse, &[]), Over::Required, true),
            (with(OnDrift::Refuse, &[]), Over::Declared, true),
            (with(OnDrift::Refuse, &[]), Over::Through, false),
            (with(OnDrift::Refuse, &["golang.org/x/..."]), Over::Required, false),
            (with(OnDrift::Refuse, &["golang.org/x"]), Over::Required, true),
            (with(OnDrift::Warn, &[]), Over::Required, true),
            (with(OnDrift::Allow, &[]), Over::Required, false),
        ] {
            assert_eq!(
                raise("golang.org/x/net", over.clone()).is_drift(&policy),
                drift,
                "{policy:?} {over:?}"
            );
        }
    }
}
