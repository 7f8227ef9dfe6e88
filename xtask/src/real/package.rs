//! The rpi4 package as dpkg sees it.

use camino::Utf8Path;

use crate::failure::{Failure, Result, ensure};
use crate::ground::{Ground, MAIN_JOB, Project};
use crate::lock;
use crate::process::{command, ended, read};
use crate::tamper::file;

pub(super) fn reads(ground: &Ground) -> Result {
    let deb = ground.package()?;
    for (name, value) in [
        ("Package", "image-server"),
        ("Architecture", "armhf"),
        ("Section", "web"),
        ("Version", "1.0.0-1"),
    ] {
        let found = field(deb, name)?;
        ensure(found == value, || format!("{name} is {found:?}, not {value:?}"))?;
    }
    read(&command("dpkg-deb", &["--info", deb.as_str()]))?;
    let contents = read(&command("dpkg-deb", &["--contents", deb.as_str()]))?;
    let program = contents.lines().find(|line| line.ends_with(" ./usr/bin/image-server"));
    ensure(program.is_some_and(|line| line.starts_with("-rwxr-xr-x root/root")), || {
        contents.clone()
    })?;
    ensure(contents.contains("./usr/share/doc/image-server/copyright"), || contents.clone())
}

/// `Depends` names the libraries' packages, with versions that the locked suite has.
pub(super) fn depends(ground: &Ground) -> Result {
    let depends = field(ground.package()?, "Depends")?;
    let locked = lock::packages(&ground.site(Project::ImageServer).folder.join("goplugin.lock"))?;
    let mut names = Vec::new();
    for dependency in depends.split(", ") {
        let (name, bound) = dependency.split_once(" (>= ").ok_or_else(|| odd(&depends))?;
        let bound = bound.strip_suffix(')').ok_or_else(|| odd(&depends))?;
        let package =
            locked.get(name).ok_or_else(|| Failure::new(format!("{name} is not in the lock")))?;
        let compare = ["--compare-versions", package.version.as_str(), "ge", bound];
        let satisfied = ended(&command("dpkg", &compare))?.code == Some(0);
        ensure(satisfied, || format!("the suite has {name} {}, not {bound}", package.version))?;
        names.push(name);
    }
    for needed in ["libcairo2", "libc6"] {
        ensure(names.contains(&needed), || format!("`{needed}` is not in {depends:?}"))?;
    }
    Ok(())
}

fn odd(depends: &str) -> Failure {
    Failure::new(format!("Depends is {depends:?}"))
}

fn field(deb: &Utf8Path, name: &str) -> Result<String> {
    let value = read(&command("dpkg-deb", &["--field", deb.as_str(), name]))?;
    Ok(value.trim_end().to_owned())
}

/// The other artifact kind holds the same program.
pub(super) fn tar(ground: &Ground) -> Result {
    let site = ground.site(Project::ImageServer);
    let job: Vec<_> = MAIN_JOB.iter().chain(&["--artifact", "tar"]).copied().collect();
    read(&ground.goplugin(&site, &job))?;
    let folder = site.target_dir.join("goplugin/package/rpi4");
    let archive = file(&folder, "tar archive", |path| path.ends_with(".tar.gz"))?;
    let list = read(&command("tar", &["-tvf", archive.as_str()]))?;
    let program = list.lines().find(|line| line.ends_with("/image-server"));
    ensure(program.is_some_and(|line| line.starts_with("-rwxr-xr-x")), || list.clone())
}
