//! Container images where they are kept: image layouts, and registries that speak the OCI
//! distribution protocol. Everything that is read or sent is held against its digest and size; what a registry
//! says is believed only as far as that goes. It makes no image, and prints nothing of a password or token.

mod address;
mod challenge;
mod client;
mod config_file;
mod content;
mod credentials;
mod document;
mod layout;
mod place;
mod push;
mod reference;
mod secret;
mod tree;

pub use client::{Access, Client, Security};
pub use content::Content;
pub use document::{Document, is_image, json};
pub use layout::{BLOBS, Entry, INDEX_FILE, Layout, VERSION_FILE};
pub use push::{Overwrite, Pushed, Request as PushRequest, push};
pub use reference::{Reference, Repository, Tag};
pub use tree::{Manifest, Referrer, Source, Tree};

/// Bytes that a manifest, an index or a configuration may have: what registries take.
const DOCUMENT_LIMIT: u64 = 4 << 20;
