use super::*;
use crate::repository::PackageFiles;
use crate::vocab::Sha256;

/// As Debian's libc6 and libcairo2 have it, cut to a few lines.
const LIBC: &str = "\
ld-linux-armhf.so.3 libc6 #MINVER#
| libc6 (>> 2.36), libc6 (<< 2.37)
 __tls_get_addr@GLIBC_2.4 2.4
libc.so.6 libc6 #MINVER#
| libc6 (>> 2.36), libc6 (<< 2.37)
* Build-Depends-Package: libc6-dev
 GLIBC_2.4@GLIBC_2.4 2.4
 __libc_start_main@GLIBC_2.34 2.34
 malloc@GLIBC_2.4 2.4
 memcpy@GLIBC_2.4 2.4
 __nss_hash@GLIBC_PRIVATE 0 1
";
const CAIRO: &str = "\
libcairo.so.2 libcairo2 #MINVER#
 cairo_create@Base 1.2.4
 cairo_new@Base 1.10.0-2~
#MISSING: 1.12# cairo_gone@Base 1.9
";

/// Name, files, and control files with their texts.
type TestPackage<'t> = (&'t str, &'t [&'t str], &'t [(&'t str, &'t str)]);

struct World {
    packages: Vec<(Package, PackageFiles)>,
}

impl World {
    fn new(packages: &[TestPackage<'_>]) -> Self {
        let package = |(name, files, control): &TestPackage<'_>| {
            let package = Package {
                name: name.parse().unwrap(),
                version: "9.9-1".to_owned(),
                architecture: "armhf".to_owned(),
                path: String::new(),
                size: 0,
                sha256: Sha256::of(""),
            };
            let control =
                control.iter().map(|(k, v)| ((*k).to_owned(), v.as_bytes().to_vec())).collect();
            let files = files.iter().map(|file| (*file).into()).collect();
            (package, PackageFiles { files, control })
        };
        Self { packages: packages.iter().map(package).collect() }
    }

    fn debian() -> Self {
        Self::new(&[
            ("libc6", &["usr/lib/arm-linux-gnueabihf/libc.so.6"], &[("symbols", LIBC)]),
            ("libcairo2", &["usr/lib/arm-linux-gnueabihf/libcairo.so.2"], &[("symbols", CAIRO)]),
            (
                "zlib1g",
                &["usr/lib/arm-linux-gnueabihf/libz.so.1"],
                &[("shlibs", "udeb: libz 1 zlib1g-udeb\nlibz 1 zlib1g (>= 1:1.2.0)\n")],
            ),
        ])
    }

    fn ask(&self, libraries: &[&str], symbols: &[&str]) -> Result<String> {
        let symbol = |text: &&str| {
            let (name, version) = text.split_once('@').map_or((*text, None), |(n, v)| (n, Some(v)));
            Symbol { name: name.to_owned(), version: version.map(str::to_owned), library: None }
        };
        let needs = Needs {
            cpu: Cpu::Armv7,
            interpreter: None,
            libraries: libraries.iter().map(|&library| library.to_owned()).collect(),
            symbols: symbols.iter().map(symbol).collect(),
        };
        let owner = |(package, files)| Owner { package, files };
        let owners: Vec<_> = self.packages.iter().map(|(p, f)| owner((p, f))).collect();
        let line = |requirement: Requirement| match requirement.minimum {
            Some(minimum) => format!("{} (>= {minimum})", requirement.package),
            None => requirement.package.to_string(),
        };
        let lines: Vec<_> = requirements(&needs, &owners)?.into_iter().map(line).collect();
        Ok(lines.join(", "))
    }
}

#[test]
fn the_newest_symbol_counts() {
    let debian = World::debian();
    for (libraries, symbols, expected) in [
        (
            &["libc.so.6"][..],
            &["malloc@GLIBC_2.4", "__libc_start_main@GLIBC_2.34"][..],
            "libc6 (>= 2.34)",
        ),
        (&["libc.so.6"], &["malloc@GLIBC_2.4"], "libc6 (>= 2.4)"),
        (&["libcairo.so.2"], &[], "libcairo2 (>= 1.2.4)"),
        (&["libcairo.so.2"], &["cairo_new"], "libcairo2 (>= 1.10.0-2~)"),
        (&["libcairo.so.2"], &["cairo_gone", "elsewhere"], "libcairo2 (>= 1.2.4)"),
        (&["libz.so.1", "libc.so.6"], &["inflate"], "libc6 (>= 2.4), zlib1g (>= 1:1.2.0)"),
        (&["libc.so.6"], &["__nss_hash@GLIBC_PRIVATE"], "libc6 (>= 2.36)"),
        (&[], &[], ""),
    ] {
        assert_eq!(debian.ask(libraries, symbols).unwrap(), expected, "{libraries:?} {symbols:?}");
    }
}

#[test]
fn a_library_of_no_package_is_named() {
    let error = World::debian().ask(&["libc.so.6", "libnone.so.1"], &[]).unwrap_err();
    assert_eq!(error.id(), ErrorId::NoOwner);
    assert!(error.what().contains("`libnone.so.1`"), "{error}");
}

#[test]
fn patterns_and_tags_count() {
    let symbols = "\
libx.so.1 libx1 #MINVER#
 *@X_2 2.0
 (symver)X_3 3.0
 (symver|optional)X_4 4.0
 (c++)\"x::f(int)@Base\" 5.0
 (arch=amd64 any-arm64)a@Base 6.0
 (arch=!armhf)b@Base 6.1
 (arch=any-arm)c@Base 6.2
 (optional)d@Base 6.3
 base@Base 1.0
 bad@Base 9),evil(>=1
#DEPRECATED: 7# old@Base 0.9
";
    let world = World::new(&[("libx1", &["usr/lib/libx.so.1"], &[("symbols", symbols)])]);
    for (symbol, minimum) in [
        ("any@X_2", "2.0"),
        ("any@X_3", "3.0"),
        ("any@X_4", "4.0"),
        ("_ZN1x1fEi", "5.0"),
        ("a", "0.9"),
        ("b", "0.9"),
        ("c", "6.2"),
        ("d", "6.3"),
        ("old", "0.9"),
        ("bad", "0.9"),
    ] {
        let expected = format!("libx1 (>= {minimum})");
        assert_eq!(world.ask(&["libx.so.1"], &[symbol]).unwrap(), expected, "{symbol}");
    }
}

#[test]
fn templates_name_packages_and_the_locked_alternative_is_taken() {
    for (template, expected) in [
        ("libgl1", "libgl1"),
        ("#PACKAGE# #MINVER#", "libmesa1 (>= 1.0)"),
        ("libmesa1 (>= 2:8)", "libmesa1 (>= 2:8)"),
        ("libgl1 | libmesa1 #MINVER#", "libmesa1 (>= 1.0)"),
        ("libgl1 #MINVER# | libother1", "libgl1 (>= 1.0)"),
        ("liba #MINVER#, liba (<< 2)", "liba (>= 1.0)"),
        ("liba (>= 3), libb:any", "liba (>= 3), libb"),
        ("liba (>= 0), libb (>= 1)", "liba, libb (>= 1)"),
        ("liba (>= 1_2)", "liba"),
    ] {
        let symbols = format!("libGL.so.1 {template}\n f@Base 1.0\n");
        let world = World::new(&[("libmesa1", &["usr/lib/libGL.so.1"], &[("symbols", &symbols)])]);
        assert_eq!(world.ask(&["libGL.so.1"], &["f"]).unwrap(), expected, "{template}");
    }
}

#[test]
fn owners_are_found_where_loaders_search_first() {
    let far = ("libfar", &["usr/lib/arm-linux-gnueabihf/far/libx.so.1"][..], &[][..]);
    let near = (
        "libnear",
        &["usr/lib/arm-linux-gnueabihf/libx.so.1"][..],
        &[("shlibs", "libx 1 libnear\n")][..],
    );
    let doc = ("doc", &["usr/share/doc/libx.so.1"][..], &[][..]);
    assert_eq!(World::new(&[far, near, doc]).ask(&["libx.so.1"], &[]).unwrap(), "libnear");
    // Nothing is known of it but its package: then the very version that was linked with is safe.
    assert_eq!(World::new(&[doc, far]).ask(&["libx.so.1"], &[]).unwrap(), "libfar (>= 9.9-1)");
    assert_eq!(World::new(&[doc]).ask(&["libx.so.1"], &[]).unwrap_err().id(), ErrorId::NoOwner);
}

#[test]
fn shlibs_lines_are_found_by_soname() {
    let shlibs = "# comment\nudeb: libz 1 zlib1g-udeb (>= 2)\nlibz 1 zlib1g (>= 1), x\nlibz 1 later\n\
                  deb: liby 2 typed\nliby 2 untyped\nlibdb 5.3 libdb5.3\nlibnone 1\nbad\n";
    for (soname, expected) in [
        ("libz.so.1", Some("zlib1g (>= 1), x")),
        ("liby.so.2", Some("typed")),
        ("libdb-5.3.so", Some("libdb5.3")),
        ("libnone.so.1", Some("")),
        ("libz.so.2", None),
        ("libplain.so", None),
        (".so.1", None),
    ] {
        assert_eq!(shlibs_line(shlibs, soname).as_deref(), expected, "{soname}");
    }
}
