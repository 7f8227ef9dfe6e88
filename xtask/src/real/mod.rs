//! Checks on real parts: the release build, real packages, the real compilers, and other programs'
//! opinions about what comes out.

mod attest;
mod caddy;
mod caddy_changed;
mod closure;
mod collector;
mod emulate;
mod go_itself;
mod hello;
mod host;
mod image;
mod lintian;
mod messages;
mod new;
pub(crate) mod nix;
mod package;
mod plain_go;
mod repeat;
mod silence;
mod steps;
pub(crate) mod tampering;
mod terminal;

use crate::campaign;
use crate::check::Check;
use crate::oracle::{
    APT, CAIRO, CC, DISORDERFS, DPKG, FAKETIME, LIBC, LINTIAN, NIX, PKGCONF, PODMAN, QEMU_ARM,
    REGISTRY, RUNC, SETPRIV, SKOPEO, STRACE, TMUX, UMOCI, UNSHARE,
};

pub(crate) use image::registry::Registry;

/// Every check, the cheap ones first.
pub(crate) const ALL: &[Check] = &[
    Check { name: "hello-runs", oracles: &[], root: false, run: hello::runs },
    Check { name: "hello-lock-is-current", oracles: &[], root: false, run: hello::lock_is_current },
    Check { name: "collector-components", oracles: &[], root: false, run: collector::components },
    Check { name: "collector-drift", oracles: &[], root: false, run: collector::drift },
    Check { name: "new-packs-at-once", oracles: &[], root: false, run: new::packs_at_once },
    Check { name: "init-takes-an-app", oracles: &[], root: false, run: new::takes_an_app },
    Check { name: "steps-and-programs", oracles: &[], root: false, run: steps::and_programs },
    Check { name: "nix-vendor-hash", oracles: &[NIX], root: false, run: nix::vendor_hash },
    Check { name: "package-reads", oracles: &[DPKG], root: false, run: package::reads },
    Check { name: "package-depends", oracles: &[DPKG], root: false, run: package::depends },
    Check {
        name: "package-sbom-and-provenance",
        oracles: &[DPKG],
        root: false,
        run: attest::reads_and_is_true,
    },
    Check { name: "image-sbom", oracles: &[UMOCI], root: false, run: attest::of_an_image },
    Check { name: "package-tar", oracles: &[], root: false, run: package::tar },
    Check {
        name: "package-lintian",
        oracles: &[DPKG, LINTIAN],
        root: false,
        run: lintian::is_content,
    },
    Check {
        name: "emulated-counts",
        oracles: &[DPKG, QEMU_ARM],
        root: false,
        run: emulate::counts,
    },
    Check { name: "image-reads", oracles: &[SKOPEO, UMOCI], root: false, run: image::reads },
    Check {
        name: "image-holds-the-libraries",
        oracles: &[DPKG, UMOCI],
        root: false,
        run: image::holds_the_libraries,
    },
    Check { name: "image-runs", oracles: &[PODMAN, RUNC], root: true, run: image::runs },
    Check { name: "image-emulated", oracles: &[UMOCI, QEMU_ARM], root: true, run: image::emulated },
    Check {
        name: "image-pushed",
        oracles: &[PODMAN, REGISTRY, RUNC, SKOPEO],
        root: true,
        run: image::registry::takes_and_gives,
    },
    Check {
        name: "image-of-platforms",
        oracles: &[PODMAN, REGISTRY, RUNC, SKOPEO],
        root: true,
        run: image::registry::keeps_platforms_apart,
    },
    Check {
        name: "image-on-a-base",
        oracles: &[PODMAN, REGISTRY, RUNC],
        root: true,
        run: image::registry::gives_a_base,
    },
    Check { name: "image-schemas", oracles: &[], root: false, run: image::schema::accept },
    Check { name: "image-same-digests", oracles: &[], root: false, run: image::same_digests },
    Check { name: "closure-equals-apt", oracles: &[APT], root: false, run: closure::equals_apt },
    Check {
        name: "messages-fit-their-schema",
        oracles: &[],
        root: false,
        run: messages::fit_their_schema,
    },
    Check {
        name: "terminal-narrow-and-wide",
        oracles: &[TMUX, CC, LIBC, CAIRO, PKGCONF],
        root: false,
        run: terminal::narrow_and_wide,
    },
    Check { name: "same-bytes-offline", oracles: &[UNSHARE], root: true, run: repeat::offline },
    Check { name: "same-bytes-elsewhere", oracles: &[], root: false, run: repeat::elsewhere },
    Check { name: "tampered-module", oracles: &[], root: false, run: tampering::module },
    Check { name: "tampered-package", oracles: &[], root: false, run: tampering::package },
    Check { name: "tampered-sysroot", oracles: &[], root: false, run: tampering::sysroot },
    Check { name: "tampered-lock", oracles: &[], root: false, run: tampering::lock },
    Check {
        name: "host-draws",
        oracles: &[CC, LIBC, CAIRO, PKGCONF],
        root: false,
        run: host::draws,
    },
    Check {
        name: "plain-go",
        oracles: &[CC, LIBC, CAIRO, PKGCONF],
        root: false,
        run: plain_go::builds_and_tests,
    },
    Check { name: "caddy-with-plugins", oracles: &[], root: false, run: caddy::with_plugins },
    Check { name: "caddy-equals-xcaddy", oracles: &[], root: false, run: caddy::equals_xcaddy },
    Check { name: "caddy-patched", oracles: &[], root: false, run: caddy_changed::patched },
    Check {
        name: "caddy-by-an-author",
        oracles: &[],
        root: false,
        run: caddy_changed::by_an_author,
    },
    // After those that compile the same, so that Go has it.
    Check {
        name: "no-connection-after-fetch",
        oracles: &[STRACE, UNSHARE, CC, LIBC, CAIRO, PKGCONF],
        root: true,
        run: silence::after_fetch,
    },
    Check { name: "go-itself-is-fetched", oracles: &[], root: false, run: go_itself::is_fetched },
    Check {
        name: "campaign-kills",
        oracles: &[STRACE],
        root: false,
        run: |ground| campaign::KILLS.check(ground),
    },
    Check {
        name: "campaign-errnos",
        oracles: &[STRACE],
        root: false,
        run: |ground| campaign::ERRNOS.check(ground),
    },
    Check {
        name: "campaign-disk",
        oracles: &[],
        root: true,
        run: |ground| campaign::DISK.check(ground),
    },
    Check {
        name: "campaign-crowd",
        oracles: &[],
        root: false,
        run: |ground| campaign::CROWD.check(ground),
    },
    Check {
        name: "campaign-edits",
        oracles: &[CC, LIBC],
        root: false,
        run: |ground| campaign::EDITS.check(ground),
    },
    Check {
        name: "campaign-tampering",
        oracles: &[],
        root: false,
        run: |ground| campaign::TAMPERING.check(ground),
    },
    Check {
        name: "campaign-environments",
        oracles: &[DISORDERFS, FAKETIME, SETPRIV],
        root: true,
        run: |ground| campaign::ENVIRONMENTS.check(ground),
    },
];
