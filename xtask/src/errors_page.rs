//! `docs/errors.md`, made from the ids in the code.

use std::fmt::Write as _;

use cargo_goplugin::error::ErrorId;

/// Where the page stands in the repository.
pub(crate) const PATH: &str = "docs/errors.md";

const HEAD: &str = "# Errors\n\n\
    Made by `cargo xtask docs` from `cargo-goplugin/src/error/ids.rs`; do not edit.\n\n\
    Every failure names its id, as in `error[resolve::drift]: …`. The first word is the step that failed. Scripts may\n\
    rely on an id; sentences may change. The exit status is 101, and 2 for `cli::usage`. `cargo goplugin --explain ID`\n\
    prints what stands here.\n";

/// The page's whole text.
pub(crate) fn render() -> String {
    let mut page = HEAD.to_owned();
    for id in ErrorId::ALL {
        // Writing to a string cannot fail.
        let _ = write!(page, "\n## `{id}`\n\n{}\n\n**Way out.** {}\n", id.cause(), id.way_out());
    }
    page
}
