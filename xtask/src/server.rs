//! A folder served on loopback: what is asked of a mirror or a proxy comes without any network.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use camino::Utf8Path;

use crate::failure::{Failure, On, Result};

/// A server, until this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Serves what stands in a folder, now or later.
    pub(crate) fn of(folder: &Utf8Path) -> Result<Self> {
        let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory"];
        let mut child = Command::new("python3")
            .args(arguments)
            .args([folder.as_str(), "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .on("python3")?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line).on("python3")?;
        }
        let mut words = line.split_whitespace().skip_while(|word| *word != "port");
        let port = words.nth(1).ok_or_else(|| Failure::new(format!("python3 says {line:?}")))?;
        Ok(Self { child, address: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone, if python3 ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
