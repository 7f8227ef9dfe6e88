//! podman, and what runs in it.

use std::time::{Duration, Instant};

use camino::Utf8PathBuf;

use crate::failure::{On, Result, ensure};
use crate::get::{get, is_png};
use crate::ground::Ground;
use crate::process::{command, read};

/// podman with images and containers of its own, removed with the value.
pub(super) struct Storage {
    root: Utf8PathBuf,
}

impl Storage {
    pub(super) fn new(ground: &Ground) -> Result<Self> {
        let root = ground.scratch("podman-")?;
        let settings = root.join("storage.conf");
        let text = format!(
            "[storage]\ndriver = \"vfs\"\ngraphroot = \"{root}/root\"\nrunroot = \"{root}/run\"\n"
        );
        std::fs::write(&settings, text).on(&settings)?;
        Ok(Self { root })
    }

    /// Lets whoever starts podman start this one.
    pub(super) fn finds(&self, program: &duct::Expression) -> duct::Expression {
        program.env("CONTAINERS_STORAGE_CONF", self.root.join("storage.conf"))
    }

    pub(super) fn podman(&self, arguments: &[&str]) -> duct::Expression {
        let (root, run) = (self.root.join("root"), self.root.join("run"));
        let places = ["--root", root.as_str(), "--runroot", run.as_str()];
        let how = ["--storage-driver", "vfs", "--runtime", "/usr/sbin/runc"];
        command("podman", &[&places[..], &how, arguments].concat())
    }

    /// Runs an image's program as nobody in particular; two requests give two pictures.
    pub(super) fn serves_images(&self, image: &str) -> Result {
        let address = format!("127.0.0.1:{}", free_port()?);
        let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"];
        let run = ["run", "-d", "--network", "host", "--name", "server"];
        read(&self.podman(&[&run[..], &limits, &[image, "-addr", &address]].concat()))?;
        let url = format!("http://{address}/");
        let (first, second) = (patiently(&url)?, get(&url)?);
        let user = read(&self.podman(&["top", "server", "user"]))?;
        read(&self.podman(&["rm", "-f", "server"]))?;
        ensure(is_png(&first) && is_png(&second) && first != second, || {
            "the answers are no two PNG images".to_owned()
        })?;
        ensure(user.contains("nonroot"), || format!("it runs as {user}"))
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        // What still runs after a failed check must not outlive it.
        let _ = read(&self.podman(&["rm", "-f", "-a"]));
    }
}

pub(super) fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").on("a port")?;
    Ok(listener.local_addr().on("a port")?.port())
}

/// The answer of a server that has yet to start.
fn patiently(url: &str) -> Result<Vec<u8>> {
    let begun = Instant::now();
    loop {
        match get(url) {
            Err(_) if begun.elapsed() < Duration::from_secs(30) => {
                std::thread::sleep(Duration::from_millis(200));
            }
            answer => return answer,
        }
    }
}
