//! An app from the module proxy, with plugins by three authors.

use std::collections::BTreeSet;

use camino::{Utf8DirEntry, Utf8Path, Utf8PathBuf};

use super::repeat::same;
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::peer::{XCADDY, go};
use crate::process::{command, read};

/// What each of the plugins brings, as Caddy itself lists it.
const BROUGHT: [&str; 3] =
    ["dns.providers.cloudflare", "http.handlers.cache", "http.handlers.rate_limit"];

/// The plugins as xcaddy is asked for them, in the versions of the test project.
const WITH: [&str; 3] = [
    "github.com/caddy-dns/cloudflare@v0.2.1",
    "github.com/caddyserver/cache-handler@v0.16.0",
    "github.com/mholt/caddy-ratelimit@v0.1.0",
];

/// The build tags that xcaddy sets.
const TAGS: &str = "nobadger,nomysql,nopgx";

/// Caddy has the plugins' modules in it, and comes out the same in another folder.
pub(super) fn with_plugins(ground: &Ground) -> Result {
    let program = built(ground, &ground.site(Project::Caddy).built_in(ground.scratch("caddy-")?))?;
    let listed = read(&command(program.as_str(), &["list-modules"]))?;
    for module in BROUGHT {
        let is_there = listed.lines().any(|line| line == module);
        ensure(is_there, || format!("`{module}` is not in:\n{listed}"))?;
    }
    let version = read(&command(program.as_str(), &["version"]))?;
    ensure(version.starts_with("v2.10.2 "), || format!("it calls itself {version}"))?;
    let first = std::fs::read(&program).on(&program)?;
    same(&first, &built(ground, &ground.copy(Project::Caddy, "caddy elsewhere ")?)?)
}

fn built(ground: &Ground, site: &Site) -> Result<Utf8PathBuf> {
    read(&ground.goplugin(site, &["build", "--locked"]))?;
    Ok(site.target_dir.join("goplugin/build/caddy/default/host/caddy"))
}

/// Every module in the program is there in the version that xcaddy would have taken, and no other is. xcaddy
/// only makes its tree here: compiling that would say the same, minutes later.
pub(super) fn equals_xcaddy(ground: &Ground) -> Result {
    let site = ground.site(Project::Caddy).built_in(ground.scratch("caddy-")?);
    let ours = modules_of(&built(ground, &site)?)?;
    let tree = tree_of_xcaddy(ground)?;
    let form = "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}";
    let listed = read(&go(&tree, &["list", "-deps", "-tags", TAGS, "-f", form, "."]))?;
    let theirs: BTreeSet<_> =
        listed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    ensure(ours == theirs, || {
        let differing: Vec<_> = ours.symmetric_difference(&theirs).collect();
        format!("{} and {} modules, differing in {differing:?}", ours.len(), theirs.len())
    })
}

/// The modules in a program, each with its version.
fn modules_of(program: &Utf8Path) -> Result<BTreeSet<String>> {
    let told = read(&command("go", &["version", "-m", program.as_str()]))?;
    let modules = told.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("dep")).then(|| words.take(2).collect::<Vec<_>>().join(" "))
    });
    Ok(modules.collect())
}

/// The folder that xcaddy would compile.
fn tree_of_xcaddy(ground: &Ground) -> Result<Utf8PathBuf> {
    let xcaddy = XCADDY.made(ground)?;
    let trees = ground.scratch("trees-")?;
    let mut arguments = vec!["build", "v2.10.2"];
    arguments.extend(WITH.iter().flat_map(|with| ["--with", *with]));
    let run = command(xcaddy.as_str(), &arguments)
        .dir(&trees)
        .env("TMPDIR", &trees)
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .env("XCADDY_SKIP_BUILD", "1")
        .env("XCADDY_SKIP_CLEANUP", "1");
    read(&run)?;
    let mut made = trees.read_dir_utf8().on(&trees)?.flatten().map(Utf8DirEntry::into_path);
    made.find(|path| path.join("main.go").exists())
        .ok_or_else(|| Failure::new(format!("xcaddy left no tree in {trees}")))
}
