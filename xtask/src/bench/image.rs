//! A container image, made the first time and after a change of the program alone, against umoci; and how much memory
//! that takes.

use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};

use super::edited::Edited;
use super::measure::{Figure, alternate, timed};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::lock;
use crate::process::{command, read};

/// What the program may take, in KiB.
const MEMORY: u64 = 64 << 10;
const JOB: [&str; 6] = ["package", "--frozen", "--target", "rpi4", "--artifact", "oci"];

pub(super) fn figures(ground: &Ground, runs: usize) -> Result<Vec<Figure>> {
    let site = ground.copy(Project::ImageServer, "image-bench-")?;
    read(&ground.goplugin(&site, &["package", "--target", "rpi4", "--artifact", "oci"]))?;
    let peer = Peer::new(ground, &site)?;
    let first = alternate(
        runs,
        || {
            forget(ground, &site)?;
            timed(|| read(&ground.goplugin(&site, &JOB)).map(drop))
        },
        || peer.insert(),
    )?;
    let unpacked = alternate(
        runs,
        || {
            forget(ground, &site)?;
            timed(|| read(&ground.goplugin(&site, &JOB)).map(drop))
        },
        || Ok(peer.extract()? + peer.insert()?),
    )?;
    memory(ground, &site)?;
    let mut source = Edited::new(site.folder.join("plugins/count/count.go"), "\"asked for once")?;
    let changed = alternate(
        runs,
        || {
            source.edit("image")?;
            read(&ground.goplugin(&site, &["build", "--frozen", "--target", "rpi4"]))?;
            timed(|| read(&ground.goplugin(&site, &JOB)).map(drop))
        },
        || peer.repack(&program(&site)),
    )?;
    let figure =
        |name, bound, (ours, theirs): (Duration, Duration)| Figure { name, bound, ours, theirs };
    Ok(vec![
        figure("first image / umoci insert of the same tree", 0.6, first),
        figure("first image / dpkg-deb of its packages, then umoci insert", 0.6, unpacked),
        figure("image after a change of the program / umoci repack", 0.15, changed),
    ])
}

fn made(site: &Site) -> Utf8PathBuf {
    site.target_dir.join("goplugin/package/rpi4")
}

fn layout(site: &Site) -> Utf8PathBuf {
    made(site).join("image-server-1.0.0-linux-armv7.oci")
}

fn program(site: &Site) -> Utf8PathBuf {
    site.target_dir.join("goplugin/build/image-server/default/rpi4/image-server")
}

/// Leaves the compiled program, and nothing of an image.
fn forget(ground: &Ground, site: &Site) -> Result {
    let beside = program(site);
    let beside = beside.parent().unwrap_or(&beside);
    for entry in beside.read_dir_utf8().on(beside)?.flatten() {
        if entry.file_name().contains(".oci") {
            std::fs::remove_file(entry.path()).on(entry.path())?;
        }
    }
    for folder in [made(site), ground.cache.join("layers")] {
        std::fs::remove_dir_all(&folder).on(&folder)?;
    }
    Ok(())
}

/// umoci with the image's tree, unpacked.
struct Peer {
    folder: Utf8PathBuf,
    /// What the image's packages are in.
    packages: Vec<Utf8PathBuf>,
}

impl Peer {
    fn new(ground: &Ground, site: &Site) -> Result<Self> {
        let folder = ground.scratch("umoci-")?;
        let image = format!("{}:1.0.0", layout(site));
        let bundle = folder.join("bundle");
        read(&command("umoci", &["unpack", "--image", &image, bundle.as_str()]))?;
        // Its own copy of the image, which it changes.
        let copy = folder.join("layout");
        read(&command("cp", &["-a", layout(site).as_str(), copy.as_str()]))?;
        let status = bundle.join("rootfs/var/lib/dpkg/status.d");
        let locked = lock::packages(&site.folder.join("goplugin.lock"))?;
        let blobs = ground.cache.join("cas/sha256");
        let packages = status.read_dir_utf8().on(&status)?.flatten().filter_map(|entry| {
            let sha256 = &locked.get(entry.file_name())?.sha256;
            Some(blobs.join(&sha256[..2]).join(sha256))
        });
        Ok(Self { packages: packages.collect(), folder })
    }

    /// Puts the whole tree into an empty image.
    fn insert(&self) -> Result<Duration> {
        let empty = self.folder.join("empty");
        if empty.exists() {
            std::fs::remove_dir_all(&empty).on(&empty)?;
        }
        read(&command("umoci", &["init", "--layout", empty.as_str()]))?;
        let image = format!("{empty}:x");
        read(&command("umoci", &["new", "--image", &image]))?;
        let root = self.folder.join("bundle/rootfs");
        timed(|| {
            read(&command("umoci", &["insert", "--image", &image, root.as_str(), "/"])).map(drop)
        })
    }

    /// Unpacks the image's packages, which is where the tree is from.
    fn extract(&self) -> Result<Duration> {
        let to = self.folder.join("extracted");
        if to.exists() {
            std::fs::remove_dir_all(&to).on(&to)?;
        }
        timed(|| {
            self.packages.iter().try_for_each(|package| {
                read(&command("dpkg-deb", &["-x", package.as_str(), to.as_str()])).map(drop)
            })
        })
    }

    /// Puts another program into the tree, and the tree into the image.
    fn repack(&self, program: &Utf8Path) -> Result<Duration> {
        let place = self.folder.join("bundle/rootfs/usr/bin/image-server");
        std::fs::copy(program, &place).on(&place)?;
        let (image, bundle) =
            (format!("{}:1.0.0", self.folder.join("layout")), self.folder.join("bundle"));
        timed(|| {
            let arguments = ["repack", "--refresh-bundle", "--image", &image, bundle.as_str()];
            read(&command("umoci", &arguments)).map(drop)
        })
    }
}

/// The most that the program, or anything it starts, has in memory at once.
fn memory(ground: &Ground, site: &Site) -> Result {
    const PEAK: &str = "import resource, subprocess, sys\n\
        subprocess.run(sys.argv[1:], check=True, capture_output=True)\n\
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)";
    forget(ground, site)?;
    let said = read(&ground.wrapped(&["python3", "-c", PEAK], site, &JOB))?;
    let peak: u64 = said.trim().parse().map_err(|_| Failure::new(format!("python says {said}")))?;
    println!("memory for a first image: {} MiB (at most 64)", peak.div_ceil(1024));
    ensure(peak <= MEMORY, || format!("{peak} KiB of memory, and {MEMORY} are promised"))
}
