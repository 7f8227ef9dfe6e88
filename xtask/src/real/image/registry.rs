//! An image on its way to a registry and back.

use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use super::storage::{Storage, free_port};
use super::{OCI_WEB, STEM, archive, blob, json, layers, manifest, with_line};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, ended, read};
use crate::real::hello::SAID;

/// What a push of an unchanged image may ask, when it is known who asks.
const REQUESTS: usize = 3;

/// The registry of Docker's distribution, on a port of its own.
pub(crate) struct Registry {
    running: duct::Handle,
    address: String,
    log: Utf8PathBuf,
}

impl Registry {
    pub(crate) fn start(ground: &Ground) -> Result<Self> {
        let folder = ground.scratch("registry-")?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let (config, log) = (folder.join("config.yml"), folder.join("log"));
        let text = format!(
            "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {folder}/data\n\
             http:\n  addr: {address}\n"
        );
        std::fs::write(&config, text).on(&config)?;
        let running = command("docker-registry", &["serve", config.as_str()])
            .stdin_null()
            .stderr_to_stdout()
            .stdout_path(&log)
            .unchecked()
            .start()
            .on("docker-registry")?;
        let registry = Self { running, address, log };
        let begun = Instant::now();
        while std::net::TcpStream::connect(&registry.address).is_err() {
            ensure(begun.elapsed() < Duration::from_secs(30), || "no registry".to_owned())?;
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(registry)
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Requests for an image so far.
    fn requests(&self) -> Result<usize> {
        let log = std::fs::read_to_string(&self.log).on(&self.log)?;
        Ok(log
            .lines()
            .filter(|line| line.contains(" /v2/image-server/") && line.contains("HTTP/1."))
            .count())
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // Already ended, if it failed.
        let _ = self.running.kill();
    }
}

/// Images that start from another one in the registry: the base's layers are their lower ones as they are, and they run with
/// the user of the base's root, also a program of C on a base that knows nothing of C.
pub(crate) fn gives_a_base(ground: &Ground) -> Result {
    let registry = Registry::start(ground)?;
    let site = ground.copy(Project::Hello, "image-base-")?;
    let name = format!("{}/base", registry.address);
    let printed = read(&ground.goplugin(&site, &["oci", "push", &name]))?;
    let stem = "goplugin/package/linux-amd64/hello-0.1.0-linux-amd64.oci";
    let below = layers(&site.target_dir.join(stem))?;

    let base = format!("base = \"{}\"", printed.trim());
    let site = ground.copy(Project::Hello, "image-on-base-")?;
    let manifest = site.folder.join("hello/goplugin.toml");
    let text = std::fs::read_to_string(&manifest).on(&manifest)?;
    std::fs::write(&manifest, format!("{text}\n[artifacts.oci]\n{base}\n")).on(&manifest)?;
    read(&ground.goplugin(&site, &["package", "--target", "oci"]))?;
    let folder = site.target_dir.join(stem);
    let all = layers(&folder)?;
    let names = |layers: &[Utf8PathBuf]| -> Vec<String> {
        layers.iter().filter_map(|layer| layer.file_name()).map(str::to_owned).collect()
    };
    ensure(names(&all).starts_with(&names(&below)) && all.len() == below.len() + 1, || {
        format!("{all:?} on {below:?}")
    })?;
    let server = with_line(ground, &base)?;
    read(&ground.goplugin(&server, &["package", "--target", "oci"]))?;
    // Nothing more is asked for once it is here.
    drop(registry);
    read(&ground.goplugin(&site, &["package", "--target", "oci", "--frozen"]))?;

    let storage = Storage::new(ground)?;
    read(&storage.podman(&["load", "-q", "-i", &archive(&folder)]))?;
    let run = ["run", "--rm", "--network", "host"];
    let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"];
    let said = ended(
        &storage.podman(&[&run[..], &limits, &["--user", "nonroot", "hello:0.1.0"]].concat()),
    )?;
    ensure(
        said.code == Some(0) && format!("{}{}", said.stdout, said.stderr).contains(SAID),
        || format!("it said {:?} and {:?}", said.stdout, said.stderr),
    )?;
    read(&storage.podman(&["load", "-q", "-i", &archive(&server.target_dir.join(STEM))]))?;
    storage.serves_images("image-server:1.0.0")
}

/// What is pushed is had by the digest that was printed, and runs; pushed again, nothing is sent; and what is told of the
/// image is had as its referrers.
pub(crate) fn takes_and_gives(ground: &Ground) -> Result {
    let site = ground.copy(Project::ImageServer, "image-pushed-")?;
    let registry = Registry::start(ground)?;
    let name = format!("{}/image-server", registry.address);
    let push = ground.goplugin(&site, &["oci", "push", &name]);
    let printed = read(&push)?;
    let digest = printed.trim().strip_prefix(&format!("{name}@")).map(str::to_owned);
    let digest = digest.ok_or_else(|| Failure::new(format!("push prints {printed:?}")))?;
    let tagged = format!("docker://{name}:1.0.0");
    let inspect = ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", &tagged];
    let found = read(&command("skopeo", &inspect))?;
    ensure(found.trim() == digest, || format!("{digest} was pushed, {found} is there"))?;

    unchanged(&registry, &push, REQUESTS)?;

    let referrers = format!("docker://{name}:{}", digest.replace(':', "-"));
    let index = read(&command("skopeo", &["inspect", "--raw", "--tls-verify=false", &referrers]))?;
    for kind in ["application/vnd.cyclonedx+json", "application/vnd.in-toto+json"] {
        ensure(index.contains(kind), || format!("no {kind} among {index}"))?;
    }

    let storage = Storage::new(ground)?;
    let image = format!("{name}@{digest}");
    read(&storage.podman(&["pull", "-q", "--tls-verify=false", &image]))?;
    storage.serves_images(&image)
}

/// Pushed once more, nothing is sent, and no more asked than that.
fn unchanged(registry: &Registry, push: &duct::Expression, requests: usize) -> Result {
    let before = registry.requests()?;
    let again = ended(push)?;
    let asked = registry.requests()? - before;
    ensure(again.code == Some(0) && again.stderr.contains("Unchanged"), || again.stderr.clone())?;
    ensure(asked <= requests, || format!("{asked} requests for an unchanged image"))
}

/// An image of several platforms, with layers of zstd: each platform has its own by one name, and this machine's runs.
pub(crate) fn keeps_platforms_apart(ground: &Ground) -> Result {
    let site = with_line(ground, "compression = \"zstd\"")?;
    let registry = Registry::start(ground)?;
    let name = format!("{}/image-server", registry.address);
    let push = ground.goplugin(&site, &["oci", "push", &name, "--image", "web"]);
    let image = read(&push)?.trim().to_owned();
    // One for the index, and for each platform those that say something about it.
    unchanged(&registry, &push, 1 + 2 * OCI_WEB)?;
    let scratch = ground.scratch("platforms-")?;
    for platform in ["amd64", "arm"] {
        let folder = scratch.join(platform);
        let (from, to) = (format!("docker://{image}"), format!("oci:{folder}:1.0.0"));
        let copy = ["--insecure-policy", "--override-os", "linux", "--override-arch", platform];
        let places = ["copy", "-q", "--src-tls-verify=false", &from, &to];
        read(&command("skopeo", &[&copy[..], &places].concat()))?;
        let manifest = manifest(&folder)?;
        let config = json(&blob(&folder, &manifest["config"]["digest"])?)?;
        ensure(config["architecture"] == platform, || format!("for {platform}: {config}"))?;
        let layers = manifest["layers"].as_array().into_iter().flatten();
        let mut types = layers.map(|layer| layer["mediaType"].as_str().unwrap_or_default());
        ensure(types.all(|name| name.ends_with("tar+zstd")), || manifest.to_string())?;
    }
    let storage = Storage::new(ground)?;
    read(&storage.podman(&["pull", "-q", "--tls-verify=false", &image]))?;
    storage.serves_images(&image)
}
