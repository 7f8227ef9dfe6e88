//! The files of `docs/` that are made from the code: `cargo xtask docs` writes them, `tidy` compares.

use crate::{errors_page, messages_page};

/// A file made from the code.
pub(crate) struct Page {
    /// Where it stands in the repository.
    pub(crate) path: &'static str,
    /// Its whole text.
    pub(crate) render: fn() -> String,
}

pub(crate) const ALL: &[Page] = &[
    Page { path: errors_page::PATH, render: errors_page::render },
    Page { path: messages_page::PATH, render: messages_page::render },
    Page { path: messages_page::SCHEMA, render: messages_page::schema },
];
