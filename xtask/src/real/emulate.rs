//! The packaged program at work on an emulated processor, over the locked packages that it needs where
//! it runs.

use std::io::{BufRead, BufReader};

use camino::{Utf8Path, Utf8PathBuf};
use duct::ReaderHandle;

use crate::failure::{Failure, On, Result, ensure};
use crate::get::{get, is_png};
use crate::ground::{Ground, Project};
use crate::process::{command, read};

const LIBRARIES: [&str; 2] = ["lib/arm-linux-gnueabihf", "usr/lib/arm-linux-gnueabihf"];

/// Two requests give two images that differ: the plugin counts.
pub(super) fn counts(ground: &Ground) -> Result {
    let unpacked = ground.scratch("unpacked-")?;
    read(&command("dpkg-deb", &["--extract", ground.package()?.as_str(), unpacked.as_str()]))?;
    draws(&unpacked.join("usr/bin/image-server"), &runtime_root(ground)?)
}

/// Lets the program serve two images over a root of its processor.
pub(super) fn draws(program: &Utf8Path, root: &Utf8Path) -> Result {
    let server = Server::start(program, root)?;
    let (first, second) = (get(&server.url)?, get(&server.url)?);
    ensure(is_png(&first) && is_png(&second), || "the answers are no PNG images".to_owned())?;
    ensure(first != second, || "the images do not differ: nothing counts".to_owned())?;
    server.stop()
}

fn runtime_root(ground: &Ground) -> Result<Utf8PathBuf> {
    let arguments = ["fetch", "--locked", "--target", "rpi4", "--runtime-root"];
    let said = read(&ground.goplugin(&ground.site(Project::ImageServer), &arguments))?;
    let root = Utf8PathBuf::from(said.trim_end());
    ensure(root.join(LIBRARIES[1]).is_dir(), || format!("{root} is no armhf root"))?;
    Ok(root)
}

struct Server {
    output: BufReader<ReaderHandle>,
    url: String,
}

impl Server {
    fn start(program: &Utf8Path, root: &Utf8Path) -> Result<Self> {
        let libraries = LIBRARIES.map(|folder| root.join(folder).into_string()).join(":");
        let search = format!("LD_LIBRARY_PATH={libraries}");
        let arguments =
            ["-L", root.as_str(), "-E", &search, program.as_str(), "-addr", "127.0.0.1:0"];
        let reader = command("qemu-arm-static", &arguments)
            .stdin_null()
            .stderr_to_stdout()
            .unchecked()
            .reader()
            .on("qemu-arm-static")?;
        let mut output = BufReader::new(reader);
        let mut line = String::new();
        output.read_line(&mut line).on("the server's log")?;
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.ok_or_else(|| Failure::new(format!("the server says {line:?}")))?.to_owned();
        ensure(line.contains("1 plugin"), || format!("the server says {line:?}"))?;
        Ok(Self { output, url })
    }

    /// Asks it to stop, as a service manager does, and sees it end well.
    fn stop(mut self) -> Result {
        for pid in self.output.get_ref().pids() {
            read(&command("kill", &["-TERM", &pid.to_string()]))?;
        }
        let mut rest = String::new();
        while self.output.read_line(&mut rest).on("the server's log")? > 0 {}
        let ended = self.output.get_ref().try_wait().on("the server")?;
        let code = ended.and_then(|output| output.status.code());
        ensure(code == Some(0), || format!("the server ended with {code:?}: {rest}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended, if all went well.
        let _ = self.output.get_ref().kill();
    }
}
