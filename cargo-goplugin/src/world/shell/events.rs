//! What machines are told: every message with its fields, described where they are declared.
//! `docs/messages.md` and `docs/messages.schema.json` are made from these descriptions.

use serde::Serialize;

use super::record::{events, record};
use super::shape::HasShape;
pub use super::shape::{Described, Field, Shape};

/// The version of the messages' format: raised when a reader of the old one could misread the new one.
/// A new message, or a new field at the end of one, does not raise it.
pub const FORMAT_VERSION: u32 = 1;

record! {
    /// A plugin that is compiled in.
    ComposedPlugin = "plugin" {
        /// Its name in the app's manifest.
        name: String,
        /// Its module path.
        module: String,
        /// Its package's import path.
        import: String,
        /// Its version, where it has one.
        version: Option<String>,
    }
}

record! {
    /// A compiler release.
    LockedTool = "tool" {
        /// `go` or `zig`.
        name: String,
        /// Its version.
        version: String,
    }
}

record! {
    /// A plugin set.
    LockedModules = "set-modules" {
        /// Its name.
        name: String,
        /// How many Go modules are locked for it.
        modules: u64,
    }
}

record! {
    /// A target's packages.
    LockedPackages = "target-packages" {
        /// The target's name.
        name: String,
        /// The kind of repository, such as `debian`.
        repository: String,
        /// The suite.
        suite: String,
        /// How many packages are locked.
        packages: u64,
    }
}

record! {
    /// A module that a set raises.
    RaisedModule = "raised-module" {
        /// Its path.
        module: String,
        /// The version asked for.
        asked: String,
        /// The version that the set gets.
        chosen: String,
        /// Who asks for that, as a person reads it.
        by: String,
        /// Whether it is drift that the app's policy does not except.
        drift: bool,
    }
}

events! {
    /// What `--dry-run` would do for one set and one target. Nothing follows but `build-finished`.
    Planned = "planned" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The target's name.
        target: String,
        /// What it is for, as in `linux/arm/v7`.
        platform: String,
        /// The names of the plugins.
        plugins: Vec<String>,
        /// The names of the artifacts' files.
        artifacts: Vec<String>,
    }
    /// A target that can be built for, by `targets`.
    Target = "target" {
        /// Its name.
        name: String,
        /// What it is.
        about: String,
        /// Whether it is for a later version.
        planned: bool,
    }
    /// A set gets modules in higher versions than were asked for. Only when it is locked anew.
    Raised = "raised" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The modules.
        modules: Vec<RaisedModule>,
    }
    /// Every version is settled, and the lock file holds it.
    Resolved = "resolved" {
        /// The app's name.
        app: String,
        /// The app's version.
        version: String,
        /// The compilers for this machine.
        tools: Vec<LockedTool>,
        /// The sets asked for.
        sets: Vec<LockedModules>,
        /// The targets asked for that have locked packages.
        targets: Vec<LockedPackages>,
    }
    /// Something came from the network, and was found to be what is locked.
    Downloaded = "downloaded" {
        /// `tool`, `go-modules`, `packages` or `base-image`.
        kind: String,
        /// What, as a person is told.
        name: String,
        /// How many files or modules.
        items: u64,
        /// How much, where that is known.
        bytes: Option<u64>,
    }
    /// The source tree of a set is laid out.
    Composed = "composed" {
        /// The app's name.
        app: String,
        /// The app's version.
        version: String,
        /// The plugin set.
        set: String,
        /// The plugins in it, by name.
        plugins: Vec<ComposedPlugin>,
    }
    /// Something stands in the place of a Go module of a set: by `[patch]` of the app's manifest, or by `--replace`.
    Patched = "patched" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The module's path.
        module: String,
        /// The version that the set has of it.
        version: String,
        /// What stands there: a folder, a module with its version, or a diff that is applied.
        with: String,
    }
    /// What a build reads beside the workspace is here and is what the lock says: told once of the
    /// compilers and modules, and once of each target's packages.
    Verified = "verified" {
        /// The compilers.
        tools: Vec<LockedTool>,
        /// How many Go modules, over all sets.
        modules: u64,
        /// The targets that have locked packages.
        targets: Vec<LockedPackages>,
    }
    /// A tree that a target's programs run in, by `fetch --runtime-root`.
    RuntimeRoot = "runtime-root" {
        /// The target's name.
        target: String,
        /// The tree's root folder.
        path: String,
    }
    /// What another build system reads was written, by `export`.
    Exported = "exported" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// For which build system: `nix`.
        format: String,
        /// The file, unless it went to no file.
        path: Option<String>,
        /// The folder of the source tree that it builds.
        source: String,
        /// What is in the file.
        text: String,
    }
    /// A program is not fresh, and the compiler starts.
    Compiling = "compiling" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The target's name.
        target: String,
        /// What it is for, as in `linux/arm/v7`.
        platform: String,
    }
    /// A file was made, or was found fresh.
    Artifact = "artifact" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The target's name.
        target: String,
        /// What it is for, as in `linux/arm/v7`.
        platform: String,
        /// `binary` for a program, else the artifact kind, such as `deb` or `tar`.
        kind: String,
        /// Where the file stands.
        path: String,
        /// Its SHA-256; of a container image, that of its manifest or index, by which a registry knows it.
        sha256: String,
        /// Its size in bytes.
        size: u64,
        /// Whether nothing had to be done.
        fresh: bool,
        /// Its bill of materials, as `CycloneDX`; a program has none.
        sbom: Option<String>,
        /// What it was made from, as an in-toto statement with SLSA's predicate; a program has none.
        provenance: Option<String>,
    }
    /// An entry of `[plugins]` in an app's manifest that is added, taken out or changed: by `add`, `remove` and
    /// `update`.
    PluginChanged = "plugin-changed" {
        /// The app's name.
        app: String,
        /// The plugin's name.
        name: String,
        /// `added`, `removed` or `updated`.
        change: String,
        /// The version that it has from now on, where it has one.
        version: Option<String>,
    }
    /// Something that is locked in another version than before, by `update`.
    LockChanged = "lock-changed" {
        /// `module`, `package` or `tool`.
        kind: String,
        /// Its name; of a Go module, its path.
        name: String,
        /// The version before; `null` where it was not there.
        before: Option<String>,
        /// The version now; `null` where it is no longer there.
        after: Option<String>,
    }
    /// A plugin from the module proxy with the newest release that there is, by `outdated`.
    Outdated = "outdated" {
        /// The app's name.
        app: String,
        /// The plugin's name.
        name: String,
        /// Its module path, or that of a later major version.
        module: String,
        /// The version that the manifest asks for.
        version: String,
        /// The newest release, where it is known.
        newest: Option<String>,
        /// Why it is not.
        problem: Option<String>,
    }
    /// Why the app has what `why` is asked for: one for each way there is.
    Chain = "chain" {
        /// The app's name.
        app: String,
        /// The plugin set.
        set: String,
        /// The target's name.
        target: String,
        /// From the app to what is asked for, each needed by the one before.
        chain: Vec<String>,
    }
    /// A program or artifact that was made anew was compared with the one that stands in the target folder.
    Compared = "compared" {
        /// The file in the target folder.
        path: String,
        /// `binary`, or the artifact kind.
        kind: String,
        /// Whether the two are equal, byte for byte.
        equal: bool,
    }
    /// An image is in a registry, by `oci push`.
    Pushed = "pushed" {
        /// The registry's host and the repository.
        repository: String,
        /// The digest of the image, as in `sha256:…`.
        digest: String,
        /// The tag that stands at it.
        tag: Option<String>,
        /// How many blobs were sent.
        blobs: u64,
        /// The bytes of these.
        bytes: u64,
        /// How many blobs the registry took from another repository.
        mounted: u64,
        /// Whether all was there already.
        unchanged: bool,
    }
    /// Something a person should look at, though the run goes on.
    Warning = "warning" {
        /// The message.
        message: String,
    }
    /// A failure. A run can have several.
    Failed = "error" {
        /// The stable id, as `docs/errors.md` lists them.
        id: String,
        /// What was attempted, and on what.
        what: String,
        /// Why it failed, the nearest reason first.
        causes: Vec<String>,
        /// What can be done.
        hints: Vec<String>,
        /// The file in which the reason stands, where it stands in one.
        file: Option<String>,
        /// The line of that file, from 1 on.
        line: Option<u64>,
        /// The column in that line, in characters from 1 on.
        column: Option<u64>,
        /// The whole message, as a person would see it without colours.
        rendered: String,
    }
    /// The last line.
    BuildFinished = "build-finished" {
        /// Whether all went well.
        success: bool,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_its_reason_and_its_fields_in_order() {
        let event = Event::Downloaded(Downloaded {
            kind: "packages".into(),
            name: "debian bookworm".into(),
            items: 3,
            bytes: None,
        });
        assert_eq!(
            serde_json::to_string(&event).unwrap(),
            r#"{"reason":"downloaded","kind":"packages","name":"debian bookworm","items":3,"bytes":null}"#
        );
    }

    #[test]
    fn every_message_is_described_once() {
        let all = Event::all();
        let mut names: Vec<_> = all.iter().map(|event| event.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all.len());
        assert_eq!(all.last().unwrap().name, "build-finished");
    }
}
