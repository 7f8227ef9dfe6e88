//! The C side: for each target with a package repository, the libraries that cgo and the manifest ask
//! for, the packages that hold them, and everything those depend on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::drift::Drift;
use super::{Context, declared};
use crate::artifact::Wants;
use crate::closure::{self, Wanted};
use crate::error::{Error, ErrorId, Result};
use crate::lock::{Linkage, Lock, LockedClosure, LockedPackage, Wish};
use crate::manifest::{Library, Packages, RepositorySettings};
use crate::plan::{LibrarySource, Plan, TargetPlan};
use crate::repository::{self, Index, IndexCache, OpenRepository, Repository, Request};
use crate::store::Store;
use crate::vocab::{LibraryName, PackageName, RepositoryName, Sha256};

/// Makes the lock hold the C packages of every target of the plan that needs some.
pub(super) fn settle(
    cx: Context<'_>,
    plan: &Plan<'_>,
    lock: &mut Lock,
    drift: &mut Drift,
) -> Result<()> {
    let declared = declared::libraries(plan, lock)?;
    for target in &plan.targets {
        let LibrarySource::Repository { name, suite, settings } = &target.libraries else {
            continue;
        };
        let asked = asked_for(plan, &declared, lock, target);
        if asked.is_none() && target.wants == Wants::default() {
            continue;
        }
        let default = RepositorySettings::default();
        let settings = settings.unwrap_or(&default);
        let job = Job { plan, declared: &declared, target, name, suite, settings, asked };
        let inputs = job.inputs();
        let locked = lock.closure(&plan.app.name, &target.name);
        let why = match locked {
            Some(closure) if closure.inputs == inputs && !drift.refreshes_libraries() => continue,
            Some(_) => format!(
                "the C libraries of target `{}`, or where they come from, changed",
                target.name
            ),
            None => format!("it holds no C libraries for target `{}`", target.name),
        };
        if drift.may_change(why) {
            let closure = job.run(cx, inputs)?;
            lock.closures.retain(|c| (&c.app, &c.target) != (&closure.app, &closure.target));
            lock.closures.push(closure);
        }
    }
    Ok(())
}

/// The pkg-config modules that are wanted, each with who wants it; `None` where no set compiles C.
fn asked_for(
    plan: &Plan<'_>,
    declared: &BTreeMap<LibraryName, Library>,
    lock: &Lock,
    target: &TargetPlan<'_>,
) -> Option<BTreeMap<String, String>> {
    let platform = target.platform.name();
    let sets = lock.sets.iter().filter(|set| set.app == plan.app.name);
    let units: Vec<_> = sets
        .filter_map(|set| Some((set, set.unit(&platform)?)))
        .filter(|(_, unit)| unit.linkage == Linkage::Cgo)
        .collect();
    if units.is_empty() {
        return None;
    }
    let mut asked = BTreeMap::new();
    for (name, library) in declared {
        asked.insert(library.pkg_config.clone(), format!("library `{name}`"));
    }
    for (set, unit) in units {
        for module in &unit.pkg_config {
            let by = || format!("`#cgo pkg-config: {module}` in set `{}`", set.set);
            asked.entry(module.clone()).or_insert_with(by);
        }
    }
    Some(asked)
}

struct Job<'a> {
    plan: &'a Plan<'a>,
    declared: &'a BTreeMap<LibraryName, Library>,
    target: &'a TargetPlan<'a>,
    name: &'a RepositoryName,
    suite: &'a str,
    settings: &'a RepositorySettings,
    /// The pkg-config modules that are wanted, each with who wants it; `None` where no set compiles C.
    asked: Option<BTreeMap<String, String>>,
}

impl Job<'_> {
    /// Digest of everything that the closure is made from, but for the repository's own state.
    fn inputs(&self) -> Sha256 {
        let RepositorySettings { origin, components, .. } = self.settings;
        let wishes: Vec<_> = self
            .modules()
            .map(|module| (module, self.named(module).map(PackageName::as_str)))
            .collect();
        let mut inputs = format!(
            "{:?}",
            (self.name.as_str(), self.suite, origin, components, self.target.platform, wishes)
        );
        if self.target.wants != Wants::default() {
            let _ = write!(inputs, "{:?} {}", self.target.wants, self.asked.is_some());
        }
        Sha256::of(inputs)
    }

    fn modules(&self) -> impl Iterator<Item = &String> {
        self.asked.iter().flat_map(BTreeMap::keys)
    }

    /// Who wants a pkg-config module.
    fn because(&self, module: &str) -> &str {
        self.asked.as_ref().and_then(|asked| asked.get(module)).map_or("", String::as_str)
    }

    /// The package that the manifest names for a pkg-config module.
    fn named(&self, module: &str) -> Option<&PackageName> {
        let library = self.declared.values().find(|library| library.pkg_config == module)?;
        match &library.packages {
            Packages::Discover => None,
            Packages::Named(packages) => packages.get(self.name),
        }
    }

    fn run(&self, cx: Context<'_>, inputs: Sha256) -> Result<LockedClosure> {
        let kind = repository::find(self.name.as_str()).ok_or_else(|| {
            Error::new(
                ErrorId::Unsupported,
                format!("no package repository is of the kind `{}`", self.name),
            )
        })?;
        let progress = cx.world.shell.progress(
            "Resolving",
            format!("C libraries for {}", self.target.name),
            0,
        );
        let request = Request {
            settings: self.settings,
            platform: self.target.platform,
            suite: self.suite,
            cache: &Indexes(cx.store),
        };
        let open = kind.open(cx.world, &request)?;
        let wishes = self.wishes(cx, kind, open.as_ref())?;
        let libraries = wishes.iter().map(|wish| Wanted {
            package: wish.package.clone(),
            because: self.because(&wish.pkg_config).to_owned(),
        });
        // Whoever compiles C links with the C library, named or not.
        let c_library = Wanted { package: kind.c_library(), because: "the C library".to_owned() };
        let c_library = self.asked.is_some().then_some(c_library);
        let added = self.target.wants.packages.iter().map(|package| Wanted {
            package: package.clone(),
            because: "`packages` of an artifact".to_owned(),
        });
        let wanted: Vec<_> = libraries.chain(c_library).chain(added).collect();
        let solved = closure::solve(open.index(), &wanted)?;
        drop(progress);
        let packages = solved
            .packages
            .into_iter()
            .map(|locked| LockedPackage { package: locked.package, needed_by: locked.needed_by });
        let mut packages: Vec<_> = packages.collect();
        self.add_data(open.index(), &mut packages)?;
        Ok(LockedClosure {
            app: self.plan.app.name.clone(),
            target: self.target.name.clone(),
            inputs,
            repository: self.name.to_string(),
            snapshot: open.snapshot().clone(),
            wishes,
            packages,
        })
    }

    /// Packages that are wanted for their files alone.
    fn add_data(&self, index: &dyn Index, packages: &mut Vec<LockedPackage>) -> Result<()> {
        let mut problems = Vec::new();
        for name in &self.target.wants.data {
            let because = "`data` of an artifact".to_owned();
            if let Some(there) = packages.iter_mut().find(|locked| locked.package.name == *name) {
                there.needed_by.push(because);
                there.needed_by.sort();
                continue;
            }
            match index.named(name.as_str()).first() {
                Some(candidate) => {
                    let package = index.package(*candidate)?;
                    packages.push(LockedPackage { package, needed_by: vec![because] });
                }
                None => problems.push(self.no_such_package(name)),
            }
        }
        Error::all(problems).map_or(Ok(()), Err)
    }

    fn no_such_package(&self, name: &PackageName) -> Error {
        let place = format!("{} {} for {}", self.name, self.suite, self.target.platform);
        Error::new(ErrorId::NoLibrary, format!("could not find the package `{name}` in {place}"))
            .because("it is asked for by `data` of an artifact")
    }

    fn wishes(
        &self,
        cx: Context<'_>,
        kind: &dyn Repository,
        open: &dyn OpenRepository,
    ) -> Result<Vec<Wish>> {
        let unnamed: Vec<&str> = self
            .modules()
            .map(String::as_str)
            .filter(|module| self.named(module).is_none())
            .collect();
        let found = if unnamed.is_empty() {
            BTreeMap::new()
        } else {
            open.find_pkg_config(cx.world, &Indexes(cx.store), &unnamed)?
        };
        let (mut wishes, mut problems) = (Vec::new(), Vec::new());
        for module in self.modules() {
            let package = match self.named(module) {
                Some(package) => Ok(package.clone()),
                None => self.choose(kind, module, found.get(module).map_or(&[], Vec::as_slice)),
            };
            match package {
                Ok(package) => wishes.push(Wish { pkg_config: module.clone(), package }),
                Err(error) => problems.push(error),
            }
        }
        Error::all(problems).map_or(Ok(wishes), Err)
    }

    /// The only package that holds a module; a choice is the manifest's to make.
    fn choose(
        &self,
        kind: &dyn Repository,
        module: &str,
        found: &[PackageName],
    ) -> Result<PackageName> {
        let problem = |why: String| {
            let place = format!("{} {} for {}", kind.name(), self.suite, self.target.platform);
            Error::new(
                ErrorId::NoLibrary,
                format!("could not find the C library `{module}` in {place}"),
            )
            .because(format!("it is asked for by {}", self.because(module)))
            .because(why)
        };
        let distinct: BTreeSet<&PackageName> = found.iter().collect();
        match found {
            [] => Err(problem(format!("no package there holds `{module}.pc`"))
                .hint(format!("name the package under `[libraries]`, as in `{module} = {{ pkg-config = \"{module}\", packages = {{ {} = \"…\" }} }}`", kind.name()))),
            [only, ..] if distinct.len() == 1 => Ok(only.clone()),
            several => {
                let names: Vec<_> = several.iter().map(|name| format!("`{name}`")).collect();
                Err(problem(format!("several packages hold `{module}.pc`: {}", names.join(", ")))
                    .hint("name one of them under `[libraries]`"))
            }
        }
    }
}

/// Index files are kept like any other blob.
struct Indexes<'a>(&'a Store);

impl IndexCache for Indexes<'_> {
    fn get(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>> {
        self.0.read_blob(*sha256, "an index of a package repository")
    }

    fn put(&self, sha256: &Sha256, bytes: &[u8]) -> Result<()> {
        self.0.put_blob(*sha256, bytes)
    }
}
