//! An image sent to a registry that has it, against skopeo.

use super::measure::{Figure, alternate, timed};
use crate::failure::Result;
use crate::ground::{Ground, Project};
use crate::process::{command, read};
use crate::real::Registry;

pub(super) fn figure(ground: &Ground, runs: usize) -> Result<Figure> {
    let site = ground.copy(Project::ImageServer, "push-bench-")?;
    let registry = Registry::start(ground)?;
    let name = format!("{}/image-server", registry.address());
    read(&ground.goplugin(&site, &["package", "--target", "rpi4", "--artifact", "oci"]))?;
    let layout = site.target_dir.join("goplugin/package/rpi4/image-server-1.0.0-linux-armv7.oci");
    let ours = ground.goplugin(&site, &["oci", "push", &name, "--layout", layout.as_str()]);
    let (from, to) = (format!("oci:{layout}:1.0.0"), format!("docker://{name}:1.0.0"));
    let copy = ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", &from, &to];
    let theirs = command("skopeo", &copy);
    let (ours, theirs) =
        alternate(runs, || timed(|| read(&ours).map(drop)), || timed(|| read(&theirs).map(drop)))?;
    Ok(Figure { name: "push of an unchanged image / skopeo copy", bound: 0.7, ours, theirs })
}
