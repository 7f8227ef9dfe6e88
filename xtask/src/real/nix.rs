//! The vendor hash is the one that Nix reckons of what Go vendors, and Nix reads the expression.

use camino::Utf8Path;

use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, read};

pub(super) fn vendor_hash(ground: &Ground) -> Result {
    for project in [Project::Hello, Project::ImageServer, Project::Caddy] {
        let site = ground.copy(project, "nix-")?;
        let manifest = site.manifest();
        let text = std::fs::read_to_string(&manifest).on(&manifest)?;
        let table = match project {
            Project::Hello | Project::Caddy | Project::Collector => "workspace.lock",
            Project::ImageServer => "workspace.metadata.goplugin.lock",
        };
        std::fs::write(&manifest, format!("{text}\n[{table}]\nnix = true\n")).on(&manifest)?;
        // All sets; `export` is about one.
        read(&ground.goplugin(&site, &["resolve"]))?;
        let file = site.folder.join("out/default.nix");
        read(&ground.goplugin(&site, &["export", "nix", "--output", file.as_str()]))?;
        let expression = std::fs::read_to_string(&file).on(&file)?;
        let hash = between(&expression, "vendorHash = \"", "\";")?;
        let lock = site.folder.join("goplugin.lock");
        let locked = std::fs::read_to_string(&lock).on(&lock)?;
        ensure(between(&locked, "vendor-hash = \"", "\"")? == hash, || {
            format!("{hash} is not the one in {lock}")
        })?;
        let name = between(&expression, "src ? ./", " }")?;
        let theirs = of_nix(&site.folder.join("out").join(name))?;
        ensure(hash == theirs, || format!("{project:?}: we say {hash}, and Nix says {theirs}"))?;
        read(&command("nix-instantiate", &["--parse", file.as_str()]))?;
        read(&ground.goplugin(&site, &["resolve", "--locked"]))?;
    }
    Ok(())
}

/// What Nix reckons of what the installed Go vendors, with nothing of this program's around.
fn of_nix(tree: &Utf8Path) -> Result<String> {
    let vendor = tree.with_file_name("vendor");
    let go = command("go", &["mod", "vendor", "-o", vendor.as_str()]);
    read(&go.dir(tree).env("GOFLAGS", "-modcacherw").env("GOWORK", "off"))?;
    hash_path(&vendor)
}

/// `nix hash path`.
pub(crate) fn hash_path(folder: &Utf8Path) -> Result<String> {
    let experimental = "--extra-experimental-features";
    let words = [experimental, "nix-command", "hash", "path", folder.as_str()];
    read(&command("nix", &words)).map(|hash| hash.trim().to_owned())
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Result<&'a str> {
    let rest = text.split_once(start).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(end)).map(|(found, _)| found);
    found.ok_or_else(|| Failure::new(format!("no `{start}` in:\n{text}")))
}
