use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::store::TreeBuilder;
use crate::world::Stage;

/// A small tree and its record, in a folder of their own.
struct Scene {
    stage: Stage,
}

impl Scene {
    fn new() -> Self {
        let stage = Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
        let scene = Self { stage };
        files::create_dir(&scene.dir()).unwrap();
        let builder = TreeBuilder::new(scene.dir());
        for (path, executable) in [("bin/run", true), ("lib/a.h", false), ("lib/deep/b.h", false)] {
            builder.file(path.into(), executable, &mut path.as_bytes(), "the test").unwrap();
        }
        builder.link("lib/link".into(), "a.h".into(), "the test").unwrap();
        fs::write(scene.blob(), "blob").unwrap();
        let source = Source {
            sha256: Sha256::of("blob"),
            path: scene.blob(),
            label: "package `x`".to_owned(),
        };
        Tree::record(&scene.dir(), &scene.record(), builder.finish().unwrap(), vec![source])
            .unwrap();
        scene
    }

    fn dir(&self) -> Utf8PathBuf {
        self.stage.path().join("tree")
    }

    fn record(&self) -> Utf8PathBuf {
        self.stage.path().join("tree.record")
    }

    fn blob(&self) -> Utf8PathBuf {
        self.stage.path().join("blob")
    }

    fn open(&self, scope: Scope) -> Result<Option<Tree>> {
        Tree::open(&self.dir(), &self.record(), scope, "the tree")
    }

    /// Writes a file again as it is, or with other bytes; the modification time stays.
    fn rewrite(path: &Utf8Path, bytes: &str) {
        let before = fs::metadata(path).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(path, bytes).unwrap();
        fs::set_permissions(path, before.permissions()).unwrap();
        let times = fs::FileTimes::new().set_modified(before.modified().unwrap());
        fs::File::options().read(true).open(path).unwrap().set_times(times).unwrap();
    }
}

#[test]
fn an_untouched_tree_opens_with_its_digest() {
    let scene = Scene::new();
    let tree = scene.open(Scope::Whole).unwrap().unwrap();
    assert_eq!(tree.files().unwrap().len(), 4);
    assert_eq!(scene.open(Scope::Whole).unwrap().unwrap().digest, tree.digest);
    let other = Scene::new();
    assert_eq!(
        other.open(Scope::Whole).unwrap().unwrap().digest,
        tree.digest,
        "wherever it stands"
    );
}

#[test]
fn every_kind_of_edit_is_noticed_and_named() {
    type Edit = fn(&Scene);
    let edits: &[(&str, Edit)] = &[
        ("lib/a.h", |scene| Scene::rewrite(&scene.dir().join("lib/a.h"), "lib/A.h")),
        ("lib/deep/b.h", |scene| fs::remove_file(scene.dir().join("lib/deep/b.h")).unwrap()),
        ("lib/deep/c.h", |scene| fs::write(scene.dir().join("lib/deep/c.h"), "").unwrap()),
        ("new", |scene| fs::create_dir(scene.dir().join("new")).unwrap()),
        ("bin/run", |scene| {
            fs::set_permissions(scene.dir().join("bin/run"), fs::Permissions::from_mode(0o444))
                .unwrap();
        }),
        ("lib/deep/b.h", |scene| {
            fs::set_permissions(
                scene.dir().join("lib/deep/b.h"),
                fs::Permissions::from_mode(0o555),
            )
            .unwrap();
        }),
        ("blob", |scene| {
            let away = scene.stage.path().join("away");
            fs::rename(scene.blob(), &away).unwrap();
            symlink(away, scene.blob()).unwrap();
        }),
        ("lib/link", |scene| {
            fs::remove_file(scene.dir().join("lib/link")).unwrap();
            symlink("deep/b.h", scene.dir().join("lib/link")).unwrap();
        }),
        ("lib/a.h", |scene| {
            fs::rename(scene.dir().join("lib/a.h"), scene.stage.path().join("a.h")).unwrap();
            symlink(scene.stage.path().join("a.h"), scene.dir().join("lib/a.h")).unwrap();
        }),
        ("package `x`", |scene| Scene::rewrite(&scene.blob(), "blOb")),
        ("tree.record", |scene| Scene::rewrite(&scene.record(), "cargo-goplugin tree 3\n")),
    ];
    for (named, edit) in edits {
        let scene = Scene::new();
        edit(&scene);
        let error = scene.open(Scope::Whole).unwrap_err();
        assert_eq!(error.id(), ErrorId::Corrupt, "{named}");
        assert!(error.to_string().contains(named), "{named}: {error}");
    }
}

#[test]
fn a_file_that_was_only_touched_is_as_good_as_before() {
    let scene = Scene::new();
    let before = fs::read_to_string(scene.record()).unwrap();
    Scene::rewrite(&scene.dir().join("lib/a.h"), "lib/a.h");
    Scene::rewrite(&scene.blob(), "blob");
    assert!(scene.open(Scope::Whole).unwrap().is_some());
    assert_ne!(fs::read_to_string(scene.record()).unwrap(), before, "the new stamps are noted");
    fs::remove_file(scene.blob()).unwrap();
    assert!(scene.open(Scope::Whole).unwrap().is_some(), "a blob may be removed");
}

#[test]
fn what_is_not_read_is_not_looked_at() {
    let scene = Scene::new();
    fs::write(scene.dir().join("lib/deep/c.h"), "").unwrap();
    fs::write(scene.dir().join("README"), "").unwrap();
    let part = Scope::Part(|folder, file| folder != "lib/deep" && file != "README");
    assert!(scene.open(part).unwrap().is_some());
    fs::write(scene.dir().join("lib/d.h"), "").unwrap();
    assert!(scene.open(part).is_err());
}

#[test]
fn a_tree_without_a_record_of_this_version_is_absent() {
    let scene = Scene::new();
    let other = fs::read_to_string(scene.record()).unwrap().replacen("tree 3", "tree 2", 1);
    fs::write(scene.record(), other).unwrap();
    assert!(scene.open(Scope::Whole).unwrap().is_none());
    let scene = Scene::new();
    fs::remove_file(scene.record()).unwrap();
    assert!(scene.open(Scope::Whole).unwrap().is_none());
    let scene = Scene::new();
    files::remove_dir(&scene.dir()).unwrap();
    assert!(scene.open(Scope::Whole).unwrap().is_none());
}

#[test]
fn a_blob_is_watched_where_the_store_was_moved_to() {
    let stage = Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap();
    let (old, new) = (stage.path().join("old"), stage.path().join("new"));
    let at = |store: &Utf8Path| (store.join("trees/a"), store.join("trees/a.tree"));
    files::create_dir(&at(&old).0).unwrap();
    fs::write(old.join("blob"), "blob").unwrap();
    let source = Source {
        sha256: Sha256::of("blob"),
        path: "../blob".into(),
        label: "package `x`".to_owned(),
    };
    Tree::record(&at(&old).0, &at(&old).1, Vec::new(), vec![source]).unwrap();
    fs::rename(&old, &new).unwrap();
    let open = || Tree::open(&at(&new).0, &at(&new).1, Scope::Whole, "the tree");
    assert!(open().unwrap().is_some());
    Scene::rewrite(&new.join("blob"), "blOb");
    let error = open().unwrap_err().to_string();
    assert!(error.contains(new.join("blob").as_str()), "{error}");
}
