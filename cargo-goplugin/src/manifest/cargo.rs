//! What only cargo knows of a workspace: its target folder, which configuration files and the
//! environment can move.

mod memo;

use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::MetadataCommand;

use crate::error::{Error, ErrorId, Result};
use crate::store::Store;
use crate::world::{Finished, Process, World, files};
use memo::{Memo, Question};

/// What cargo may read: where its toolchain and settings are, and how it reaches the network.
const PASSED_ON: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "TMPDIR",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_NET_OFFLINE",
    "CARGO_HTTP_CAINFO",
    "CARGO_HTTP_PROXY",
    "RUSTC",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "RUSTUP_DIST_SERVER",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "ALL_PROXY",
    "all_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// The target folder of the cargo workspace whose root manifest is `manifest`.
pub(super) fn target_dir(
    world: &World,
    store: &Store,
    manifest: &Utf8Path,
    flags: &[String],
) -> Result<Utf8PathBuf> {
    let program = program(world)?;
    let environment = world.env.pick(PASSED_ON);
    let question = Question { program: &program, manifest, flags, environment: &environment };
    let memo = Memo::of(store, &question);
    if let Some(memo) = &memo
        && let Some(noted) = memo.recall()?
    {
        return Ok(noted);
    }
    let target_dir = ask(world, &question)?;
    if let Some(memo) = memo {
        memo.note(&target_dir)?;
    }
    Ok(target_dir)
}

fn ask(world: &World, question: &Question<'_>) -> Result<Utf8PathBuf> {
    let manifest = question.manifest;
    let attempt = || format!("could not read `{manifest}` with `cargo metadata`");
    let finished = Process::new(question.program)
        .args(["metadata", "--format-version", "1", "--no-deps", "--color", "never"])
        .args(["--manifest-path", manifest.as_str()])
        .args(question.flags.iter().cloned())
        .envs(question.environment.iter().cloned())
        .dir(files::parent(manifest))
        .capture(&world.shell)
        .map_err(|error| error.while_doing(attempt()))?;
    if !finished.success() {
        return Err(Error::new(ErrorId::Process, attempt())
            .because(reason(&finished))
            .hint("mend what cargo complains about: `cargo metadata` there says the same"));
    }
    let metadata = MetadataCommand::parse(String::from_utf8_lossy(&finished.stdout))
        .map_err(|error| Error::new(ErrorId::Process, attempt()).because(error.to_string()))?;
    Ok(metadata.target_directory)
}

/// The cargo that started this program, else the one on `PATH`.
fn program(world: &World) -> Result<Utf8PathBuf> {
    let started_by = world.env.get("CARGO").map(Utf8PathBuf::from);
    started_by.or_else(|| world.env.find_program("cargo")).ok_or_else(|| {
        Error::new(ErrorId::Process, "there is no `cargo` on `PATH`")
            .hint("install Rust, or declare the workspace in a `goplugin.toml` instead")
    })
}

fn reason(finished: &Finished) -> String {
    let text = finished.stderr.trim();
    let text = text.strip_prefix("error: ").unwrap_or(text);
    if text.is_empty() { format!("it ended with code {}", finished.code) } else { text.to_owned() }
}
