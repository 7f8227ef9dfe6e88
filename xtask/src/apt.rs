//! apt as an oracle: its own lists of another architecture, and what it would install from them.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;

use crate::failure::{Failure, On, Result, ensure};
use crate::process::{command, read};

/// apt's lists of one suite's main archive, kept apart from the machine's own.
pub(crate) struct Lists {
    folder: Utf8PathBuf,
    options: Vec<String>,
}

impl Lists {
    /// Fetches them into `folder`, from the mirror that this machine uses.
    pub(crate) fn fetch(folder: &Utf8Path, suite: &str, architecture: &str) -> Result<Self> {
        for name in ["lists/partial", "cache/archives/partial"] {
            std::fs::create_dir_all(folder.join(name)).on(folder)?;
        }
        let source = format!("deb {} {suite} main\n", mirror(suite)?);
        std::fs::write(folder.join("sources.list"), source).on(folder)?;
        let lists = Self { folder: folder.to_owned(), options: options(folder, architecture) };
        read(&lists.apt_get(&["-q", "update"]))?;
        Ok(lists)
    }

    /// The text of the list of packages, however apt keeps it.
    pub(crate) fn packages(&self) -> Result<String> {
        let lists = self.folder.join("lists");
        let entries = lists.read_dir_utf8().on(&lists)?.flatten();
        let list = entries
            .map(camino::Utf8DirEntry::into_path)
            .find(|path| path.file_name().is_some_and(|name| name.contains("_Packages")))
            .ok_or_else(|| Failure::new(format!("apt keeps no list of packages in {lists}")))?;
        read(&command("/usr/lib/apt/apt-helper", &["cat-file", list.as_str()]))
    }

    /// `(name, version)` of the package and all it needs, recommendations aside, on an empty system.
    pub(crate) fn closure(&self, package: &str) -> Result<BTreeSet<(String, String)>> {
        let simulated = read(&self.simulation(package))?;
        let closure: BTreeSet<_> = simulated.lines().filter_map(installed).collect();
        ensure(!closure.is_empty(), || format!("apt would install nothing:\n{simulated}"))?;
        Ok(closure)
    }

    /// The command that finds the closure out.
    pub(crate) fn simulation(&self, package: &str) -> Expression {
        self.apt_get(&["-s", "--no-install-recommends", "install", package])
    }

    fn apt_get(&self, arguments: &[&str]) -> Expression {
        let options = self.options.iter().map(String::as_str);
        let all: Vec<_> = options.chain(arguments.iter().copied()).collect();
        command("apt-get", &all).env("LC_ALL", "C")
    }
}

fn options(folder: &Utf8Path, architecture: &str) -> Vec<String> {
    vec![
        format!("-oAPT::Architecture={architecture}"),
        format!("-oAPT::Architectures={architecture}"),
        format!("-oDir::State::Lists={folder}/lists"),
        "-oDir::State::status=/dev/null".to_owned(),
        format!("-oDir::Cache={folder}/cache"),
        format!("-oDir::Etc::SourceList={folder}/sources.list"),
        "-oDir::Etc::SourceParts=/dev/null".to_owned(),
        // The folder belongs to whoever runs this, not to apt's own user.
        "-oAPT::Sandbox::User=root".to_owned(),
    ]
}

/// The address that this machine's apt has the suite's main archive from.
fn mirror(suite: &str) -> Result<String> {
    let format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    let targets =
        read(&command("apt-get", &["indextargets", "--format", format, "Created-By: Packages"]))?;
    let wanted = format!(" {suite} main");
    let found = targets.lines().find_map(|line| line.strip_suffix(&wanted));
    found
        .map(str::to_owned)
        .ok_or_else(|| Failure::new(format!("this machine's apt has no {suite} main")))
}

/// `Inst NAME (VERSION Debian:12/oldstable [armhf])`.
fn installed(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.strip_prefix("Inst ")?.split_once(" (")?;
    Some((name.to_owned(), rest.split(' ').next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_apt_would_install_is_read() {
        let line = "Inst libc6 (2.36-9+deb12u10 Debian:12.11/oldstable [armhf]) []";
        assert_eq!(installed(line), Some(("libc6".to_owned(), "2.36-9+deb12u10".to_owned())));
        assert_eq!(installed("Conf libc6 (2.36 Debian [armhf])"), None);
    }
}
