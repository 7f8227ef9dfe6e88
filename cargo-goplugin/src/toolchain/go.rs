//! Go: the installed one where it is the locked release file by file, else the release that the Go
//! project publishes as the module `golang.org/toolchain`, which the checksum database covers.

use camino::{Utf8Path, Utf8PathBuf};
use semver::{Comparator, Op, Version, VersionReq};

use super::installed::{Compared, Records};
use super::parts::{PARTS, SCOPE, is_program};
use super::unpack::{self, Kept};
use super::{Release, Tool, Toolchain, downloaded, this_machine};
use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::target::Platform;
use crate::vocab::Sha256;
use crate::world::folders;
use crate::world::{Process, Stage, World, files};

const PROGRAM: &str = "bin/go";
/// The Go project's own place for toolchain modules, as `golang.org/toolchain?go-get=1` names it.
const UPSTREAM: &str = "https://go.dev/dl/mod";
/// The largest list of versions or toolchain that is believed.
const LIST_LIMIT: u64 = 8 << 20;
pub(super) fn choose(
    world: &World,
    store: &Store,
    requirement: &VersionReq,
    hosts: &[Platform],
) -> Result<Vec<Release>> {
    let version = match installed(world)? {
        Some((_, version)) if requirement.matches(&version) => version,
        // One that is named needs no list.
        _ => match exact(requirement) {
            Some(version) => version,
            None => newest(world, requirement)?,
        },
    };
    let mut releases = Vec::new();
    for &host in hosts {
        if let Some(release) = unpack::known(store, Tool::Go, &version, &host.name())? {
            releases.push(release);
            continue;
        }
        let (_folder, zip) = download(world, store, &version, host)?;
        let unpacked = unpack::unpack(store, &zip, &keep)?;
        releases.push(unpacked.keep(world, store, Tool::Go, version.clone(), host)?);
    }
    Ok(releases)
}

pub(super) fn provide(world: &World, store: &Store, release: &Release) -> Result<Toolchain> {
    let why = match provide_installed(world, store, release)? {
        Installed::Fits(toolchain) => return Ok(toolchain),
        Installed::Differs(why) => why,
    };
    let from = "the module `golang.org/toolchain`";
    unpack::provide(world, store, release, (PROGRAM, SCOPE), from, || {
        let (_folder, zip) = download(world, store, &release.version, this_machine()?)?;
        unpack::unpack(store, &zip, &keep)
    })
    .map_err(|error| why.into_iter().fold(error, Error::because))
}

/// Whether the installed Go is the locked release.
enum Installed {
    Fits(Toolchain),
    /// Or none is installed. What there is to say about one of the same version.
    Differs(Vec<String>),
}

/// `None` where no Go is installed as it is released. One that cannot be looked at is an error: to
/// download another would hide what is wrong with the machine.
fn installed(world: &World) -> Result<Option<(Utf8PathBuf, Version)>> {
    let Some(found) = world.env.find_program("go") else { return Ok(None) };
    let Some((program, _)) = folders::follow(&found)? else { return Ok(None) };
    let root = files::parent(files::parent(&program)).to_owned();
    let Some(text) = files::read_if_there(&root.join("VERSION"))? else { return Ok(None) };
    let version = String::from_utf8_lossy(&text);
    let version = version.lines().next().and_then(|line| line.strip_prefix("go"));
    Ok(version.and_then(|version| Some((root, Version::parse(version).ok()?))))
}

fn provide_installed(world: &World, store: &Store, release: &Release) -> Result<Installed> {
    let none = || Ok(Installed::Differs(Vec::new()));
    let Some((root, version)) = installed(world)? else { return none() };
    if version != release.version {
        return none();
    }
    let place = Sha256::of(root.as_str()).short();
    let name = format!("go-{version}-{place}");
    let records = Records::new(&store.folder("toolchains"), &name);
    let mut why = match records.compare(&root, release.tree)? {
        Compared::Other(why) => why,
        Compared::Released => {
            let program = root.join(PROGRAM);
            return Ok(Installed::Fits(Toolchain { release: release.clone(), program, root }));
        }
    };
    let not_released = format!("`{root}`: not the files of Go {version} as released");
    world.shell.detail("Skipped", &not_released);
    why.push(not_released);
    Ok(Installed::Differs(why))
}

/// Module zips hold no modes, and no `go.mod` below the root: the go command, too, restores both.
fn keep(entry: &Utf8Path) -> Option<Kept> {
    let path = entry.as_str().strip_prefix("golang.org/toolchain@")?.split_once('/')?.1;
    let mut path = Utf8PathBuf::from(path);
    if path.file_name() == Some("_go.mod") {
        path.set_file_name("go.mod");
    }
    let kept = path == "VERSION" || PARTS.iter().any(|part| path.starts_with(part));
    kept.then(|| Kept { executable: is_program(&path), path })
}

fn module_version(version: &Version, host: Platform) -> String {
    format!("v0.0.1-go{version}.{}-{}", host.goos(), host.goarch())
}

/// The toolchain's module zip in a temporary folder, by the installed Go (which asks the checksum
/// database) or, where there is none or the database is switched off, straight from a proxy.
fn download(
    world: &World,
    store: &Store,
    version: &Version,
    host: Platform,
) -> Result<(Stage, Utf8PathBuf)> {
    if world.network.is_offline() {
        return Err(unavailable(version, "the network is off by `--offline` or `--frozen`")
            .with_id(ErrorId::Offline)
            .hint("run `cargo goplugin fetch` once with a network"));
    }
    let folder = Stage::new(&store.folder("toolchains"))?;
    let path = folder.path();
    let progress = world.shell.progress("Downloading", format!("go {version} ({host})"), 0);
    let wanted = module_version(version, host);
    let zip = match installed(world)? {
        // The go command takes no toolchain without the checksum database.
        Some((root, _)) if world.env.get("GOSUMDB") != Some("off") => {
            download_by_go(world, &root, &wanted, &folder)
        }
        _ => download_by_http(world, &wanted, path),
    };
    drop(progress);
    let zip = zip.map_err(|error| error.while_doing(format!("could not get Go {version}")))?;
    downloaded(world, Tool::Go, version, host);
    Ok((folder, zip))
}

fn download_by_go(
    world: &World,
    root: &Utf8Path,
    wanted: &str,
    folder: &Stage,
) -> Result<Utf8PathBuf> {
    let finished = Process::new(root.join(PROGRAM))
        .args(["mod", "download", "-modcacherw", "-json"])
        .arg(format!("golang.org/toolchain@{wanted}"))
        .envs(crate::world::go_settings(&world.env))
        .env("GOMODCACHE", folder.path().join("mod"))
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off")
        .dir(folder.path())
        .scratch(folder)
        .capture(&world.shell)?;
    let answer: serde_json::Value = serde_json::from_slice(&finished.stdout).unwrap_or_default();
    match answer["Zip"].as_str() {
        Some(zip) if finished.success() => Ok(Utf8PathBuf::from(zip)),
        _ => Err(Error::new(
            ErrorId::Toolchain,
            format!("`go mod download` did not give `{wanted}`"),
        )
        .because(answer["Error"].as_str().unwrap_or(finished.stderr.trim()))
        .hint("install that release of Go, or name a module proxy that has it in `GOPROXY`")),
    }
}

fn download_by_http(world: &World, wanted: &str, folder: &Utf8Path) -> Result<Utf8PathBuf> {
    let zip = folder.join("toolchain.zip");
    let mut failures = Vec::new();
    for proxy in proxies(world) {
        let url = format!("{proxy}/golang.org/toolchain/@v/{wanted}.zip");
        match world.network.download(&url, || files::create(&zip), |_| {}) {
            Ok(_) => return Ok(zip),
            Err(error) => failures.push(error.into_error(ErrorId::Toolchain, &url)),
        }
    }
    Err(Error::all(failures)
        .unwrap_or_else(|| Error::new(ErrorId::Toolchain, "no proxy is known"))
        .hint("install Go, or name a module proxy in `GOPROXY`"))
}

/// The only version that fits, if there is just one.
fn exact(requirement: &VersionReq) -> Option<Version> {
    let [Comparator { op: Op::Exact, major, minor: Some(minor), patch: Some(patch), pre }] =
        requirement.comparators.as_slice()
    else {
        return None;
    };
    Some(Version { pre: pre.clone(), ..Version::new(*major, *minor, *patch) })
}

fn newest(world: &World, requirement: &VersionReq) -> Result<Version> {
    let unavailable = |why: String| {
        Error::new(ErrorId::Toolchain, format!("could not choose a Go release for `{requirement}`"))
            .because(why)
            .hint("install a Go that fits, or ask for the installed one by `go` under `[workspace.toolchain]`")
    };
    let mut failures = Vec::new();
    for proxy in proxies(world) {
        let url = format!("{proxy}/golang.org/toolchain/@v/list");
        match world.network.get(&url, LIST_LIMIT) {
            Ok(list) => {
                let list = String::from_utf8_lossy(&list).into_owned();
                let releases = list.lines().filter_map(|line| {
                    let release = line.strip_prefix("v0.0.1-go")?.strip_suffix(".linux-amd64")?;
                    Version::parse(release).ok()
                });
                return releases
                    .filter(|version| requirement.matches(version))
                    .max()
                    .ok_or_else(|| unavailable(format!("`{url}` lists none that fits")));
            }
            Err(error) => failures.push(error.into_error(ErrorId::Toolchain, &url).to_string()),
        }
    }
    Err(unavailable(failures.join("; ")))
}

/// The module proxies that the environment names, then the Go project's own place.
fn proxies(world: &World) -> Vec<String> {
    let named = world.env.get("GOPROXY").unwrap_or_default();
    named
        .split([',', '|'])
        .filter(|proxy| proxy.starts_with("http"))
        .chain([UPSTREAM])
        .map(|proxy| proxy.trim_end_matches('/').to_owned())
        .collect()
}

fn unavailable(version: &Version, why: &str) -> Error {
    Error::new(ErrorId::Toolchain, format!("could not get Go {version}")).because(why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_module_is_put_back_as_released() {
        let kept =
            |entry: &str| keep(Utf8Path::new(entry)).map(|k| (k.path.into_string(), k.executable));
        let prefix = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64";
        for (entry, expected) in [
            ("bin/go", Some(("bin/go", true))),
            ("pkg/tool/linux_amd64/compile", Some(("pkg/tool/linux_amd64/compile", true))),
            ("src/_go.mod", Some(("src/go.mod", false))),
            ("src/all.bash", Some(("src/all.bash", false))),
            ("VERSION", Some(("VERSION", false))),
            ("go.env", None),
            ("LICENSE", None),
        ] {
            let expected = expected.map(|(path, program)| (path.to_owned(), program));
            assert_eq!(kept(&format!("{prefix}/{entry}")), expected, "{entry}");
        }
        assert_eq!(kept("elsewhere/bin/go"), None);
    }
}
