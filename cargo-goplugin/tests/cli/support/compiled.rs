//! Go's own packages, compiled once for all worlds: without that, tests would do little else. What Go keeps is found
//! by its content, so that worlds do not see each other; what C is in it is not shared.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

/// Where it is kept between worlds, and from one run of the tests to the next.
fn shared() -> Utf8PathBuf {
    Utf8Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled")
}

fn is_lent(name: &str) -> bool {
    name.starts_with("build-") && name.ends_with("-pure")
}

/// Links what there is into a world's cache.
pub(super) fn lend(folder: &Utf8Path) {
    std::fs::create_dir_all(shared()).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    for entry in shared().read_dir_utf8().unwrap().flatten() {
        std::os::unix::fs::symlink(entry.path(), folder.join(entry.file_name())).unwrap();
    }
}

/// Keeps what a world compiled, if it is the first to have done so.
pub(super) fn keep(folder: &Utf8Path) {
    let Ok(entries) = folder.read_dir_utf8() else { return };
    for entry in entries.flatten().filter(|entry| is_lent(entry.file_name())) {
        // A link leads there already.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            give(entry.path(), &shared().join(entry.file_name()));
        }
    }
}

/// Of two that come at once, the second one's goes with its world.
fn give(compiled: &Utf8Path, to: &Utf8Path) {
    if to.exists() || std::fs::rename(compiled, to).is_ok() {
        return;
    }
    // On another file system.
    let beside = to.with_extension(std::process::id().to_string());
    let copied = Command::new("cp").args(["-a", compiled.as_str(), beside.as_str()]).status();
    if copied.is_ok_and(|status| status.success()) {
        let _ = std::fs::rename(&beside, to);
    }
}
