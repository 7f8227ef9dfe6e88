//! Whether everything that has its final name is whole, be it old or new: artifacts, lock, stamps,
//! stored packages by their digests, unpacked trees by their records. Read apart from the program's own
//! readers, so that the two can disagree.

use camino::{Utf8Path, Utf8PathBuf};
use cargo_goplugin::vocab::Sha256;

use super::lane::Lane;
use super::made::Made;
use super::start::Start;
use crate::failure::{Failure, On, Result, ensure};
use crate::tamper::{files, has_extension};

/// Looks at a lane after a run that ended in any way; `before` is what was there when it began.
pub(super) fn check(lane: &Lane, start: Start, before: &Made) -> Result {
    let now = lane.made()?;
    for (path, bytes) in now.iter() {
        let known = lane.references().iter().any(|made| made.get(path) == Some(bytes));
        ensure(known, || format!("`{path}` is neither the old nor the new one"))?;
    }
    for (path, _) in before.iter() {
        ensure(now.get(path).is_some(), || format!("`{path}` was there, and is gone"))?;
    }
    let root = lane.target.join("goplugin/build");
    for stamp in files(&root, |path| has_extension(path, "json") && !path.contains(".stage-")) {
        let text = std::fs::read_to_string(&stamp).on(&stamp)?;
        ensure(text.starts_with('{') && text.ends_with('}'), || format!("`{stamp}`: {text:?}"))?;
    }
    if start.is_of_the_store() { store(&lane.store) } else { Ok(()) }
}

fn store(store: &Utf8Path) -> Result {
    for blob in files(&store.join("cas"), |path| !path.contains(".stage-")) {
        let found = Sha256::of(std::fs::read(&blob).on(&blob)?).to_string();
        ensure(blob.file_name() == Some(&found), || format!("`{blob}` holds {found}"))?;
    }
    for (records, trees) in [("sysroots", "sysroots"), ("go/trees", "go/mod")] {
        let folder = store.join(records);
        for record in
            files(&folder, |path| has_extension(path, "tree") && !path.contains(".stage-"))
        {
            let name = record.strip_prefix(&folder).on(&record)?.with_extension("");
            tree(&record, &store.join(trees).join(&name))?;
        }
    }
    Ok(())
}

/// Every file that a record names must be there with its bytes.
fn tree(record: &Utf8Path, root: &Utf8Path) -> Result {
    let odd = |line: &str| Failure::new(format!("`{record}` has the line {line:?}"));
    let text = std::fs::read_to_string(record).on(record)?;
    let last = text.lines().last().unwrap_or_default();
    ensure(last.starts_with("check "), || format!("`{record}` is cut off at {last:?}"))?;
    let mut folder = Utf8PathBuf::new();
    for line in text.lines().skip(2) {
        let (kind, rest) = line.split_once(' ').ok_or_else(|| odd(line))?;
        match kind {
            // After the folder's change time.
            "d" => folder = root.join(rest.split_once(' ').ok_or_else(|| odd(line))?.1),
            "f" | "x" | "l" => {
                let mut words = rest.splitn(4, ' ');
                let (digest, name) = (words.next(), words.nth(2));
                let (digest, name) = digest.zip(name).ok_or_else(|| odd(line))?;
                leaf(kind, digest, &folder, name)?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn leaf(kind: &str, digest: &str, folder: &Utf8Path, name: &str) -> Result {
    if kind == "l" {
        let link = folder.join(name.split('\t').next().unwrap_or_default());
        return ensure(link.is_symlink(), || format!("`{link}` is recorded, and no link"));
    }
    let path = folder.join(name);
    let found = Sha256::of(std::fs::read(&path).on(&path)?).to_string();
    ensure(found == digest, || format!("`{path}` is not what its record says"))
}
