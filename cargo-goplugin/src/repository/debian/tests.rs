use super::*;
use crate::repository::find;
use crate::vocab::Sha256;

const ARMHF: Platform = Platform { os: Os::Linux, cpu: Cpu::Armv7 };

fn package(name: &str, version: &str) -> Package {
    Package {
        name: name.parse().unwrap(),
        version: version.to_owned(),
        architecture: "armhf".to_owned(),
        path: "pool/x.deb".to_owned(),
        size: 0,
        sha256: Sha256::of(""),
    }
}

#[test]
fn the_kind_is_found_by_its_name() {
    assert_eq!(find("debian").unwrap().architecture(ARMHF), Some("armhf"));
    assert!(find("pacman").is_none());
}

#[test]
fn packages_are_named_by_vendor_architecture_and_suite() {
    let snapshot = Snapshot {
        origin: "Debian".to_owned(),
        suite: "bookworm".to_owned(),
        components: Vec::new(),
        date: String::new(),
        release: Sha256::of(""),
        signed_by: String::new(),
    };
    let purl = Debian.purl(&package("libstdc++6", "1:12.2.0-14+b1"), &snapshot);
    let expected = "pkg:deb/debian/libstdc%2B%2B6@1:12.2.0-14%2Bb1?arch=armhf&distro=bookworm";
    assert_eq!(purl.to_string(), expected);
}

#[test]
fn the_platform_s_own_folders_come_first() {
    let layout = Debian.layout(ARMHF);
    assert_eq!(
        layout.pkg_config,
        ["usr/lib/arm-linux-gnueabihf/pkgconfig", "usr/lib/pkgconfig", "usr/share/pkgconfig"]
    );
    assert_eq!(layout.include, ["usr/include/arm-linux-gnueabihf", "usr/include"]);
    assert_eq!(layout.lib, ["usr/lib/arm-linux-gnueabihf", "usr/lib"]);
}

#[test]
fn the_c_library_is_kept_away_from_the_linker_and_nothing_else_is() {
    for name in [
        "libc6",
        "libc6-dev",
        "libc-bin",
        "libc-dev-bin",
        "linux-libc-dev",
        "libcrypt1",
        "libcrypt-dev",
        "libgcc-s1",
        "libgcc-12-dev",
        "gcc-12-base",
        "libstdc++6",
        "libstdc++-12-dev",
    ] {
        assert_eq!(Debian.role(&name.parse().unwrap()), Role::Runtime, "{name}");
    }
    for name in [
        "libcairo2-dev",
        "libcap2",
        "libcryptsetup-dev",
        "libcrypto++8",
        "libgccjit-12-dev",
        "libatomic1",
        "libtirpc-dev",
        "libnsl-dev",
        "gcc-12",
        "zlib1g",
    ] {
        assert_eq!(Debian.role(&name.parse().unwrap()), Role::Link, "{name}");
    }
}

#[test]
fn the_c_library_s_version_is_what_zig_understands() {
    for (version, expected) in [
        ("2.36-9+deb12u9", Some("2.36")),
        ("2.41-12", Some("2.41")),
        ("1:2.36.1~rc1-1", Some("2.36")),
        ("2.37~rc2", Some("2.37")),
        ("2", None),
        ("x.1", None),
        ("", None),
    ] {
        let packages = [package("libcairo2", "1.16"), package("libc6", version)];
        assert_eq!(Debian.libc_version(&packages).as_deref(), expected, "{version}");
    }
    assert_eq!(Debian.libc_version(&[package("libc6-dev", "2.36")]), None);
}
