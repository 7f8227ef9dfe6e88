//! Workspaces made of texts.

use camino::{Utf8Path, Utf8PathBuf};

/// A workspace in a folder of its own.
pub(crate) struct Project(Utf8PathBuf);

impl Project {
    /// Writes the files below `folder`.
    pub(crate) fn new(folder: &Utf8Path, files: &[(&str, &str)]) -> Self {
        let project = Self(folder.to_owned());
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// What stands in a folder already.
    pub(crate) fn at(folder: &Utf8Path) -> Self {
        Self(folder.to_owned())
    }

    pub(crate) fn path(&self, path: &str) -> Utf8PathBuf {
        self.0.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write(&self.0.join(path), text);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).unwrap()
    }

    /// Replaces a text that stands in the file exactly once.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}");
        self.write(path, &text.replace(from, to));
    }
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Utf8Path, bytes: impl AsRef<[u8]>) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
