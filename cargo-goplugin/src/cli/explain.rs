//! `--explain`: what an error's id means and what to do about it.

use crate::error::{Error, ErrorId, Result};
use crate::manifest::nearest;
use crate::world::Shell;

/// Prints the text for an id.
pub(super) fn explain(shell: &Shell, asked: &str) -> Result<()> {
    let id = find(asked)?;
    shell.data(format_args!("{id}\n\nCause: {}\n\nWay out: {}", id.cause(), id.way_out()));
    Ok(())
}

fn find(asked: &str) -> Result<ErrorId> {
    // As it stands in a message, `error[resolve::drift]`, it may be pasted.
    let name = asked.trim_start_matches("error").trim_matches(['[', ']', ':', ' ']);
    ErrorId::ALL.iter().copied().find(|id| id.as_str() == name).ok_or_else(|| {
        Error::new(ErrorId::Usage, format!("no error has the id `{}`", asked.escape_debug()))
            .hint(suggestion(name))
    })
}

fn suggestion(name: &str) -> String {
    let ids = || ErrorId::ALL.iter().map(|id| id.as_str());
    let last = |id: &'static str| id.rsplit("::").next().unwrap_or(id);
    let near = nearest(name, ids()).or_else(|| {
        let word = nearest(name, ids().map(last))?;
        ids().find(|id| last(id) == word)
    });
    match near {
        Some(id) => format!("did you mean `{id}`?"),
        None => format!("ids look like `{}`; `docs/errors.md` lists them all", ErrorId::Drift),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_as_they_are_pasted() {
        for asked in ["resolve::drift", "error[resolve::drift]", "error[resolve::drift]:"] {
            assert_eq!(find(asked).unwrap(), ErrorId::Drift, "{asked}");
        }
    }

    #[test]
    fn the_nearest_is_offered() {
        for (asked, hint) in [
            ("resolve::drfit", "did you mean `resolve::drift`?"),
            ("drift", "did you mean `resolve::drift`?"),
            ("no-librery", "did you mean `resolve::no-library`?"),
            ("E0308", "ids look like `resolve::drift`; `docs/errors.md` lists them all"),
        ] {
            assert_eq!(find(asked).unwrap_err().hints(), [hint], "{asked}");
        }
    }
}
