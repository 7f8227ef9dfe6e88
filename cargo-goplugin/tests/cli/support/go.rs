//! The installed Go as a release of the fake world: a toolchain module whose `go` hands on to it. The
//! real release is 70 MB for each platform, too much to publish once a test.

use super::goproxy::GoProxy;
use super::tools;

/// The licence that everything of the fake release has.
pub(crate) const LICENCE: &str = "Copyright 2009 The Fake Authors.\n";

/// Publishes the installed version for each building platform.
pub(crate) fn publish(proxy: &GoProxy) {
    publish_with(proxy, "");
}

/// The same with lines of a shell script that its `go` runs first.
pub(crate) fn publish_with(proxy: &GoProxy, script: &str) {
    let go = tools::go();
    let version = tools::go_version();
    let program = format!("#!/bin/sh\n{script}\nexec {go} \"$@\"\n");
    for platform in ["linux-amd64", "linux-arm64"] {
        proxy.publish(
            "golang.org/toolchain",
            &format!("v0.0.1-{version}.{platform}"),
            &[
                ("go.mod", "module golang.org/toolchain\n"),
                ("VERSION", &version),
                ("bin/go", &program),
                ("src/README", "this release is a fake\n"),
                ("src/vendor/golang.org/x/fake/LICENSE", LICENCE),
                ("src/vendor/golang.org/x/sham/LICENSE", LICENCE),
            ],
        );
    }
}
