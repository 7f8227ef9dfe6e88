//! The ids of failures, each with its cause and the way out: the text of `docs/errors.md` and of
//! `cargo goplugin --explain`. The macro takes no id without both.

use std::fmt;

use super::id_macro::error_ids;

error_ids! {
    /// The command line asks for something that contradicts itself or the workspace.
    Usage = "cli::usage", way_out {
        /// Leave out one of the flags that the message names, or name what it asks for: `-p APP` where the
        /// workspace has several apps, one `--set` for `run`. `cargo goplugin SUBCOMMAND --help` lists the flags.
    }
    /// A file or folder could not be read or written.
    Io = "world::io", way_out {
        /// The message names the path and what the system said. See to its owner and rights (`ls -ld PATH`), and to the
        /// room on its disk (`df -h PATH`). Another cache folder is named by `CARGO_GOPLUGIN_CACHE_DIR`, another folder
        /// for what is made by `--target-dir`. Then run the command again: what was done by then is kept.
    }
    /// A program that this one needs, such as cargo, git, go or pip, could not be started, or ended with a failure.
    Process = "world::process", way_out {
        /// `-v` shows the command as it can be run by hand. Where the program is missing, install it or put its folder
        /// on `PATH`. Where it failed, what it said stands below `Caused by`; mend that first.
    }
    /// A server could not be reached, broke off, or kept answering with an error.
    Network = "world::network", way_out {
        /// Run the command again: what was downloaded is kept. If it fails again, try the address of the message by
        /// `curl -I ADDRESS`. Behind a proxy, set `HTTPS_PROXY`; with certificates of one's own, `SSL_CERT_FILE`.
        /// Another mirror is named as for `resolve::mirror`.
    }
    /// Something must come from the network, but `--offline` or `--frozen` forbids it.
    Offline = "world::offline", way_out {
        /// Run `cargo goplugin fetch` once with a network, for each target that is built for (`--target rpi4`). After
        /// that, everything works offline until the lock changes or the cache is removed. `CARGO_NET_OFFLINE` counts as
        /// `--offline`.
    }
    /// Bytes in the store, or a file of an unpacked tree, are not what was put there. Something edited or damaged them.
    Corrupt = "store::corrupt", way_out {
        /// Remove the file or folder that the hint names; the next run gets it anew, and verifies it. The whole cache may
        /// be removed at any time. If it happens again, look at the disk and at what else writes there.
    }
    /// Downloaded bytes are not those that the lock, an index or a go.sum promises.
    Mismatch = "store::mismatch", way_out {
        /// Nothing of them was used. Run the command again, or name another mirror or proxy: a cache between here and the
        /// server may be at fault. If the other side has really changed what it publishes under the same version, find
        /// out why before `cargo goplugin resolve --refresh` takes it into the lock.
    }
    /// An archive holds an entry that may not be unpacked (one that leaves its folder, a device, a file twice), is
    /// larger than it says, or is damaged.
    Archive = "store::archive", way_out {
        /// Nothing of it was used. Tell whoever made the package or module that the message names, and take another
        /// version or another mirror meanwhile. For a library, `packages` under `[libraries]` names another package.
    }
    /// No workspace stands at or above the folder.
    NoWorkspace = "manifest::no-workspace", way_out {
        /// Go to the workspace's folder, or name its manifest by `--manifest-path`. `cargo goplugin init` makes a
        /// workspace of a Go app, `cargo goplugin new NAME` a new one.
    }
    /// The tables stand in `Cargo.toml` and in `goplugin.toml` of one folder.
    TwoHomes = "manifest::two-homes", way_out {
        /// Keep one: `[workspace.metadata.goplugin]` in `Cargo.toml` where the repository has crates, else `[workspace]`
        /// in `goplugin.toml`. Move the keys over and remove the other table.
    }
    /// The file is not TOML.
    Syntax = "manifest::syntax", way_out {
        /// Mend the underlined place. Most often a quote or bracket is not closed, or a key stands twice. The rules are at
        /// <https://toml.io>.
    }
    /// A key that has no meaning where it stands.
    UnknownKey = "manifest::unknown-key", way_out {
        /// Write the key that the hint names, or move it to the table it belongs to: `docs/manifest.md` lists every key
        /// of every table. No unknown key is passed over, as a misspelt one would silently leave a plugin out.
    }
    /// A key whose work is planned for a later version.
    LaterKey = "manifest::later-key", way_out {
        /// Remove the key. `docs/manifest.md` marks such keys with *later*; `CHANGELOG.md` says when one arrives.
    }
    /// A key holds a value of the wrong type or form, or one that does not fit its neighbours.
    InvalidValue = "manifest::invalid-value", way_out {
        /// The message says what is expected at the underlined place; `docs/manifest.md` has the type and an example of
        /// each key. For a go.mod, `go mod tidy` in its folder shows what Go makes of it.
    }
    /// A key that has to be there is missing.
    MissingKey = "manifest::missing-key", way_out {
        /// Write the key into the table that is underlined: `version = "0.1.0"` for an app, a `maintainer` under
        /// `[artifacts.deb]` or `authors` under `[package]` for a Debian package, `members` for a workspace.
    }
    /// A member of the workspace, or a plugin's `path`, is not a folder with a Go module in it.
    NotAModule = "manifest::not-a-module", way_out {
        /// Make it one by `go mod init MODULE` in the folder; or mend the path in `members` or `[plugins]`; or leave a
        /// folder that a wildcard takes in out of the workspace by `exclude = ["FOLDER"]`.
    }
    /// Two members or plugins have one import path.
    DuplicateModule = "manifest::duplicate-module", way_out {
        /// Change the `module` line of one go.mod, by `go mod edit -module=PATH`; or leave one of the folders out by
        /// `exclude`; or remove one of the two entries of `[plugins]`.
    }
    /// A name for something new is one that Go, Debian or the layout of a workspace does not bear.
    BadName = "scaffold::name", way_out {
        /// Take lower-case letters, digits and `-`, beginning with a letter, and no word of Go's such as `func`. A folder
        /// may be called anything if `--name NAME` gives the app a name of its own.
    }
    /// What is to be made is there already; nothing is ever written over it.
    Exists = "scaffold::exists", way_out {
        /// Take another name, or make a workspace of what is there by `cargo goplugin init FOLDER`. Within a workspace,
        /// list the module under `members` and the plugin under `[plugins]` of its app.
    }
    /// `init` finds no app in the folder, or several programs that could be it.
    NoApp = "scaffold::no-app", way_out {
        /// Name the folder of the main package, as in `cargo goplugin init --main cmd/server`. A folder without a Go
        /// module gets one by `go mod init MODULE`; `cargo goplugin new NAME` makes an app.
    }
    /// A name is used that nothing in the workspace has: an app, a set, a plugin, a target or an artifact kind.
    UnknownName = "plan::unknown-name", way_out {
        /// Take the name that the hint offers. `cargo goplugin targets` lists the targets, `cargo goplugin metadata` the
        /// apps with their plugins and sets. A plugin is added under `[plugins]` of its app.
    }
    /// What is asked for cannot be done for that target, or on this machine.
    Unsupported = "plan::unsupported", way_out {
        /// Take another target or artifact kind: `cargo goplugin targets` lists what there is. Programs for another
        /// machine cannot be run here, and `host` packs no `deb`. Building needs Linux on amd64 or arm64.
    }
    /// A plugin asks for a range of the API that the workspace's API is not in.
    ApiRange = "plan::api-range", way_out {
        /// Bring the plugin up to the API, then widen `api` under `[package]` of its `goplugin.toml`; or leave it out by
        /// `--plugins` or a set. Where the API's manifest gives no `version`, write one.
    }
    /// Two of the app, its APIs and its plugins declare one C library in two ways: another pkg-config module by the same
    /// name, or another package of the same repository.
    LibraryClash = "plan::library-clash", way_out {
        /// Let both say the same under `[libraries]`. Where one is a plugin from elsewhere, take another version of it, or
        /// let the other give way; `"*"` leaves the package to whoever names one.
    }
    /// A plugin's package lacks the function by which it is registered.
    NoConstructor = "resolve::no-constructor", way_out {
        /// Add `func Plugin() T` to the package at the module's root, where `T` is what the app's `plugins` holds. If
        /// plugins register themselves in `init`, write `style = "init"` under `[registration]` of the app.
    }
    /// A plugin's `Plugin()` takes parameters, gives nothing or several values, or gives what the app's `plugins` cannot hold.
    WrongConstructor = "resolve::wrong-constructor", way_out {
        /// The message shows the function, and what the app holds and where. Declare it as `func Plugin() T` with just that
        /// `T`. Only what is plain without a type checker is told here; the compiler has the last word.
    }
    /// The lock no longer fits the manifest or the sources, and `--locked` or `--frozen` forbids to change it.
    Drift = "resolve::drift", way_out {
        /// Run `cargo goplugin resolve` without the flag, look at what changed in `goplugin.lock`, and commit it. The
        /// message lists what no longer fits.
    }
    /// A set gets a module in a higher version than the app or its API itself requires, or another version of a plugin than
    /// the manifest gives, because a plugin asks for it.
    VersionDrift = "resolve::version-drift", way_out {
        /// The table says which plugin asks for what. Take a release of that plugin that goes with the app; or raise the
        /// app by `go get MODULE@VERSION` in its folder, and test it; or let it pass, by `allow-raise` or `drift` under
        /// `[policy]` of the app's manifest.
    }
    /// `--with` or `--replace` is given where only `goplugin.lock` may say what is in a program, or has nothing to replace.
    OneOff = "resolve::one-off", way_out {
        /// Leave `--locked` or `--frozen` out: what these flags add is for one run, and never in `goplugin.lock`. To build
        /// with it under `--locked`, write the plugin under `[plugins]` and the module under `[patch]` of the app's
        /// manifest, and run `cargo goplugin resolve`. `--replace` needs the path of a module that a set has.
    }
    /// The lock file is not as this program wrote it: it was edited by hand, or merged badly.
    LockEdited = "resolve::lock-edited", way_out {
        /// Restore it, by `git checkout -- goplugin.lock`; or remove it and run `cargo goplugin resolve`, which chooses
        /// every version anew. After a merge, take one side whole and run `cargo goplugin resolve`.
    }
    /// Nobody could say which version of a module is the newest, or the one that was asked for by less than a full
    /// version. Some proxies serve a module's versions and refuse the list of them.
    NoVersion = "resolve::no-version", way_out {
        /// Name a full version, as in `cargo goplugin add MODULE@v1.2.3`: that needs no list. What the go command said
        /// stands below `Caused by`; `GOPROXY` and `GOPRIVATE` decide whom it asks.
    }
    /// A git repository could not be reached, has not what is asked for, or holds another module than it should.
    Git = "resolve::git", way_out {
        /// See by `git ls-remote URL` whether the repository can be reached without being asked for a password, and
        /// which branches and tags it has. Its go.mod has to be at its root, and to name the module that `module` in
        /// `[plugins]` says, or that the address tells.
    }
    /// Go could not settle the modules of a plugin set: a module is missing, or two plugins do not go together.
    GoModules = "resolve::go-modules", way_out {
        /// What the go command said stands below `Caused by`. See whether the version exists, by
        /// `go list -m -versions MODULE`, and whether `GOPROXY` and `GOPRIVATE` let Go reach it. `go mod tidy` in the
        /// member that requires it shows the same without this program.
    }
    /// The `goplugin.toml` of a plugin from the module proxy or from git is no TOML, or what it says of libraries or of
    /// the API will not do. Nothing else of it is read.
    PluginManifest = "resolve::plugin-manifest", way_out {
        /// Take another version of the plugin, and tell its author. To go on with this one, get it into a folder, mend its
        /// manifest there, and take it by `path`.
    }
    /// A C library is wanted that no repository of the target has, or that several packages have.
    NoLibrary = "resolve::no-library", way_out {
        /// Name the package under `[libraries]`, as in `cairo = { packages = { debian = "libcairo2-dev" } }`.
        /// <https://packages.debian.org> finds the package that a file is in. A package outside of `main` needs
        /// `components` under `[workspace.repositories.debian]`.
    }
    /// No set of packages satisfies what the libraries depend on.
    Unsolvable = "resolve::unsolvable", way_out {
        /// The message follows the dependencies to the two that do not go together. Leave one of the libraries out, name
        /// other packages under `[libraries]`, or take another `suite`. A mirror in the middle of an update looks the
        /// same: try again in a few minutes.
    }
    /// A package repository could not be used: its mirror is down, out of date, or says something unexpected.
    Mirror = "resolve::mirror", way_out {
        /// Name a mirror that works, by `mirror` under `[workspace.repositories.debian]` or by
        /// `CARGO_GOPLUGIN_MIRROR_DEBIAN`; try again in a few minutes if the mirror is being updated. Signatures that are
        /// not valid yet mean that this machine's clock is wrong.
    }
    /// A repository's index is unsigned, or signed by no trusted key.
    Signature = "resolve::signature", way_out {
        /// Take another mirror first: this one may be at fault. For a repository of one's own, name a file with its
        /// public keys as `keyring` under `[workspace.repositories.debian]`, if you trust them.
    }
    /// A compiler is neither there nor to be had.
    Toolchain = "fetch::toolchain", way_out {
        /// For Go, install a release that fits, or let `GOPROXY` reach a module proxy. For zig, `python3` with pip has to
        /// reach a package index that has `ziglang` (`PIP_INDEX_URL`). `[workspace.toolchain]` says which releases are
        /// asked for, and `cargo goplugin resolve` locks one for this kind of machine.
    }
    /// A Go module's files are not those that the lock records: the version was published anew, or a proxy is at fault.
    ModuleChanged = "fetch::module-changed", way_out {
        /// Compare the module with its repository. If the lock is right, remove the zip that the hint names, name another
        /// proxy in `GOPROXY` if that one is at fault, and run the command again. If the change is meant, ask the author for
        /// a new version and require that.
    }
    /// A locked package is on no mirror any more.
    Gone = "fetch::gone", way_out {
        /// Run `cargo goplugin resolve --refresh --target TARGET` to lock the packages of today; or name a mirror that
        /// keeps old ones, by `CARGO_GOPLUGIN_MIRROR_DEBIAN`.
    }
    /// A diff of `[patch]` does not apply to its module in the version that is chosen.
    Patch = "compose::patch", way_out {
        /// The message names the file, the hunk and the line. Make the diff anew from the module in that version: copy what
        /// `go mod download -json MODULE@VERSION` calls `Dir`, change the copy, and run `diff -ruN OLD NEW`. Or require
        /// the version that the diff was made for. Nothing is applied that only nearly fits.
    }
    /// A step that makes files of the app, under `[[build.generate]]`, has nothing to read: one of its `inputs` matches
    /// no file.
    NoInput = "generate::no-input", way_out {
        /// Mend `inputs` of that step, or bring the files there. They are looked for in the app's module, and steps run
        /// in the manifest's order: what a later one makes is not there yet.
    }
    /// The program that a step under `[[build.generate]]` runs is not there.
    NoProgram = "generate::no-program", way_out {
        /// For `go tool NAME`, `go get -tool PATH` in the app's folder writes the tool into its go.mod. Another program
        /// is looked for on `PATH`: install it, or have the step run one that go.mod pins.
    }
    /// A step under `[[build.generate]]` ended with a failure.
    StepFailed = "generate::failed", way_out {
        /// Below `Caused by` stands what it said. `-v` shows the command. It ran in `target/goplugin/generate/APP/SET/tree`,
        /// a copy of the app, without a network and with nothing of this environment but `PATH`.
    }
    /// A step under `[[build.generate]]` ended well, but did not make what its `outputs` name.
    NoOutput = "generate::no-output", way_out {
        /// Mend `outputs` of that step, or have its command write them: it runs in the app's root folder, and each output
        /// is to be a plain file there.
    }
    /// Sources cannot be brought into one tree.
    Compose = "compose::failed", way_out {
        /// The hint says what to change in the sources: declare `var plugins []T` in the app's main package, rename a file
        /// of one's own called `plugins.go`, set `main` under `[build]`, or copy a file that a link takes from outside.
    }
    /// `[build.variables]` names something that Go's linker would not set, and would say nothing about.
    NoVariable = "compose::no-variable", way_out {
        /// Write the name that the hint gives, or declare `var NAME string` in that package. A variable is named by its
        /// package's import path, or by `main` for that of a program; constants and other types cannot be set.
    }
    /// The Go compiler or the C compiler refused the program.
    Compile = "build::failed", way_out {
        /// Below `Caused by` stands what the compiler said; mend the sources. The files are in
        /// `target/goplugin/src/APP/SET`, as copies of the members'. `-v` shows the command. A header that is missing
        /// belongs to a library that `[libraries]` does not declare yet.
    }
    /// The binary is not what was asked for: it is for another machine, or a plugin is missing from it.
    WrongBinary = "build::wrong-binary", way_out {
        /// Run `cargo goplugin clean` and build again. If it fails the same way, see whether build constraints
        /// (`//go:build`, file names such as `x_windows.go`) leave out the plugin's package for that target.
    }
    /// A library that the binary needs belongs to no locked package.
    NoOwner = "package::no-owner", way_out {
        /// Declare the library under `[libraries]` of the app or of the plugin that uses it, so that its package is
        /// locked, and run the command again.
    }
    /// Go's vet objects to code of the app or of a plugin, or the code does not compile.
    Vet = "check::vet", way_out {
        /// Below `Caused by` stands what vet said; mend the sources. The files are in `target/goplugin/test/APP/SET`, as
        /// copies of the members'. `-v` shows the command.
    }
    /// What was built anew from the lock is not, byte for byte, what stands in the target folder.
    Differs = "verify::differs", way_out {
        /// Build again, and verify again: sources or the lock may have changed since, or somebody the file. If the two
        /// still differ, `diffoscope` shows where; the new file stands in `target/goplugin/verify`. What differs is
        /// most often something that a C library puts into the program: a time, a path or a random number.
    }
    /// A folder is no whole OCI image layout: a file is missing, is not what its digest and size say, or names
    /// something that may not be used.
    Layout = "oci::layout", way_out {
        /// Nothing of it was used. Make it again, by `cargo goplugin package --artifact oci` or by the tool that it is
        /// from, and name the folder in which `oci-layout` and `index.json` stand. `skopeo copy oci:FOLDER oci:OTHER`
        /// shows whether other programs can read it.
    }
    /// An image cannot start from the one that `base` names: that has none for the target's platform, is no container image, or has
    /// a layer that cannot be part of another image.
    Base = "oci::base", way_out {
        /// Name another base image, by the digest of one that is for the targets that are asked for; `skopeo inspect --raw
        /// docker://NAME@DIGEST` shows what there is. Encrypted layers, and those that may not be given on, are in no image made
        /// here. Without `base`, an image starts from nothing and needs no other.
    }
    /// A registry was not reached, or broke off or had no time again and again.
    RegistryUnreachable = "registry::unreachable", way_out {
        /// Run the command again: what has arrived is not sent twice. Look at the host's name, at the port and at the proxy
        /// settings. Only registries on this machine are spoken to without encryption, and others by `--insecure`.
    }
    /// A registry wants to know who is asking, or does not let them.
    RegistryDenied = "registry::denied", way_out {
        /// Log in by `docker login HOST`, `podman login HOST` or `skopeo login HOST`: what they note down is read. Then look
        /// whether the account may write to that repository, and whether the repository has to be made there first.
    }
    /// Credentials are noted down for a registry, and cannot be read.
    RegistryCredentials = "registry::credentials", way_out {
        /// Mend the file that the message names, or log in anew. Where a helper is asked, try it by hand:
        /// `echo HOST | docker-credential-NAME get`. What it says on failure is not shown here, since it could hold a secret.
    }
    /// A registry was reached and refused what was asked of it.
    RegistryRefused = "registry::refused", way_out {
        /// The message holds what the registry said. Often a name is not as it wants it, a quota is used up, the image or
        /// tag is not there, or it does not take this kind of manifest.
    }
    /// A registry gave an answer that cannot be right: other bytes than asked for, a digest that differs, or a way on
    /// that must not be followed.
    RegistryAnswer = "registry::answer", way_out {
        /// Nothing of it was used. Run the command again; a cache or proxy between here and the registry may be at fault.
        /// Credentials are not sent to another host than the registry's, nor without encryption to one that has some.
    }
    /// The tag stands at another image already.
    TagTaken = "registry::tag-taken", way_out {
        /// Take another tag, such as the next version's. `--force` moves the tag; the old image stays, under its digest.
        /// `cargo goplugin oci inspect LAYOUT --against IMAGE` shows what differs.
    }
}

impl ErrorId {
    /// What happened.
    #[must_use]
    pub fn cause(self) -> String {
        joined(self.lines().0)
    }

    /// What to do about it.
    #[must_use]
    pub fn way_out(self) -> String {
        joined(self.lines().1)
    }
}

fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for ErrorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_and_ways_out_are_sentences() {
        for id in ErrorId::ALL {
            for text in [id.cause(), id.way_out()] {
                assert!(text.ends_with('.') && text.len() > 20, "{id}: {text}");
                assert_eq!(text.matches('`').count() % 2, 0, "{id}: {text}");
            }
            assert_ne!(id.cause(), id.way_out());
        }
    }

    #[test]
    fn ids_differ() {
        let mut ids: Vec<_> = ErrorId::ALL.iter().map(|id| id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ErrorId::ALL.len());
    }
}
