use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;

use camino::Utf8Path;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::testing::{Claims, TestKey, clear_sign};
use super::*;
use crate::repository::RepositorySettings;
use crate::repository::debian::APT_VARIABLE;
use crate::target::{Cpu, Os, Platform};
use crate::world::{Env, Network, OnFailure, Shell, Stage};
use server::Server;

mod server;

const ARMHF: Platform = Platform { os: Os::Linux, cpu: Cpu::Armv7 };
const IN_RELEASE: &str = "/dists/bookworm/InRelease";
const PACKAGES: &str = "Package: a\nVersion: 1\nArchitecture: armhf\n";

/// A cache in memory.
#[derive(Default)]
struct Memory(RefCell<HashMap<Sha256, Vec<u8>>>);

impl IndexCache for Memory {
    fn get(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>> {
        Ok(self.0.borrow().get(sha256).cloned())
    }

    fn put(&self, sha256: &Sha256, bytes: &[u8]) -> Result<()> {
        self.0.borrow_mut().insert(*sha256, bytes.to_vec());
        Ok(())
    }
}

/// A suite as it stands on a mirror.
struct Suite {
    key: TestKey,
    /// Paths below the suite, and what is there.
    files: Vec<(String, Vec<u8>)>,
    /// The Release file's lines before its table.
    head: String,
    /// The size it gives for the index when decompressed.
    text_size: usize,
}

impl Suite {
    fn new(packages: &str) -> Self {
        Self {
            key: TestKey::new(7),
            files: vec![("main/binary-armhf/Packages.gz".to_owned(), gzip(packages))],
            head: "Origin: Debian\nSuite: stable\nCodename: bookworm\nAcquire-By-Hash: yes\n\
                   Date: Tue, 14 Nov 2023 22:13:20 UTC\nComponents: main contrib\n"
                .to_owned(),
            text_size: packages.len(),
        }
    }

    fn release(&self) -> String {
        let digest = "0".repeat(64);
        let mut text = format!(
            "{}SHA256:\n {digest} {} main/binary-armhf/Packages\n",
            self.head, self.text_size
        );
        for (path, bytes) in &self.files {
            text += &[
                " ",
                &Sha256::of(bytes).to_string(),
                " ",
                &bytes.len().to_string(),
                " ",
                path,
                "\n",
            ]
            .concat();
        }
        text
    }

    /// Everything by its path on the server, index files by digest only.
    fn on_server(&self) -> Vec<(String, Vec<u8>)> {
        let mut files =
            vec![(IN_RELEASE.to_owned(), clear_sign(&self.release(), &self.key.subkey))];
        for (path, bytes) in &self.files {
            let folder = path.rsplit_once('/').unwrap().0;
            files.push((
                format!("/dists/bookworm/{folder}/by-hash/SHA256/{}", Sha256::of(bytes)),
                bytes.clone(),
            ));
        }
        files
    }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A mirror with a suite on it, and everything needed to open it.
fn temporary() -> Stage {
    Stage::new(Utf8Path::from_path(&std::env::temp_dir()).unwrap()).unwrap()
}

struct Scene {
    server: Server,
    cache: Memory,
    settings: RepositorySettings,
    folder: Stage,
}

impl Scene {
    fn new(suite: &Suite) -> Self {
        let server = Server::start();
        for (path, bytes) in suite.on_server() {
            server.put(&path, bytes);
        }
        let folder = temporary();
        let keyring = folder.path().join("keys.pgp");
        files::write(&keyring, &suite.key.certificate(Claims::default())).unwrap();
        let mirror = Some(server.address.clone());
        let settings = RepositorySettings { mirror, keyring: Some(keyring), ..Default::default() };
        Self { server, cache: Memory::default(), settings, folder }
    }

    fn open(&self) -> Result<OpenSuite> {
        self.open_in(&world())
    }

    fn open_in(&self, world: &World) -> Result<OpenSuite> {
        let request = Request {
            settings: &self.settings,
            platform: ARMHF,
            suite: "bookworm",
            cache: &self.cache,
        };
        open(world, &request)
    }

    fn failure(&self) -> Error {
        self.open().unwrap_err()
    }
}

fn world() -> World {
    World {
        env: Env::from_process().unwrap(),
        shell: Shell::silent(),
        network: Network::new(false),
        jobs: 1,
        on_failure: OnFailure::Stop,
    }
}

#[test]
fn a_suite_is_opened_and_its_index_is_fetched_once() {
    let suite = Suite::new(PACKAGES);
    let scene = Scene::new(&suite);
    let open = scene.open().unwrap();
    assert_eq!(open.index.named("a").len(), 1);
    let expected = Snapshot {
        origin: "Debian".to_owned(),
        suite: "bookworm".to_owned(),
        components: vec!["main".to_owned()],
        date: "Tue, 14 Nov 2023 22:13:20 UTC".to_owned(),
        release: Sha256::of(suite.release()),
        signed_by: suite.key.fingerprint(),
    };
    assert_eq!(open.snapshot, expected);
    let asked = scene.server.asked();
    assert_eq!(asked[0], IN_RELEASE);
    assert!(asked[1].contains("/by-hash/SHA256/"), "{asked:?}");
    scene.open().unwrap();
    assert_eq!(scene.server.asked(), [IN_RELEASE]);
}

#[test]
fn without_by_hash_an_index_is_fetched_by_its_name() {
    let mut suite = Suite::new(PACKAGES);
    suite.head = suite.head.replace("Acquire-By-Hash: yes\n", "");
    let scene = Scene::new(&suite);
    scene.server.put("/dists/bookworm/main/binary-armhf/Packages.gz", gzip(PACKAGES));
    assert_eq!(scene.open().unwrap().index.len(), 1);
}

#[test]
fn what_the_cache_holds_is_not_believed() {
    let suite = Suite::new(PACKAGES);
    let scene = Scene::new(&suite);
    scene.cache.put(&Sha256::of(&suite.files[0].1), b"rotten").unwrap();
    assert_eq!(scene.open().unwrap().index.len(), 1);
    assert_eq!(scene.server.asked().len(), 2);
}

#[test]
fn several_components_make_one_index() {
    let mut suite = Suite::new(PACKAGES);
    let contrib = gzip("Package: b\nVersion: 1\nArchitecture: all\n");
    suite.files.push(("contrib/binary-armhf/Packages.gz".to_owned(), contrib));
    let mut scene = Scene::new(&suite);
    scene.settings.components = Some(vec!["main".to_owned(), "contrib".to_owned()]);
    let open = scene.open().unwrap();
    assert_eq!((open.index.named("a").len(), open.index.named("b").len()), (1, 1));

    scene.settings.components = Some(vec!["extra".to_owned()]);
    let error = scene.failure();
    assert_eq!(error.id(), ErrorId::Mirror);
    assert!(error.hints()[0].contains("`main`, `contrib`"), "{:?}", error.hints());
}

#[test]
fn only_a_trusted_signature_opens_it() {
    let suite = Suite::new(PACKAGES);
    let scene = Scene::new(&suite);
    scene.server.put(IN_RELEASE, clear_sign(&suite.release(), &TestKey::new(8).primary));
    assert_eq!(scene.failure().id(), ErrorId::Signature);
    scene.server.put(IN_RELEASE, suite.release());
    assert_eq!(scene.failure().id(), ErrorId::Signature);
}

#[test]
fn only_the_suite_and_origin_asked_for_are_opened() {
    for (from, to) in
        [("Origin: Debian", "Origin: Other"), ("Codename: bookworm", "Codename: trixie")]
    {
        let mut suite = Suite::new(PACKAGES);
        suite.head = suite.head.replace(from, to);
        let mut scene = Scene::new(&suite);
        assert_eq!(scene.failure().id(), ErrorId::Mirror, "{to}");
        scene.settings.origin = Some("Other".to_owned());
        assert_eq!(scene.open().is_ok(), to == "Origin: Other", "{to}");
    }
    let scene = Scene::new(&Suite::new(PACKAGES));
    scene.server.remove(IN_RELEASE);
    let error = scene.failure();
    assert!(error.causes().iter().any(|cause| cause.contains("no suite `bookworm`")), "{error}");
    assert!(error.what().contains(&scene.server.address), "{error}");
}

#[test]
fn a_mirror_that_is_being_updated_is_asked_once_more() {
    let (old, new) = (Suite::new(PACKAGES), Suite::new("Package: b\nVersion: 1\n"));
    let scene = Scene::new(&old);
    let gone = old.on_server()[1].0.clone();
    scene.server.remove(&gone);
    scene.server.put_after(&gone, new.on_server());
    assert_eq!(scene.open().unwrap().index.named("b").len(), 1);
}

#[test]
fn a_mirror_that_stays_out_of_step_is_named() {
    for bytes in [&b"other bytes"[..], b""] {
        let suite = Suite::new(PACKAGES);
        let scene = Scene::new(&suite);
        scene.server.put(&suite.on_server()[1].0, bytes);
        let error = scene.failure();
        assert_eq!(error.id(), ErrorId::Mirror);
        assert!(error.what().contains(&scene.server.address), "{error}");
        assert!(error.hints().iter().any(|hint| hint.contains("middle of an update")));
        assert_eq!(scene.server.asked().len(), 4);
        assert!(scene.cache.0.borrow().is_empty());
    }
}

#[test]
fn an_index_that_grows_past_its_promise_is_refused() {
    let mut suite = Suite::new(&"x".repeat(1 << 20));
    suite.text_size = 100;
    assert_eq!(Scene::new(&suite).failure().id(), ErrorId::Archive);
    let mut suite = Suite::new(PACKAGES);
    suite.files[0].1.truncate(20);
    assert_eq!(Scene::new(&suite).failure().id(), ErrorId::Archive);
}

#[test]
fn nothing_is_asked_for_offline() {
    let scene = Scene::new(&Suite::new(PACKAGES));
    let offline = World { network: Network::new(true), ..world() };
    assert_eq!(scene.open_in(&offline).unwrap_err().id(), ErrorId::Offline);
    assert!(scene.server.asked().is_empty());
}

#[test]
fn a_mirror_of_the_machine_that_does_not_fit_is_passed_over() {
    let mut other = Suite::new(PACKAGES);
    other.head = other.head.replace("Origin: Debian", "Origin: Other");
    let (wrong, mut scene) = (Scene::new(&other), Scene::new(&Suite::new(PACKAGES)));
    scene.settings.mirror = None;
    let etc = scene.folder.path();
    let line = |server: &Server| format!("deb {} bookworm main\n", server.address);
    let list = line(&wrong.server) + &line(&scene.server);
    files::write(&etc.join("sources.list"), list.as_bytes()).unwrap();
    let env = Env::from_process().unwrap().with(APT_VARIABLE, etc.as_str());
    let open = scene.open_in(&World { env, ..world() }).unwrap();
    assert_eq!(open.mirror.address, scene.server.address);
    assert_eq!(open.mirror.named_by, NamedBy::Machine);
    assert_eq!(wrong.server.asked(), [IN_RELEASE]);
}

#[test]
fn a_mirror_in_the_environment_comes_before_all_others() {
    let scene = Scene::new(&Suite::new(PACKAGES));
    let chosen = Scene::new(&Suite::new(PACKAGES));
    let env = Env::from_process().unwrap().with(MIRROR_VARIABLE, &chosen.server.address);
    let open = scene.open_in(&World { env, ..world() }).unwrap();
    assert_eq!(open.mirror.address, chosen.server.address);
    assert_eq!(open.mirror.named_by, NamedBy::Environment);
    assert!(scene.server.asked().is_empty());
}

#[test]
fn pkg_config_modules_are_found_in_every_list_of_files() {
    let mut suite = Suite::new(PACKAGES);
    let armhf = "usr/lib/arm-linux-gnueabihf/pkgconfig/a.pc libdevel/liba-dev\n";
    suite.files.push(("main/Contents-armhf.gz".to_owned(), gzip(armhf)));
    let all = "usr/share/pkgconfig/b.pc x11/b-data\n";
    suite.files.push(("main/Contents-all.gz".to_owned(), gzip(all)));
    let scene = Scene::new(&suite);
    let open = scene.open().unwrap();
    let found = open.find_pkg_config(&world(), &scene.cache, &["a", "b", "c"]).unwrap();
    let names: Vec<_> = found.iter().map(|(m, p)| format!("{m} {}", p[0])).collect();
    assert_eq!(names, ["a liba-dev", "b b-data"]);
}
