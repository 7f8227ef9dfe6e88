//! Caddy with something changed about it: a diff on one of its modules, and a plugin that somebody works on in a folder
//! of its own. Both are made of what the lock of the test project names, which Go has compiled for other checks.

use std::fmt::Write as _;

use cargo_goplugin::lock::{self, Requirement};

use super::new::at;
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, ended, read};

/// A module of Caddy's, a text in it that the program has, and what stands there instead.
const MODULE: &str = "github.com/mholt/caddy-ratelimit";
const FILE: &str = "handler.go";
const TEXT: &str = "\"rate limit exceeded\"";
const CHANGED: &str = "\"rate limit exceeded, says the patch\"";

/// A diff by git is applied to a module from the proxy; the program has what it says, and the inventory says that.
pub(super) fn patched(ground: &Ground) -> Result {
    let site = ground.copy(Project::Caddy, "patched-")?;
    read(&ground.goplugin(&site, &["fetch", "--locked"]))?;
    let module = ground.cache.join(format!("go/mod/{MODULE}@v0.1.0"));
    let text = std::fs::read_to_string(module.join(FILE)).on(&module)?;
    ensure(text.contains(TEXT), || format!("no {TEXT} in {FILE} of {module}"))?;
    let place = ground.scratch("diff-")?;
    for (folder, text) in [("old", text.clone()), ("new", text.replace(TEXT, CHANGED))] {
        std::fs::create_dir(place.join(folder)).on(folder)?;
        std::fs::write(place.join(folder).join(FILE), text).on(folder)?;
    }
    // It ends with 1 where there is a difference.
    let git = ["diff", "--no-index", "--no-prefix", "--no-color", "old", "new"];
    let diff = ended(&command("git", &git).dir(&place))?.stdout;
    let patch = site.folder.join("limit.diff");
    std::fs::write(&patch, diff).on(&patch)?;
    let manifest = std::fs::read_to_string(site.manifest()).on("the manifest")?;
    let manifest = format!("{manifest}\n[patch]\n\"{MODULE}\" = {{ diff = \"limit.diff\" }}\n");
    std::fs::write(site.manifest(), manifest).on("the manifest")?;

    let listed = read(&ground.goplugin(&site, &["inventory"]))?;
    let line = format!("module {MODULE} v0.1.0 => limit.diff");
    ensure(listed.contains(&line), || format!("no `{line}` in:\n{listed}"))?;
    let program = site.target_dir.join("goplugin/build/caddy/default/host/caddy");
    let bytes = std::fs::read(&program).on(&program)?;
    let changed = CHANGED.trim_matches('"').as_bytes();
    let is_in = bytes.windows(changed.len()).any(|window| window == changed);
    ensure(is_in, || format!("{CHANGED} is not in {program}"))?;
    read(&command(program.as_str(), &["version"])).map(drop)
}

const PLUGIN: &str = r#"package nod

import "github.com/caddyserver/caddy/v2"

func init() { caddy.RegisterModule(Nod{}) }

type Nod struct{}

func (Nod) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "example.nod", New: func() caddy.Module { return new(Nod) }}
}
"#;

const MANIFEST: &str = r#"[package]
name = "nod"
version = "0.1.0"

[package.app]
module = "github.com/caddyserver/caddy/v2"
version = "v2.10.2"
package = "cmd/caddy"

[build]
tags = ["nobadger", "nomysql", "nopgx"]
"#;

/// A plugin of one file is run in the Caddy that it names, alone and beside another.
pub(super) fn by_an_author(ground: &Ground) -> Result {
    let place = ground.scratch("author-")?;
    for (file, text) in
        [("goplugin.toml", MANIFEST), ("go.mod", &go_mod(ground)?), ("nod.go", PLUGIN)]
    {
        std::fs::write(place.join(file), text).on(file)?;
    }
    let listed = |with: &[&str]| -> Result<Vec<String>> {
        let arguments = [&["run"], with, &["--", "list-modules"]].concat();
        let listed = read(&at(ground, &place, &arguments))?;
        Ok(listed.lines().map(str::to_owned).collect())
    };
    let (nod, limit) = ("example.nod".to_owned(), "http.handlers.rate_limit".to_owned());
    let alone = listed(&[])?;
    ensure(alone.contains(&nod) && !alone.contains(&limit), || format!("alone: {alone:?}"))?;
    let both = listed(&["--with", &format!("{MODULE}@v0.1.0")])?;
    ensure(both.contains(&nod) && both.contains(&limit), || format!("together: {both:?}"))
}

/// A go.mod that asks for what the test project's lock has, so that nothing is compiled in another version.
fn go_mod(ground: &Ground) -> Result<String> {
    let path = ground.site(Project::Caddy).folder.join(lock::FILE_NAME);
    let text = std::fs::read_to_string(&path).on(&path)?;
    let lock = lock::parse(&path, &text).map_err(|error| Failure::new(error.to_string()))?;
    let set = lock.sets.first().ok_or_else(|| Failure::new(format!("{path} has no set")))?;
    let mut go_mod = format!("module example.com/nod\n\ngo {}\n\nrequire (\n", set.go);
    for module in set.modules.iter().filter(|m| m.requirement != Requirement::Graph) {
        let _ = writeln!(go_mod, "\t{} {}", module.path, module.version);
    }
    go_mod.push_str(")\n");
    Ok(go_mod)
}
