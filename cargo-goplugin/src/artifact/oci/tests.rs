use super::*;
use crate::artifact::Wants;
use crate::inventory::{PluginInside, inventory};
use crate::manifest::About;
use crate::repository::Package;
use crate::target::{Cpu, Os, Platform};
use crate::vocab::{AppName, PackageName, Sha256};

fn spec(table: &str) -> Result<Box<ImageSpec>> {
    let name: AppName = "image-server".parse().unwrap();
    let about = About {
        version: "1.0.0+b5".parse().unwrap(),
        description: Some("Serves images".to_owned()),
        license: Some("MIT".to_owned()),
        homepage: None,
        authors: vec!["Ada <ada@example.com>".to_owned()],
        date: None,
    };
    let platform = Platform { os: Os::Linux, cpu: Cpu::Armv7 };
    let subject = Subject { name: &name, about: &about, platform, date: 1_700_000_000 };
    let table = RawTable::from_text("goplugin.toml", table).unwrap();
    Ok(match Oci.spec(&subject, &table)? {
        Form::Image(spec) => spec,
        Form::File(_) => panic!("no image"),
    })
}

fn package(name: &str) -> Package {
    Package {
        name: name.parse().unwrap(),
        version: "1".to_owned(),
        architecture: "armhf".to_owned(),
        path: String::new(),
        size: 0,
        sha256: Sha256::of(name),
    }
}

/// Packages with those that need them, split for a program that needs libraries of some.
fn parts(packages: &[(&str, &[&str])], needed: &[&str], wants: [&[&str]; 3]) -> [Vec<String>; 3] {
    let owned: Vec<(Package, Vec<String>)> = packages
        .iter()
        .map(|(name, by)| (package(name), by.iter().map(ToString::to_string).collect()))
        .collect();
    let locked: Vec<_> =
        owned.iter().map(|(package, needed_by)| Locked { package, needed_by }).collect();
    let names = |list: &[&str]| -> Vec<PackageName> {
        list.iter().map(|name| name.parse().unwrap()).collect()
    };
    let [packages, data, without] = wants.map(names);
    let needed = names(needed);
    let roots = Roots {
        needed: needed.iter().collect(),
        c_library: &"libc6".parse().unwrap(),
        wants: &Wants { packages, data },
        without: &without,
    };
    let Parts { system, libraries, additions } = split(&locked, &roots);
    [system, libraries, additions]
        .map(|layer| layer.packages.iter().map(|package| package.name.to_string()).collect())
}

const PACKAGES: &[(&str, &[&str])] = &[
    ("ca-data", &["`data` of an artifact"]),
    ("cairo-dev", &["library `cairo`"]),
    ("debconf", &["ucf", "ca-data"]),
    ("fonts", &["fontconfig", "`packages` of an artifact"]),
    ("fontconfig", &["libcairo2"]),
    ("gcc-base", &["libgcc"]),
    ("libc6", &["libgcc", "libcairo2", "the C library"]),
    ("libcairo2", &["cairo-dev"]),
    ("libgcc", &["libc6"]),
    ("tools", &["`packages` of an artifact"]),
    ("ucf", &["fontconfig"]),
];

#[test]
fn packages_go_into_the_lowest_layer_that_needs_them() {
    for (needed, wants, expected) in [
        (
            &["libcairo2"][..],
            [&["tools", "fonts"][..], &["ca-data"], &[]],
            [
                &["gcc-base", "libc6", "libgcc"][..],
                &["debconf", "fontconfig", "fonts", "libcairo2", "ucf"],
                &["ca-data", "tools"],
            ],
        ),
        // What is left out takes along what only it needs; headers never come.
        (
            &["libcairo2"],
            [&[], &[], &["ucf"]],
            [&["gcc-base", "libc6", "libgcc"], &["fontconfig", "fonts", "libcairo2"], &[]],
        ),
        // A program of Go alone, with data.
        (&[], [&[], &["ca-data"], &[]], [&[], &[], &["ca-data"]]),
        (&[], [&["fonts"], &["ca-data"], &["ca-data"]], [&[], &[], &["fonts"]]),
        (&["libc6"], [&[], &[], &[]], [&["gcc-base", "libc6", "libgcc"], &[], &[]]),
    ] {
        assert_eq!(
            parts(PACKAGES, needed, wants),
            expected.map(|l| l.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "{needed:?} {wants:?}"
        );
    }
}

fn layers() -> [Layer; 2] {
    ["libraries", "app"].map(|comment| Layer {
        digest: Sha256::of(comment),
        size: 7,
        diff_id: Sha256::of("tar"),
        compression: Compression::Gzip,
        comment: comment.to_owned(),
    })
}

#[test]
fn documents_are_those_of_the_specification() {
    let spec = spec(
        "ports = ['8080', '53/udp']\nlabels = { b = '2', a = '1' }\nenv = { LOG = 'x=y' }\ncmd = ['-v']\n\
         volumes = ['/data']\nstop-signal = 'SIGINT'\nworking-dir = '/srv'\nannotations = { x = 'y' }",
    )
    .unwrap();
    let mut inside = inventory(&[("a/app", Some("1.0.0"), &[]), ("a/count", Some("0.1.0"), &[])]);
    inside.plugins = vec![PluginInside { name: "count".to_owned(), module: "a/count".to_owned() }];
    let layers = layers();
    let config = config(&spec, &inside, None, &layers).unwrap();
    let tar = Sha256::of("tar");
    let labels = "\"goplugin.plugins\":\"count 0.1.0\",\"goplugin.set\":\"default\",\
        \"org.opencontainers.image.authors\":\"Ada <ada@example.com>\",\
        \"org.opencontainers.image.created\":\"2023-11-14T22:13:20Z\",\
        \"org.opencontainers.image.description\":\"Serves images\",\
        \"org.opencontainers.image.licenses\":\"MIT\",\
        \"org.opencontainers.image.title\":\"image-server\",\
        \"org.opencontainers.image.version\":\"1.0.0+b5\"";
    let by = concat!("cargo-goplugin ", env!("CARGO_PKG_VERSION"));
    let history = |comment: &str| {
        format!(
            "{{\"comment\":\"{comment}\",\"created\":\"2023-11-14T22:13:20Z\",\"created_by\":\"{by}\"}}"
        )
    };
    assert_eq!(
        String::from_utf8(config.bytes.clone()).unwrap(),
        format!(
            "{{\"architecture\":\"arm\",\"config\":{{\"Cmd\":[\"-v\"],\"Entrypoint\":[\"/usr/bin/image-server\"],\
             \"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"LOG=x=y\"],\
             \"ExposedPorts\":{{\"53/udp\":{{}},\"8080/tcp\":{{}}}},\"Labels\":{{\"a\":\"1\",\"b\":\"2\",{labels}}},\
             \"StopSignal\":\"SIGINT\",\"User\":\"65532:65532\",\"Volumes\":{{\"/data\":{{}}}},\"WorkingDir\":\"/srv\"}},\
             \"created\":\"2023-11-14T22:13:20Z\",\"history\":[{},{}],\"os\":\"linux\",\
             \"rootfs\":{{\"diff_ids\":[\"sha256:{tar}\",\"sha256:{tar}\"],\"type\":\"layers\"}},\"variant\":\"v7\"}}",
            history("libraries"),
            history("app")
        )
    );
    let manifest = manifest(&spec, &inside, None, &config, &layers).unwrap();
    let layer = |layer: &Layer| {
        format!(
            "{{\"digest\":\"sha256:{}\",\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"size\":7}}",
            layer.digest
        )
    };
    assert_eq!(
        String::from_utf8(manifest.bytes.clone()).unwrap(),
        format!(
            "{{\"annotations\":{{{labels},\"x\":\"y\"}},\"config\":{{\"digest\":\"sha256:{}\",\
             \"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"size\":{}}},\"layers\":[{},{}],\
             \"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"schemaVersion\":2}}",
            config.digest,
            config.bytes.len(),
            layer(&layers[0]),
            layer(&layers[1])
        )
    );
    let name = spec.name("full");
    let layout = layout(&manifest, Some(spec.platform), &name, &[]).unwrap();
    assert_eq!(
        String::from_utf8(layout.bytes).unwrap(),
        format!(
            "{{\"manifests\":[{{\"annotations\":{{\
             \"io.containerd.image.name\":\"docker.io/library/image-server:1.0.0-b5-full\",\
             \"org.opencontainers.image.ref.name\":\"1.0.0-b5-full\"}},\"digest\":\"sha256:{}\",\
             \"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\
             \"platform\":{{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}},\"size\":{}}}],\
             \"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"schemaVersion\":2}}",
            manifest.digest,
            manifest.bytes.len()
        )
    );
    let digests = layers.each_ref().map(|layer| layer.digest);
    let docker =
        String::from_utf8(docker_manifest(config.digest, &digests, &name).unwrap()).unwrap();
    assert_eq!(
        docker,
        format!(
            "[{{\"Config\":\"blobs/sha256/{}\",\"RepoTags\":[\"image-server:1.0.0-b5-full\"],\
             \"Layers\":[\"blobs/sha256/{}\",\"blobs/sha256/{}\"]}}]",
            config.digest, layers[0].digest, layers[1].digest
        )
    );
}

#[test]
fn an_index_says_of_each_image_what_it_is_for() {
    let spec = spec("").unwrap();
    let inside = inventory(&[("a/app", Some("1.0.0"), &[])]);
    let config = config(&spec, &inside, None, &layers()).unwrap();
    let one = manifest(&spec, &inside, None, &config, &layers()).unwrap();
    let of = |cpu| Described::read(Platform { os: Os::Linux, cpu }, one.bytes.clone()).unwrap();
    let images = [of(Cpu::Armv7), of(Cpu::Arm64)];
    assert_eq!(images[0].blobs().count(), 4);
    let text: serde_json::Value = serde_json::from_slice(&index(&images).unwrap().bytes).unwrap();
    let platforms: Vec<_> = (0..2).map(|n| text["manifests"][n]["platform"].to_string()).collect();
    assert_eq!(
        platforms,
        [
            "{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"}",
            "{\"architecture\":\"arm64\",\"os\":\"linux\"}"
        ]
    );
    assert_eq!(text["annotations"]["org.opencontainers.image.title"], "image-server");
    assert!(Described::read(spec.platform, b"{}".to_vec()).is_err());
}

#[test]
fn the_table_is_read_strictly() {
    for (table, problem) in [
        ("compression = 'xz'", "neither `gzip` nor `zstd`"),
        ("ports = ['http']", "is no port"),
        ("ports = ['0']", "is no port"),
        ("volumes = ['data']", "is no absolute path"),
        ("working-dir = '/a/../b'", "is no absolute path"),
        ("stop-signal = 'TERM'", "is no signal"),
        ("user = 'bob'", "is nobody in the image"),
        ("user = '1000:bobs'", "is nobody in the image"),
        ("data = ['tzdata']\nwithout = ['tzdata']", "`tzdata` is among `packages` or `data`"),
        ("name = 'Acme/App'", "is no image's name"),
        ("name = 'acme//app'", "is no image's name"),
        ("env = { 'A=B' = 'c' }", "holds `=`"),
        ("env = { A = 1 }", "expected a string"),
        ("packages = ['Fonts!']", "packages"),
        ("entry-point = ['x']", "entry-point"),
        ("base = 'registry.example.com/base:1'", "names no digest, as in `NAME@sha256:…`"),
        ("base = 'registry.example.com/Base'", "names no repository"),
    ] {
        let error = spec(table).unwrap_err();
        assert!(error.what().contains(problem), "{table}: {}", error.what());
    }
    for (name, full) in [
        ("app", "docker.io/library/app:1"),
        ("acme/app", "docker.io/acme/app:1"),
        ("localhost/app", "localhost/app:1"),
        ("example.com:5000/acme/app", "example.com:5000/acme/app:1"),
    ] {
        let name = Name { repository: name.to_owned(), tag: "1".to_owned() };
        let manifest =
            Document { media_type: MEDIA_TYPE.into(), bytes: Vec::new(), digest: Sha256::of("") };
        let text = String::from_utf8(layout(&manifest, None, &name, &[]).unwrap().bytes).unwrap();
        assert!(text.contains(&format!("\"{full}\"")), "{text}");
    }
    for user in [
        ("nonroot", "65532:65532"),
        ("root", "0:0"),
        ("1000", "1000"),
        ("nobody:staff", "nobody:staff"),
    ] {
        let spec = spec(&format!("user = '{}'", user.0)).unwrap();
        assert_eq!(spec.settings.user.as_deref(), Some(user.1));
    }
}

#[test]
fn what_is_said_of_an_image_refers_to_it() {
    let image = Document {
        media_type: MEDIA_TYPE.into(),
        bytes: b"image".to_vec(),
        digest: Sha256::of("image"),
    };
    let referrer = Referrer::of(&image, "application/vnd.cyclonedx+json", b"bom".to_vec()).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&referrer.manifest.bytes).unwrap();
    assert_eq!(manifest["artifactType"], "application/vnd.cyclonedx+json");
    assert_eq!(manifest["subject"]["digest"], format!("sha256:{}", Sha256::of("image")));
    assert_eq!(manifest["layers"][0]["digest"], format!("sha256:{}", Sha256::of("bom")));
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.oci.empty.v1+json");
    let name = Name { repository: "app".to_owned(), tag: "1".to_owned() };
    let index = layout(&image, None, &name, &[referrer]).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index.bytes).unwrap();
    assert_eq!(index["manifests"][1]["artifactType"], "application/vnd.cyclonedx+json");
}

const MEDIA_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";

#[test]
fn the_roots_own_files_come_with_their_folders() {
    let listed: Vec<_> =
        system_files(Some("ID=debian\n")).iter().map(|entry| format!("{entry:?}")).collect();
    assert_eq!(
        listed,
        [
            "drwxr-xr-x etc/",
            "-rw-r--r-- etc/group (65 bytes)",
            "-rw-r--r-- etc/nsswitch.conf (44 bytes)",
            "lrwxrwxrwx etc/os-release -> ../usr/lib/os-release",
            "-rw-r--r-- etc/passwd (149 bytes)",
            "drwxr-xr-x home/",
            "d0700 home/nonroot/ of user 65532",
            "d0700 root/ of user 0",
            "d1777 tmp/ of user 0",
            "drwxr-xr-x usr/",
            "drwxr-xr-x usr/lib/",
            "-rw-r--r-- usr/lib/os-release (10 bytes)",
            "drwxr-xr-x var/",
            "d1777 var/tmp/ of user 0",
        ]
    );
}
