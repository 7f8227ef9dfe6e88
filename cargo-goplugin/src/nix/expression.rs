//! A `buildGoModule` expression of nixpkgs. Pure.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use camino::Utf8Path;
use semver::Version;

use super::VendorHash;
use crate::vocab::{AppName, ModulePath, program_name};

/// What an expression is about.
#[derive(Debug, Clone)]
pub struct GoModule<'a> {
    /// The app.
    pub name: &'a AppName,
    /// Its version.
    pub version: &'a Version,
    /// One line.
    pub description: Option<&'a str>,
    /// The project's page.
    pub homepage: Option<&'a str>,
    /// The app's module.
    pub module: &'a ModulePath,
    /// The programs by name, each with its main package's folder within the module, such as `.` or `cmd/server`.
    /// No two may [`clash`].
    pub programs: &'a [(&'a str, &'a Utf8Path)],
    /// The language version that its go.mod asks for.
    pub go: &'a str,
    /// Go build tags.
    pub tags: &'a [String],
    /// What `go mod vendor` makes of the source tree.
    pub vendor: VendorHash,
    /// Packages of nixpkgs that are linked to; `None` for Go alone.
    pub packages: Option<BTreeSet<String>>,
    /// The source tree's folder beside the expression; where there is none, `src` has to be given.
    pub source: Option<&'a str>,
}

/// The name that a C library's package is taken by, if nixpkgs can have one of that name.
#[must_use]
pub fn name_in_nixpkgs(package: &str) -> Option<&str> {
    const TAKEN: &[&str] = &[
        "assert",
        "buildGoModule",
        "else",
        "if",
        "in",
        "inherit",
        "let",
        "or",
        "rec",
        "src",
        "then",
        "with",
    ];
    let starts = package.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    (starts && package.chars().all(plain) && !TAKEN.contains(&package)).then_some(package)
}

/// The expression: a function for nixpkgs' `callPackage`.
#[must_use]
pub fn render(module: &GoModule<'_>) -> String {
    let name = module.name.as_str();
    let mut text = format!(
        "# Made by `cargo goplugin export nix`. For `callPackage` of a nixpkgs with Go {} or newer.\n\
         {{ {} }}:\n\nbuildGoModule {{\n",
        module.go,
        arguments(module).join(", ")
    );
    let mut line = |key: &str, value: String| {
        let _ = writeln!(text, "  {key} = {value};");
    };
    line("pname", string(name));
    line("version", string(&module.version.to_string()));
    line("src", "src".to_owned());
    line(
        "vendorHash",
        match module.vendor {
            VendorHash::Nothing => "null".to_owned(),
            VendorHash::Archive(sha256) => string(&sha256.sri()),
        },
    );
    line("subPackages", list(module.programs.iter().map(|(_, main)| main.as_str())));
    if !module.tags.is_empty() {
        line("tags", list(module.tags.iter().map(String::as_str)));
    }
    line("ldflags", list(["-s", "-w"]));
    match &module.packages {
        None => line("env.CGO_ENABLED", string("0")),
        Some(packages) if packages.is_empty() => {}
        Some(packages) => {
            line("nativeBuildInputs", "[ pkg-config ]".to_owned());
            let names: Vec<_> = packages.iter().map(String::as_str).collect();
            line("buildInputs", format!("[ {} ]", names.join(" ")));
        }
    }
    let moves = module.programs.iter().filter_map(|(name, main)| {
        let own = go_s_name(module.module, main);
        (own != *name).then(|| format!("mv \"$out/bin/{own}\" \"$out/bin/{name}\""))
    });
    let moves: Vec<_> = moves.collect();
    if !moves.is_empty() {
        line("postInstall", string(&moves.join("; ")));
    }
    let said = [("description", module.description), ("homepage", module.homepage)];
    for (key, value) in said {
        if let Some(value) = value {
            line(&format!("meta.{key}"), string(value));
        }
    }
    let first = module.programs.first().map_or(name, |(name, _)| *name);
    line("meta.mainProgram", string(first));
    text + "}\n"
}

fn arguments(module: &GoModule<'_>) -> Vec<String> {
    let packages = module.packages.iter().flatten();
    let mut names: BTreeSet<&str> = packages.map(String::as_str).collect();
    if !names.is_empty() {
        names.insert("pkg-config");
    }
    let source = match module.source {
        Some(folder) => format!("src ? ./{folder}"),
        None => "src".to_owned(),
    };
    let names = ["buildGoModule"].into_iter().chain(names).map(str::to_owned);
    names.chain([source]).collect()
}

/// What `go install` calls the program.
fn go_s_name(module: &ModulePath, main: &Utf8Path) -> String {
    program_name(&module.package_in(main.as_str())).to_owned()
}

/// A name that Go gives to two of the programs, or to one where another is called so: what it installs could not
/// be given the right names.
#[must_use]
pub fn clash(module: &ModulePath, programs: &[(&str, &Utf8Path)]) -> Option<String> {
    let own = programs.iter().map(|(_, main)| go_s_name(module, main)).collect::<Vec<_>>();
    let found = own.iter().enumerate().find(|(at, name)| {
        let others = own.iter().zip(programs).enumerate().filter(|(other, _)| other != at);
        others.into_iter().any(|(_, (own, (given, _)))| own == *name || given == name)
    });
    found.map(|(_, name)| name.clone())
}

fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.into_iter().map(string).collect();
    format!("[ {} ]", words.join(" "))
}

/// A string of Nix's; nothing in it is taken for an expression.
fn string(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::vocab::Sha256;

    fn example() -> (AppName, Version, ModulePath) {
        let module = "example.com/image-server/v2".parse().unwrap();
        ("image-server".parse().unwrap(), Version::new(1, 0, 0), module)
    }

    fn of(example: &(AppName, Version, ModulePath)) -> GoModule<'_> {
        static PROGRAMS: LazyLock<[(&str, &Utf8Path); 1]> =
            LazyLock::new(|| [("image-server", Utf8Path::new("."))]);
        GoModule {
            name: &example.0,
            version: &example.1,
            description: None,
            homepage: None,
            module: &example.2,
            programs: &*PROGRAMS,
            go: "1.24",
            tags: &[],
            vendor: VendorHash::Archive(Sha256::of(b"")),
            packages: None,
            source: None,
        }
    }

    #[test]
    fn a_pure_go_app_needs_no_c() {
        let expected = "\
# Made by `cargo goplugin export nix`. For `callPackage` of a nixpkgs with Go 1.24 or newer.
{ buildGoModule, src }:

buildGoModule {
  pname = \"image-server\";
  version = \"1.0.0\";
  src = src;
  vendorHash = \"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\";
  subPackages = [ \".\" ];
  ldflags = [ \"-s\" \"-w\" ];
  env.CGO_ENABLED = \"0\";
  meta.mainProgram = \"image-server\";
}
";
        assert_eq!(render(&of(&example())), expected);
    }

    #[test]
    fn libraries_tags_and_texts_are_said() {
        let example = example();
        let text = render(&GoModule {
            description: Some("says \"${x}\" \\ and $y"),
            homepage: Some("https://example.com"),
            programs: &[("image-server", "cmd/serve".into())],
            tags: &["a".to_owned(), "b".to_owned()],
            vendor: VendorHash::Nothing,
            packages: Some(BTreeSet::from(["cairo".to_owned(), "libpng".to_owned()])),
            source: Some("image-server-src"),
            ..of(&example)
        });
        for line in [
            "{ buildGoModule, cairo, libpng, pkg-config, src ? ./image-server-src }:",
            "  vendorHash = null;",
            "  subPackages = [ \"cmd/serve\" ];",
            "  tags = [ \"a\" \"b\" ];",
            "  nativeBuildInputs = [ pkg-config ];",
            "  buildInputs = [ cairo libpng ];",
            "  postInstall = \"mv \\\"$out/bin/serve\\\" \\\"$out/bin/image-server\\\"\";",
            "  meta.description = \"says \\\"\\${x}\\\" \\\\ and $y\";",
            "  meta.homepage = \"https://example.com\";",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}\n{text}");
        }
        let no_libraries = GoModule { packages: Some(BTreeSet::new()), ..of(&example) };
        let text = render(&no_libraries);
        assert!(!text.contains("Inputs") && !text.contains("CGO_ENABLED"), "{text}");
    }

    #[test]
    fn several_programs_are_told_apart() {
        let example = example();
        let programs: [(&str, &Utf8Path); 3] =
            [("serve", "cmd/serve".into()), ("ctl", "cmd/control".into()), ("top", ".".into())];
        let text = render(&GoModule { programs: &programs, ..of(&example) });
        for line in [
            "  subPackages = [ \"cmd/serve\" \"cmd/control\" \".\" ];",
            "  postInstall = \"mv \\\"$out/bin/control\\\" \\\"$out/bin/ctl\\\"; mv \\\"$out/bin/image-server\\\" \\\"$out/bin/top\\\"\";",
            "  meta.mainProgram = \"serve\";",
        ] {
            assert!(text.lines().any(|said| said == line), "{line}\n{text}");
        }
        let clashing = |programs: &[(&str, &str)]| {
            let programs: Vec<(&str, &Utf8Path)> =
                programs.iter().map(|(name, main)| (*name, Utf8Path::new(main))).collect();
            clash(&example.2, &programs)
        };
        assert_eq!(clashing(&[("a", "cmd/a"), ("b", "cmd/b"), ("x", ".")]), None);
        assert_eq!(clashing(&[("a", "one/tool"), ("b", "two/tool")]).as_deref(), Some("tool"));
        assert_eq!(clashing(&[("b", "cmd/a"), ("a", "cmd/b")]).as_deref(), Some("a"));
    }

    #[test]
    fn only_names_that_nix_reads_as_such_are_taken() {
        for good in ["cairo", "gtk3", "glib-networking", "_x"] {
            assert_eq!(name_in_nixpkgs(good), Some(good));
        }
        for bad in ["", "gtk+-3.0", "7zip", "a.b", "a b", "in", "src", "a;b", "${x}"] {
            assert_eq!(name_in_nixpkgs(bad), None, "{bad}");
        }
    }
}
