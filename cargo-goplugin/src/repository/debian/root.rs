//! What a root made of Debian packages has beside their files when neither dpkg nor a maintainer script ever ran in it.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use crate::repository::{Joined, Package, Snapshot};

/// Where scanners look for packages of a root that has no dpkg (the convention of Google's distroless images).
const STATUS: &str = "var/lib/dpkg/status.d";

/// What `update-ca-certificates` would write.
pub(super) const JOINED: &[Joined] = &[Joined {
    path: "etc/ssl/certs/ca-certificates.crt",
    folder: "usr/share/ca-certificates",
    suffix: ".crt",
}];

/// Releases by code name, with the number that `VERSION_ID` has.
const RELEASES: &[(&str, &str)] =
    &[("bullseye", "11"), ("bookworm", "12"), ("trixie", "13"), ("forky", "14")];

/// The package's control file and its sums.
pub(super) fn notes(
    package: &Package,
    control: &BTreeMap<String, Vec<u8>>,
) -> Vec<(Utf8PathBuf, Vec<u8>)> {
    let note = |file: &str, ending: &str| {
        let path = format!("{STATUS}/{}{ending}", package.name);
        Some((path.into(), control.get(file)?.clone()))
    };
    [note("control", ""), note("md5sums", ".md5sums")].into_iter().flatten().collect()
}

/// The distribution as scanners know it.
pub(super) fn os_release(snapshot: &Snapshot) -> String {
    let Snapshot { origin, suite, .. } = snapshot;
    let version = RELEASES.iter().find(|(name, _)| name == suite).map(|(_, number)| *number);
    let id: String = origin.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    let number = version.map(|number| format!("VERSION_ID=\"{number}\"\n")).unwrap_or_default();
    let shown = version.map(|number| format!(" {number}")).unwrap_or_default();
    let name = |text: &str| text.replace(['"', '\\', '$', '`', '\n'], "");
    format!(
        "PRETTY_NAME=\"Packages of {origin}{shown} ({suite})\"\nNAME=\"{origin}\"\nID={id}\n\
         {number}VERSION_CODENAME={suite}\n",
        origin = name(origin),
        suite = name(suite),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocab::Sha256;

    fn snapshot(origin: &str, suite: &str) -> Snapshot {
        Snapshot {
            origin: origin.to_owned(),
            suite: suite.to_owned(),
            components: Vec::new(),
            date: String::new(),
            release: Sha256::of(""),
            signed_by: String::new(),
        }
    }

    #[test]
    fn scanners_are_told_the_release() {
        assert_eq!(
            os_release(&snapshot("Debian", "bookworm")),
            "PRETTY_NAME=\"Packages of Debian 12 (bookworm)\"\nNAME=\"Debian\"\nID=debian\n\
             VERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n"
        );
        assert_eq!(
            os_release(&snapshot("Acme \"Inc\"", "next")),
            "PRETTY_NAME=\"Packages of Acme Inc (next)\"\nNAME=\"Acme Inc\"\nID=acmeinc\n\
             VERSION_CODENAME=next\n"
        );
    }
}
