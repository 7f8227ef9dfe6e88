//! Go's own words: module paths, module versions and `h1:` sums.

use super::text_newtype;

/// A module path, or the import path of a package: `example.com/app/plugin`.
///
/// The rules are those of `golang.org/x/mod/module`, loosened only where local modules need it:
/// the first element needs no dot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModulePath(String);
text_newtype!(ModulePath);

impl ModulePath {
    fn check(text: &str) -> Result<(), &'static str> {
        if text.is_empty() {
            return Err("is empty");
        }
        for element in text.split('/') {
            if element.is_empty() {
                return Err("has an empty element between its slashes");
            }
            if element.starts_with(['.', '-']) || element.ends_with('.') {
                return Err("has an element that starts with `.` or `-` or ends with `.`");
            }
            if !element.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)) {
                return Err("may hold only letters, digits and `-._~/`");
            }
        }
        Ok(())
    }

    /// The import path of the package in a folder of the module, `.` or empty for its root.
    #[must_use]
    pub fn package_in(&self, folder: &str) -> String {
        match folder {
            "" | "." => self.to_string(),
            folder => format!("{self}/{folder}"),
        }
    }

    /// Whether `import` is this path or lies below it.
    #[must_use]
    pub fn contains(&self, import: &str) -> bool {
        import
            .strip_prefix(self.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// What leads from this path to one below it; `None` for itself, and for a path that is not below.
    #[must_use]
    pub fn below<'a>(&self, import: &'a Self) -> Option<&'a str> {
        import.0.strip_prefix(self.as_str())?.strip_prefix('/')
    }

    /// The path of the module that is made around the program with this import path. It lies below, so that
    /// Go lets it import everything that is internal to the program's own module.
    #[must_use]
    pub fn main_module(&self) -> Self {
        Self(format!("{self}/zz-goplugin"))
    }

    /// The path of what lies below this one at `rest`.
    #[must_use]
    pub fn join(&self, rest: &Self) -> Self {
        Self(format!("{self}/{rest}"))
    }

    /// The path as file systems that fold case can hold it: `!a` for `A` (x/mod's `EscapePath`).
    #[must_use]
    pub fn escaped(&self) -> String {
        escape(&self.0)
    }
}

/// A module version, such as `v1.2.3` or a pseudo-version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleVersion(String);
text_newtype!(ModuleVersion);

impl ModuleVersion {
    /// The version that composed trees give to modules which are replaced by a folder.
    #[must_use]
    pub fn local() -> Self {
        Self("v0.0.0".to_owned())
    }

    fn check(text: &str) -> Result<(), &'static str> {
        let semver = text.strip_prefix('v').ok_or("must start with `v`")?;
        semver::Version::parse(semver).map_err(|_| "is no version such as `v1.2.3`")?;
        Ok(())
    }

    /// The version as a semantic version; Go's `+incompatible` is build metadata there.
    #[must_use]
    pub fn semver(&self) -> semver::Version {
        semver::Version::parse(&self.0[1..]).unwrap_or_else(|_| semver::Version::new(0, 0, 0))
    }

    /// The version as file systems that fold case can hold it.
    #[must_use]
    pub fn escaped(&self) -> String {
        escape(&self.0)
    }
}

/// An `h1:` sum as go.sum has it: the base64 of a SHA-256 over the files' digests and names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoSum(String);
text_newtype!(GoSum);

impl GoSum {
    fn check(text: &str) -> Result<(), &'static str> {
        text.strip_prefix("h1:")
            .and_then(|base64| data_encoding::BASE64.decode(base64.as_bytes()).ok())
            .filter(|bytes| bytes.len() == 32)
            .map(|_| ())
            .ok_or("is no `h1:` sum")
    }

    /// The SHA-256 that it holds.
    #[must_use]
    pub fn digest(&self) -> super::Sha256 {
        let sri = format!("sha256-{}", &self.0[3..]);
        super::Sha256::from_sri(&sri).unwrap_or_else(|_| unreachable!("it was checked"))
    }

    /// The sum whose SHA-256 is `digest`.
    #[must_use]
    pub fn from_digest(digest: super::Sha256) -> Self {
        Self(format!("h1:{}", data_encoding::BASE64.encode(digest.as_bytes())))
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(c.to_ascii_lowercase());
    }
    escaped
}

/// What Go calls the program of a main package with that import path, where it is not told a name.
#[must_use]
pub fn program_name(import: &str) -> &str {
    let mut elements = import.rsplit('/');
    let last = elements.next().unwrap_or_default();
    let before = elements.next().filter(|_| is_major_version(last));
    before.unwrap_or(last)
}

fn is_major_version(element: &str) -> bool {
    let number = element.strip_prefix('v').unwrap_or_default();
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
        && !number.starts_with('0')
        && number != "1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_paths_hold_nothing_that_go_or_a_shell_could_misread() {
        for good in ["example.com/api", "github.com/BurntSushi/toml", "gopkg.in/yaml.v3", "hello"] {
            assert!(good.parse::<ModulePath>().is_ok(), "{good}");
        }
        for bad in
            ["", "/x", "x/", "a//b", "../x", "a/../b", "-x", "a\"b", "a\nb", "a b", "a/*/b", "a*/"]
        {
            assert!(bad.parse::<ModulePath>().is_err(), "{bad:?}");
        }
        let toml: ModulePath = "github.com/BurntSushi/toml".parse().unwrap();
        assert_eq!(toml.escaped(), "github.com/!burnt!sushi/toml");
        assert!(toml.contains("github.com/BurntSushi/toml/internal"));
        assert!(!toml.contains("github.com/BurntSushi/tomlx"));
    }

    #[test]
    fn versions_are_go_s() {
        for good in ["v1.2.3", "v0.0.0-20210317133935-984b32e6bac6", "v2.0.0+incompatible"] {
            assert!(good.parse::<ModuleVersion>().is_ok(), "{good}");
        }
        for bad in ["", "1.2.3", "v1", "v1.2", "latest", "v1.2.3 ", "-v1.2.3"] {
            assert!(bad.parse::<ModuleVersion>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sums_are_checked() {
        assert!("h1:2QwKn0UEgOf1elrDcBqgAsWNhCbkDOlFBiCxvsNVkrs=".parse::<GoSum>().is_ok());
        for bad in ["", "h1:", "h2:AA==", "h1:not base64"] {
            assert!(bad.parse::<GoSum>().is_err(), "{bad}");
        }
        let digest = crate::vocab::Sha256::of("files");
        assert_eq!(GoSum::from_digest(digest).digest(), digest);
    }

    #[test]
    fn programs_are_called_as_go_calls_them() {
        for (import, expected) in [
            ("example.com/server", "server"),
            ("example.com/server/v2", "server"),
            ("example.com/server/v1", "v1"),
            ("example.com/server/v02", "v02"),
            ("example.com/server/v2/serve", "serve"),
            ("v2", "v2"),
        ] {
            assert_eq!(program_name(import), expected, "{import}");
        }
    }
}
