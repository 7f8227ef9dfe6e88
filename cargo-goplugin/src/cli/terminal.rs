//! What is written to, before and after the flags are known.

use crate::world::{ColorChoice, Env, MessageFormat, ProgressWhen, Shell, Terminal, Verbosity};

/// Where bars are drawn, by cargo's own variables.
pub(super) fn terminal(env: &Env) -> Terminal {
    let when = match env.get("CARGO_TERM_PROGRESS_WHEN") {
        Some("always") => ProgressWhen::Always,
        Some("never") => ProgressWhen::Never,
        _ => ProgressWhen::Auto,
    };
    let dumb = env.get("CI").is_some() || env.get("TERM") == Some("dumb");
    let width = env.get("CARGO_TERM_PROGRESS_WIDTH").and_then(|width| width.parse().ok());
    Terminal::stderr(when, dumb, width)
}

/// A shell for failures before the flags are known.
pub(super) fn plain_shell() -> Shell {
    Shell::new(Verbosity::Normal, ColorChoice::Auto, MessageFormat::Human, Terminal::PLAIN)
}
