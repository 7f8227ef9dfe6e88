//! Caddy with three plugins, by us and by xcaddy. One of the plugins is worked on: it stands in a folder.

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

use super::edited::Edited;
use super::go_build::GoBuild;
use super::measure::{Figure, alternate, timed};
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::peer::XCADDY;
use crate::process::{command, read};
use crate::server::Server;

const PLUGIN: &str = "github.com/mholt/caddy-ratelimit";
const VERSION: &str = "v0.1.0";
const OTHERS: [&str; 2] =
    ["github.com/caddy-dns/cloudflare@v0.2.1", "github.com/caddyserver/cache-handler@v0.16.0"];
const FILE: &str = "handler.go";
const TEXT: &str = "\"rate limit exceeded";
const BUILD: &[&str] = &["build", "--locked"];

/// An edit, nothing changed, and modules that must come first.
pub(super) fn figures(ground: &Ground, runs: usize) -> Result<Vec<Figure>> {
    let xcaddy = Xcaddy::prepare(ground)?;
    let ours = Ours::prepare(ground, &xcaddy)?;
    let go_build = GoBuild::of(ground, &ours.site, "host")?;
    let in_tree = go_build.tree.join("vendor-nix").join(PLUGIN);
    let mut mine = Edited::new(ours.plugin.join(FILE), TEXT)?;
    let mut theirs = Edited::new(xcaddy.plugin.join(FILE), TEXT)?;
    let mut bare = Edited::new(in_tree.join(FILE), TEXT)?;
    let mut edit_and_build = || {
        mine.edit("ours")?;
        timed(|| ours.build(ground))
    };
    let edit = alternate(runs, &mut edit_and_build, || {
        theirs.edit("theirs")?;
        timed(|| xcaddy.build())
    })?;
    let edit_bare = alternate(runs, &mut edit_and_build, || {
        bare.edit("bare")?;
        timed(|| go_build.run())
    })?;
    let fresh = alternate(runs, || timed(|| ours.build(ground)), || timed(|| xcaddy.build()))?;
    let empty = alternate(
        runs.min(3),
        || {
            ours.forget_modules()?;
            timed(|| ours.build(ground))
        },
        || {
            xcaddy.forget_modules()?;
            timed(|| xcaddy.build())
        },
    )?;
    let figure = |name, bound, (ours, theirs)| Figure { name, bound, ours, theirs };
    Ok(vec![
        figure("Caddy, one line of a plugin changed / xcaddy", 0.2, edit),
        figure("Caddy, one line of a plugin changed / bare go build", 1.1, edit_bare),
        figure("Caddy, nothing changed / xcaddy", 0.01, fresh),
        figure("Caddy, no module here yet / xcaddy", 0.8, empty),
    ])
}

/// xcaddy with a plugin's folder, and caches of its own.
struct Xcaddy {
    program: Utf8PathBuf,
    folder: Utf8PathBuf,
    plugin: Utf8PathBuf,
    proxy: Server,
}

impl Xcaddy {
    /// Has all modules downloaded once: they are what the proxy serves from then on.
    fn prepare(ground: &Ground) -> Result<Self> {
        let program = XCADDY.made(ground)?;
        let folder = ground.scratch("xcaddy-")?;
        let served = folder.join("served");
        let whole = [OTHERS[0], OTHERS[1], &format!("{PLUGIN}@{VERSION}")];
        let first = build(&program, &folder, &whole).env("GOMODCACHE", &served);
        read(&first.env("XCADDY_SKIP_BUILD", "1"))?;
        let downloads = served.join("cache/download");
        // A plugin in a folder has xcaddy ask for the versions that there are.
        let list = downloads.join(PLUGIN).join("@v/list");
        std::fs::write(&list, format!("{VERSION}\n")).on(&list)?;
        let plugin = folder.join("ratelimit");
        copy(&served.join(format!("{PLUGIN}@{VERSION}")), &plugin)?;
        let this = Self { program, folder, plugin, proxy: Server::of(&downloads)? };
        this.build()?;
        Ok(this)
    }

    fn build(&self) -> Result {
        let local = format!("{PLUGIN}={}", self.plugin);
        let build = build(&self.program, &self.folder, &[OTHERS[0], OTHERS[1], &local]);
        let build = build.env("GOPROXY", &self.proxy.address).env("GOSUMDB", "off");
        read(&build.env("GOMODCACHE", self.modules())).map(drop)
    }

    fn modules(&self) -> Utf8PathBuf {
        self.folder.join("modules")
    }

    fn forget_modules(&self) -> Result {
        remove(&self.modules())
    }
}

fn build(xcaddy: &Utf8Path, folder: &Utf8Path, with: &[&str]) -> Expression {
    let output = folder.join("caddy");
    let mut arguments = vec!["build", "v2.10.2", "--output", output.as_str()];
    arguments.extend(with.iter().flat_map(|with| ["--with", *with]));
    command(xcaddy.as_str(), &arguments)
        .dir(folder)
        .env("TMPDIR", folder)
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .env("GOCACHE", folder.join("compiled"))
}

/// The test project, with the plugin in a folder and a store of its own.
struct Ours {
    site: Site,
    plugin: Utf8PathBuf,
    store: Utf8PathBuf,
    proxy: String,
}

impl Ours {
    fn prepare(ground: &Ground, xcaddy: &Xcaddy) -> Result<Self> {
        let store = ground.scratch("store-")?;
        let site = ground.copy(Project::Caddy, "caddy-")?.with_store(store.clone());
        let plugin = site.folder.join("ratelimit");
        copy(&xcaddy.plugin, &plugin)?;
        let manifest = site.manifest();
        let text = std::fs::read_to_string(&manifest).on(&manifest)?;
        let from_proxy = format!("{{ module = \"{PLUGIN}\", version = \"{VERSION}\" }}");
        ensure(text.contains(&from_proxy), || format!("no `{from_proxy}` in {manifest}"))?;
        let text = text.replace(&from_proxy, "{ path = \"ratelimit\" }");
        let text = text.replace("[workspace]\n", "[workspace]\nmembers = [\"ratelimit\"]\n");
        std::fs::write(&manifest, text).on(&manifest)?;
        let this = Self { site, plugin, store, proxy: xcaddy.proxy.address.clone() };
        read(&this.asked(ground, &["resolve"]))?;
        Ok(this)
    }

    fn asked(&self, ground: &Ground, arguments: &[&str]) -> Expression {
        let run = ground.goplugin(&self.site, arguments);
        run.env("GOPROXY", &self.proxy).env("GOSUMDB", "off")
    }

    fn build(&self, ground: &Ground) -> Result {
        read(&self.asked(ground, BUILD)).map(drop)
    }

    fn forget_modules(&self) -> Result {
        ["go/download", "go/mod", "go/trees"]
            .iter()
            .try_for_each(|part| remove(&self.store.join(part)))
    }
}

/// Copies a module, which may be read-only.
fn copy(from: &Utf8Path, to: &Utf8Path) -> Result {
    read(&command("cp", &["-r", "--no-target-directory", from.as_str(), to.as_str()]))?;
    read(&command("chmod", &["-R", "u+w", to.as_str()])).map(drop)
}

/// Removes a folder that may be read-only.
fn remove(folder: &Utf8Path) -> Result {
    if folder.exists() {
        read(&command("chmod", &["-R", "u+w", folder.as_str()]))?;
        std::fs::remove_dir_all(folder).on(folder)?;
    }
    Ok(())
}
