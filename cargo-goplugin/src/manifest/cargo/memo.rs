//! What cargo answered before. Asking it takes as long as everything else that a run with nothing to do
//! does, and a workspace's target folder depends on little: cargo itself, the root manifest, cargo's
//! configuration files, the environment and the flags. As long as these are the same, so is the answer.
//! What cargo would say of the workspace's other members is not heard then; it is nothing to us.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::Result;
use crate::store::Store;
use crate::vocab::Sha256;
use crate::world::files;

/// The note of an answer to one question.
pub(super) struct Memo(Utf8PathBuf);

/// What is asked, of whom, and in which environment.
#[derive(Debug)]
pub(super) struct Question<'a> {
    pub(super) program: &'a Utf8Path,
    pub(super) manifest: &'a Utf8Path,
    pub(super) flags: &'a [String],
    pub(super) environment: &'a [(String, String)],
}

impl Memo {
    /// Where the answer is noted; `None` if it cannot be told what else the answer depends on.
    pub(super) fn of(store: &Store, question: &Question<'_>) -> Option<Self> {
        // A value may name a further file.
        if question.flags.iter().any(|flag| flag == "--config") {
            return None;
        }
        let program = files::look(question.program).ok()?;
        let manifest = files::read(question.manifest).ok()?;
        let configuration = configuration(question)?;
        let key = Sha256::of(format!("{question:?}{program:?}{manifest:?}{configuration:?}"));
        Some(Self(store.folder("cargo").join(key.to_string())))
    }

    /// The target folder as cargo named it.
    pub(super) fn recall(&self) -> Result<Option<Utf8PathBuf>> {
        let noted = files::read_if_there(&self.0)?.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(noted.map(Utf8PathBuf::from))
    }

    pub(super) fn note(&self, target_dir: &Utf8Path) -> Result<()> {
        files::write(&self.0, target_dir.as_str().as_bytes())
    }
}

/// Cargo's configuration files for a workspace, see
/// <https://doc.rust-lang.org/cargo/reference/config.html#hierarchical-structure>. `None` if one of them
/// cannot be read, or includes others.
fn configuration(question: &Question<'_>) -> Option<Vec<Option<Vec<u8>>>> {
    let get = |name| question.environment.iter().find(|(known, _)| known == name);
    let home = match (get("CARGO_HOME"), get("HOME")) {
        (Some((_, home)), _) => Utf8PathBuf::from(home),
        (None, Some((_, home))) => Utf8Path::new(home).join(".cargo"),
        (None, None) => return None,
    };
    let above = files::parent(question.manifest).ancestors().map(|folder| folder.join(".cargo"));
    let places = above.chain([home]).flat_map(|dir| [dir.join("config.toml"), dir.join("config")]);
    places
        .map(|path| {
            let text = files::read_if_there(&path).ok()?;
            let includes =
                text.iter().any(|text| String::from_utf8_lossy(text).contains("include"));
            (!includes).then_some(text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Stage;

    #[test]
    fn an_answer_holds_while_what_it_depends_on_stays() {
        let stage = Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
        let root = stage.path();
        let store = Store::at(root.join("store")).unwrap();
        for path in ["cargo", "home/config.toml", "a/b/Cargo.toml", "a/b/.cargo/config.toml"] {
            files::write(&root.join(path), path.as_bytes()).unwrap();
        }
        let home = |name: &str| vec![("CARGO_HOME".to_owned(), root.join(name).into_string())];
        let ask = |flags: &[&str], environment: &[(String, String)]| {
            let flags: Vec<_> = flags.iter().map(|&flag| flag.to_owned()).collect();
            let question = Question {
                program: &root.join("cargo"),
                manifest: &root.join("a/b/Cargo.toml"),
                flags: &flags,
                environment,
            };
            Memo::of(&store, &question).map(|memo| memo.0)
        };
        let first = ask(&[], &home("home")).unwrap();
        assert_eq!(ask(&[], &home("home")), Some(first.clone()));
        assert_ne!(ask(&["--offline"], &home("home")), Some(first.clone()));
        assert_ne!(ask(&[], &home("elsewhere")), Some(first.clone()));
        assert_eq!(ask(&["--config", "more.toml"], &home("home")), None);
        for path in [
            "cargo",
            "home/config.toml",
            "a/b/Cargo.toml",
            "a/b/.cargo/config.toml",
            "a/.cargo/config",
        ] {
            let before = ask(&[], &home("home")).unwrap();
            files::write(&root.join(path), b"other").unwrap();
            assert_ne!(ask(&[], &home("home")).unwrap(), before, "{path}");
        }
        files::write(&root.join("home/config.toml"), b"include = [\"more.toml\"]").unwrap();
        assert_eq!(ask(&[], &home("home")), None);
    }
}
