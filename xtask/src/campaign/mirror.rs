//! A package mirror on loopback that has the locked packages of one workspace: what is removed from a
//! store comes back without any network.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use camino::Utf8Path;

use crate::failure::{Failure, On, Result};
use crate::lock;
use crate::tamper::{files, is_blob};

/// A server, until this is dropped.
pub(crate) struct Mirror {
    server: Child,
    pub(crate) address: String,
}

impl Mirror {
    /// Copies the packages from a store to `folder` and serves that.
    pub(crate) fn serve(folder: &Utf8Path, lock: &Utf8Path, store: &Utf8Path) -> Result<Self> {
        let blobs = files(&store.join("cas"), |_| true);
        for (name, package) in lock::packages(lock)? {
            let blob = blobs.iter().find(|path| is_blob(path.as_str(), &package.sha256));
            let blob = blob.ok_or_else(|| Failure::new(format!("no stored package {name}")))?;
            let to = folder.join(&package.path);
            std::fs::create_dir_all(to.parent().unwrap_or(folder)).on(&to)?;
            std::fs::copy(blob, &to).on(&to)?;
        }
        let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory"];
        let mut server = Command::new("python3")
            .args(arguments)
            .args([folder.as_str(), "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .on("python3")?;
        let mut line = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut line).on("python3")?;
        }
        let mut words = line.split_whitespace().skip_while(|word| *word != "port");
        let port = words.nth(1).ok_or_else(|| Failure::new(format!("python3 says {line:?}")))?;
        Ok(Self { server, address: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Mirror {
    fn drop(&mut self) {
        // Already gone, if python3 ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
