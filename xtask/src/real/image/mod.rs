//! Container images as other people's tools see them: skopeo, umoci, podman, and the program itself at work in one.

pub(super) mod registry;
pub(super) mod schema;
mod storage;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::emulate;
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::lock;
use crate::process::{command, read};
use storage::Storage;

const OCI: [&str; 3] = ["package", "--target", "oci"];
const STEM: &str = "goplugin/package/linux-amd64/image-server-1.0.0-linux-amd64.oci";

/// A copy of the image server with another line in its `[artifacts.oci]`.
fn with_line(ground: &Ground, line: &str) -> Result<Site> {
    let site = ground.copy(Project::ImageServer, "image-")?;
    let manifest = site.folder.join("image-server/goplugin.toml");
    let text = std::fs::read_to_string(&manifest).on(&manifest)?;
    let changed = text.replace("[artifacts.oci]", &format!("[artifacts.oci]\n{line}"));
    ensure(changed != text, || format!("{manifest} has no [artifacts.oci]"))?;
    std::fs::write(&manifest, changed).on(&manifest)?;
    Ok(site)
}

/// A copy of the image server whose image has data beside the libraries, and the image's layout folder.
fn with_data(ground: &Ground) -> Result<(Site, Utf8PathBuf)> {
    let site = with_line(ground, "data = [\"ca-certificates\", \"tzdata\"]")?;
    read(&ground.goplugin(&site, &OCI))?;
    let folder = site.target_dir.join(STEM);
    Ok((site, folder))
}

/// How many platforms the image `web` is for.
const OCI_WEB: usize = 2;

/// The layout folder of the image server's image for several platforms.
fn web(ground: &Ground) -> Result<Utf8PathBuf> {
    let site = ground.copy(Project::ImageServer, "image-web-")?;
    read(&ground.goplugin(&site, &["package", "--image", "web"]))?;
    Ok(site.target_dir.join("goplugin/images/web/image-server-1.0.0.oci"))
}

fn archive(folder: &Utf8Path) -> String {
    format!("{folder}.tar")
}

/// skopeo takes the archive for both things that it is, umoci unpacks the layout, and its layers hold what they should.
pub(super) fn reads(ground: &Ground) -> Result {
    let (_, folder) = with_data(ground)?;
    let scratch = ground.scratch("image-read-")?;
    for (transport, tag) in [("oci-archive", ":1.0.0"), ("docker-archive", ":image-server:1.0.0")] {
        let from = format!("{transport}:{}{tag}", archive(&folder));
        let to = format!("dir:{scratch}/{transport}");
        read(&command("skopeo", &["--insecure-policy", "copy", "-q", &from, &to]))?;
    }
    for layer in layers(&folder)? {
        hygiene(&layer)?;
    }
    let root = unpack(ground, &folder)?;
    let bundle = root.join("etc/ssl/certs/ca-certificates.crt");
    let certificates = std::fs::read_to_string(&bundle).on(&bundle)?;
    let count = certificates.matches("BEGIN CERTIFICATE").count();
    ensure(count > 100, || format!("{bundle} has {count} certificates"))?;
    for path in ["usr/share/zoneinfo/Europe/Berlin", "etc/os-release", "usr/bin/image-server"] {
        ensure(root.join(path).is_file(), || format!("`{path}` is missing"))?;
    }
    Ok(())
}

/// No path twice, none absolute, none that leaves.
fn hygiene(layer: &Utf8Path) -> Result {
    let names = read(&command("tar", &["-tzf", layer.as_str()]))?;
    let mut seen = BTreeSet::new();
    for name in names.lines() {
        let is_inside = !name.starts_with('/') && !name.split('/').any(|part| part == "..");
        ensure(is_inside && seen.insert(name), || format!("`{name}` in {layer}"))?;
    }
    ensure(!seen.is_empty(), || format!("{layer} is empty"))
}

fn json(path: &Utf8Path) -> Result<serde_json::Value> {
    serde_json::from_slice(&std::fs::read(path).on(path)?).on(path)
}

fn blob(folder: &Utf8Path, digest: &serde_json::Value) -> Result<Utf8PathBuf> {
    let digest = digest.as_str().and_then(|digest| digest.strip_prefix("sha256:"));
    let digest = digest.ok_or_else(|| Failure::new(format!("{folder} names no digest")))?;
    Ok(folder.join("blobs/sha256").join(digest))
}

fn manifest(folder: &Utf8Path) -> Result<serde_json::Value> {
    let index = json(&folder.join("index.json"))?;
    json(&blob(folder, &index["manifests"][0]["digest"])?)
}

/// The digest of an image's manifest, in hexadecimal.
pub(super) fn digest(folder: &Utf8Path) -> Result<String> {
    let index = json(&folder.join("index.json"))?;
    let digest = index["manifests"][0]["digest"].as_str().unwrap_or_default();
    Ok(digest.trim_start_matches("sha256:").to_owned())
}

fn layers(folder: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let manifest = manifest(folder)?;
    let layers = manifest["layers"].as_array().into_iter().flatten();
    layers.map(|layer| blob(folder, &layer["digest"])).collect()
}

/// An image's root, as umoci unpacks it.
pub(super) fn unpack(ground: &Ground, folder: &Utf8Path) -> Result<Utf8PathBuf> {
    let to = ground.scratch("image-root-")?.join("bundle");
    let image = format!("{folder}:1.0.0");
    let rootless: &[&str] = if crate::process::is_root() { &[] } else { &["--rootless"] };
    let arguments = ["unpack"].iter().chain(rootless).copied();
    let arguments: Vec<&str> = arguments.chain(["--image", &image, to.as_str()]).collect();
    read(&command("umoci", &arguments))?;
    Ok(to.join("rootfs"))
}

/// The rpi4 image of the repository's own lock.
pub(super) fn of_rpi4(ground: &Ground) -> Result<Utf8PathBuf> {
    let site = ground.site(Project::ImageServer);
    let job = ["package", "--locked", "--target", "rpi4", "--artifact", "oci"];
    read(&ground.goplugin(&site, &job))?;
    Ok(site.target_dir.join("goplugin/package/rpi4/image-server-1.0.0-linux-armv7.oci"))
}

/// Image and Debian package of one target declare the same libraries, in the locked versions; the label names the plugins
/// that Go finds in the program.
pub(super) fn holds_the_libraries(ground: &Ground) -> Result {
    let folder = of_rpi4(ground)?;
    let root = unpack(ground, &folder)?;
    let status = root.join("var/lib/dpkg/status.d");
    let mut installed = BTreeMap::new();
    for entry in status.read_dir_utf8().on(&status)?.flatten() {
        let text = std::fs::read_to_string(entry.path()).on(entry.path())?;
        let version = text.lines().find_map(|line| line.strip_prefix("Version: "));
        if let Some(version) = version {
            installed.insert(entry.file_name().to_owned(), version.to_owned());
        }
    }
    let locked = lock::packages(&ground.site(Project::ImageServer).folder.join("goplugin.lock"))?;
    for (name, version) in &installed {
        let found = locked.get(name).map(|package| package.version.as_str());
        ensure(found == Some(version), || {
            format!("{name} {version} is in the image, {found:?} locked")
        })?;
    }
    let deb = ground.package()?;
    let depends = read(&command("dpkg-deb", &["--field", deb.as_str(), "Depends"]))?;
    for name in depends.trim().split(", ").filter_map(|one| one.split(' ').next()) {
        ensure(installed.contains_key(name), || format!("`{name}` is not in the image"))?;
    }
    ensure(!installed.keys().any(|name| name.ends_with("-dev")), || format!("{installed:?}"))?;
    let config = json(&blob(&folder, &manifest(&folder)?["config"]["digest"])?)?;
    let plugins = config["config"]["Labels"]["goplugin.plugins"].as_str().unwrap_or_default();
    let program = root.join("usr/bin/image-server");
    let inside = read(&command("go", &["version", "-m", program.as_str()]))?;
    let has_count = inside.lines().any(|line| line.contains("/plugins/count"));
    ensure(plugins == "count" && has_count, || format!("{plugins:?} in {inside}"))
}

/// The program of the armhf image over that image's own root.
pub(super) fn emulated(ground: &Ground) -> Result {
    let root = unpack(ground, &of_rpi4(ground)?)?;
    emulate::draws(&root.join("usr/bin/image-server"), &root)
}

/// podman is given the image, and runs it as nobody in particular; two requests give two pictures.
pub(super) fn runs(ground: &Ground) -> Result {
    let (site, _) = with_data(ground)?;
    let storage = Storage::new(ground)?;
    let load = ground.goplugin(&site, &["oci", "load", "--into", "podman"]);
    read(&storage.finds(&load))?;
    storage.serves_images("image-server:1.0.0")
}

/// The same digests wherever and with however many jobs; a change of one plugin changes the uppermost layer, the
/// configuration and the manifest.
pub(super) fn same_digests(ground: &Ground) -> Result {
    let job = |jobs| ["package", "--locked", "--target", "rpi4", "--artifact", "oci", jobs];
    let names = |site: &Site| -> Result<BTreeSet<String>> {
        let folder = site
            .target_dir
            .join("goplugin/package/rpi4/image-server-1.0.0-linux-armv7.oci/blobs/sha256");
        let entries = folder.read_dir_utf8().on(&folder)?.flatten();
        Ok(entries.map(|entry| entry.file_name().to_owned()).collect())
    };
    let first = ground.site(Project::ImageServer);
    read(&ground.goplugin(&first, &job("-j2")))?;
    let second = ground.copy(Project::ImageServer, "another folder ")?;
    read(&ground.goplugin(&second, &job("-j1")))?;
    let (before, elsewhere) = (names(&first)?, names(&second)?);
    ensure(before == elsewhere, || format!("{before:?} and {elsewhere:?}"))?;
    let source = second.folder.join("plugins/count/count.go");
    let text = std::fs::read_to_string(&source).on(&source)?;
    std::fs::write(&source, format!("{text}\nfunc init() {{ println(\"changed\") }}\n"))
        .on(&source)?;
    read(&ground.goplugin(&second, &job("-j2")))?;
    let new = names(&second)?.difference(&before).count();
    // Two blobs, the manifest, and two texts with a manifest each.
    ensure(new == 7 && names(&second)?.len() == before.len(), || format!("{new} new blobs"))
}
