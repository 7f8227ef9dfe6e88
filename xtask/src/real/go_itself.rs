//! Without the locked release of Go on `PATH`, the program gets it, and needs no other.

use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, on_path, read};

use super::hello::SAID;

pub(super) fn is_fetched(ground: &Ground) -> Result {
    let proxy = read(&command("go", &["env", "GOPROXY"]))?;
    let site = ground.copy(Project::Hello, "without-go-")?.with_store(ground.scratch("cache-")?);
    let run = ground
        .with_store(&ground.scratch("cache-")?, &site, &["run", "--locked"])
        .env("PATH", path_without_go()?)
        .env("GOPROXY", proxy.trim_end());
    let said = read(&run)?;
    ensure(said == SAID, || format!("it said {said:?}"))
}

fn path_without_go() -> Result<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).filter(|folder| !folder.join("go").exists());
    let joined = std::env::join_paths(folders).on("PATH")?;
    ensure(on_path("go"), || "go is not on PATH, so the other checks prove this one".to_owned())?;
    Ok(joined.to_string_lossy().into_owned())
}
