//! The second step, pure: what a command asks for and what the workspace offers, put together into
//! what will be made, or every reason why it cannot be. `--dry-run` prints its result.

mod api;
mod image;
mod libraries;
mod profile;
mod select;
mod targets;

pub(crate) use api::problem as api_problem;
pub use libraries::{DeclaredLibrary, declared as declared_libraries, join as join_libraries};
pub use select::unknown;

use std::collections::BTreeMap;

use crate::artifact::oci::BaseName;
use crate::artifact::{Form, Wants};
use crate::error::{Error, Result};
use crate::manifest::{App, Bin, Library, Profile, RepositorySettings, Workspace};
use crate::target::{BUILT_IN, Platform};
use crate::vocab::{
    ImageName, LibraryName, PluginName, ProfileName, RepositoryName, SetName, TargetName,
};

/// What the command line asks for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The app, where the workspace has several.
    pub app: Option<String>,
    /// The sets; empty means `default`.
    pub sets: Vec<String>,
    /// Plugins for a set of their own, in place of a named one.
    pub plugins: Option<Vec<String>>,
    /// The targets; empty means `host`.
    pub targets: Vec<String>,
    /// The program; without one, all of the app's.
    pub bin: Option<String>,
    /// The way of building; without one, `release`.
    pub profile: Option<String>,
    /// The artifact kinds; empty means each target's own.
    pub artifacts: Vec<String>,
    /// The image for several platforms: it brings its targets, its artifact kind and its set.
    pub image: Option<String>,
    /// `SOURCE_DATE_EPOCH`, in seconds since 1970.
    pub date: Option<u64>,
}

/// What will be made.
#[derive(Debug)]
pub struct Plan<'w> {
    /// The workspace.
    pub workspace: &'w Workspace,
    /// The app.
    pub app: &'w App,
    /// The programs, of those that the app has.
    pub bins: Vec<&'w Bin>,
    /// The way of building.
    pub profile: ProfilePlan<'w>,
    /// The plugin sets.
    pub sets: Vec<SetPlan<'w>>,
    /// The targets.
    pub targets: Vec<TargetPlan<'w>>,
    /// The image that is made of theirs.
    pub image: Option<&'w ImageName>,
    /// C libraries declared by the app, its APIs and those of its plugins that are members.
    pub libraries: BTreeMap<LibraryName, Library>,
    /// The time that artifacts carry, in seconds since 1970.
    pub date: u64,
}

/// The way of building that was chosen.
#[derive(Debug, Clone, Copy)]
pub struct ProfilePlan<'w> {
    /// Its name.
    pub name: &'w ProfileName,
    /// What it is like.
    pub settings: Profile,
}

/// A plugin set to be compiled in.
#[derive(Debug, Clone)]
pub struct SetPlan<'w> {
    /// Its name; a set that the command line makes has one made from what that says.
    pub name: SetName,
    /// Whether the manifest knows it.
    pub origin: SetOrigin,
    /// The plugins, sorted by name.
    pub plugins: Vec<(&'w PluginName, &'w crate::manifest::Plugin)>,
}

/// Where a set comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetOrigin {
    /// The manifest.
    Manifest,
    /// `--plugins`, `--with` or `--replace`: it is locked beside the build, not in `goplugin.lock`.
    CommandLine,
}

/// A target to be built for.
#[derive(Debug)]
pub struct TargetPlan<'w> {
    /// Its name.
    pub name: TargetName,
    /// What the program will run on.
    pub platform: Platform,
    /// Where C libraries come from.
    pub libraries: LibrarySource<'w>,
    /// What is packed.
    pub artifacts: Vec<ArtifactPlan>,
    /// Packages of the repository that the app's artifacts take along, be they asked for now or not: the lock does not
    /// depend on what a command asks for.
    pub wants: Wants,
    /// The images that the app's artifacts start from, be they asked for now or not.
    pub bases: Vec<BaseName>,
}

/// Where a target's C compiler and libraries come from.
#[derive(Debug, Clone)]
pub enum LibrarySource<'w> {
    /// This machine.
    Host,
    /// zig, and a package repository.
    Repository {
        /// The repository kind.
        name: RepositoryName,
        /// The suite.
        suite: String,
        /// The manifest's settings, where it gives any.
        settings: Option<&'w RepositorySettings>,
    },
}

/// An artifact to be made.
#[derive(Debug)]
pub struct ArtifactPlan {
    /// The kind's name.
    pub kind: &'static str,
    /// The kind's own plan.
    pub form: Form,
}

/// The date of artifacts when neither `SOURCE_DATE_EPOCH` nor the manifest gives one: the first that
/// a zip can hold, 1980-01-01.
const DEFAULT_DATE: u64 = 315_532_800;

/// Settles what will be made. Fails with every problem found.
pub fn make<'w>(workspace: &'w Workspace, request: &Request, here: Platform) -> Result<Plan<'w>> {
    let app = select::app(workspace, request.app.as_deref())?;
    let (image, request) = &image::chosen(app, request)?;
    let profile = profile::choose(app, request.profile.as_deref())?;
    let mut problems = Vec::new();
    let bins = keep(&mut problems, select::bins(app, request.bin.as_deref()));
    let sets = keep(&mut problems, select::sets(app, request));
    let targets = keep(&mut problems, targets::targets(workspace, app, request, here));
    problems.extend(api::check(workspace, &sets).err());
    let libraries = libraries::join(&libraries::declared(workspace, app));
    let libraries = keep(&mut problems, libraries);
    let date = date(app, request);
    match Error::all(problems) {
        Some(error) => Err(error),
        None => {
            let image = *image;
            Ok(Plan { workspace, app, bins, profile, sets, targets, image, libraries, date })
        }
    }
}

fn keep<T: Default>(problems: &mut Vec<Error>, result: Result<T>) -> T {
    result.unwrap_or_else(|error| {
        problems.push(error);
        T::default()
    })
}

/// The date that artifacts carry.
fn date(app: &App, request: &Request) -> u64 {
    request.date.or(app.about.date).unwrap_or(DEFAULT_DATE)
}

impl Plan<'_> {
    /// Whether nothing of this plan may be written to `goplugin.lock`.
    #[must_use]
    pub fn is_one_off(&self) -> bool {
        self.sets.iter().any(|set| set.origin == SetOrigin::CommandLine)
    }
}

/// Whether an app has a set of that name.
#[must_use]
pub fn has_set(app: &App, set: &SetName) -> bool {
    set.as_str() == select::DEFAULT_SET || app.sets.contains_key(set)
}

/// Whether a target of that name can be built for.
#[must_use]
pub fn has_target(workspace: &Workspace, target: &TargetName) -> bool {
    workspace.targets.contains_key(target) || BUILT_IN.iter().any(|row| row.name == target.as_str())
}
