//! Puts files where they belong: all of them or none, and never over another file.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::world::{Stage, files, folders};

/// A file to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path, relative to the folder it is made in.
    pub path: Utf8PathBuf,
    /// What it holds.
    pub text: String,
}

impl NewFile {
    pub(super) fn new(path: impl Into<Utf8PathBuf>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// Makes a folder of these files, whole or not at all. `finish` sees it before it has its name.
pub fn make_folder(
    folder: &Utf8Path,
    new: &[NewFile],
    finish: impl FnOnce(&Utf8Path) -> Result<()>,
) -> Result<()> {
    let stage = Stage::new(files::parent(folder))?;
    let staged = stage.path().join("workspace");
    files::create_dir(&staged)?;
    for file in new {
        files::write(&staged.join(&file.path), file.text.as_bytes())?;
    }
    finish(&staged)?;
    if folders::kind(folder)?.is_some() {
        return Err(exists(folder));
    }
    files::rename(&staged, folder)
}

/// Writes files into a folder that has none of them; what was written is removed again when one cannot
/// be written.
pub fn put_all(root: &Utf8Path, new: &[NewFile]) -> Result<()> {
    let paths: Vec<_> = new.iter().map(|file| root.join(&file.path)).collect();
    for path in &paths {
        if folders::kind(path)?.is_some() {
            return Err(exists(path));
        }
    }
    for (done, (path, file)) in paths.iter().zip(new).enumerate() {
        if let Err(error) = files::write(path, file.text.as_bytes()) {
            paths[..done].iter().try_for_each(|path| files::remove_file(path))?;
            return Err(error);
        }
    }
    Ok(())
}

/// Something that is to be made is there.
#[must_use]
pub fn exists(path: &Utf8Path) -> Error {
    Error::new(ErrorId::Exists, format!("`{path}` is there already"))
        .because("nothing is written over what is there")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> Stage {
        Stage::new(std::env::temp_dir().to_str().unwrap().into()).unwrap()
    }

    fn names(folder: &Utf8Path) -> Vec<String> {
        folders::list(folder).unwrap().into_iter().map(|entry| entry.name).collect()
    }

    #[test]
    fn a_folder_is_made_whole_or_not_at_all() {
        let stage = folder();
        let new = [NewFile::new("a/b", "text"), NewFile::new("c", "")];
        let place = stage.path().join("place");
        let failed = make_folder(&place, &new, |_| Err(Error::new(ErrorId::Io, "no")));
        assert_eq!(failed.unwrap_err().what(), "no");
        assert!(names(stage.path()).is_empty());
        make_folder(&place, &new, |_| Ok(())).unwrap();
        assert_eq!(files::read_text(&place.join("a/b")).unwrap(), "text");
        assert_eq!(make_folder(&place, &new, |_| Ok(())).unwrap_err().id(), ErrorId::Exists);
        assert_eq!(names(stage.path()), ["place"]);
    }

    #[test]
    fn files_are_put_all_or_none_and_never_over_others() {
        let stage = folder();
        files::write(&stage.path().join("b"), b"old").unwrap();
        let new = [NewFile::new("a", "new"), NewFile::new("b", "new")];
        assert_eq!(put_all(stage.path(), &new).unwrap_err().id(), ErrorId::Exists);
        assert_eq!(names(stage.path()), ["b"]);
        // A file stands where a folder would have to be.
        let new = [NewFile::new("a", "new"), NewFile::new("b/c", "new")];
        assert!(put_all(stage.path(), &new).is_err());
        assert_eq!(names(stage.path()), ["b"]);
        put_all(stage.path(), &[NewFile::new("c/d", "new")]).unwrap();
        assert_eq!(names(stage.path()), ["b", "c"]);
    }
}
