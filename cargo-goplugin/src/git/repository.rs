//! The git command at work on a repository of its own, which lasts as long as its stage.

use camino::{Utf8Path, Utf8PathBuf};

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{CommitId, GitReference, GitUrl};
use crate::world::{CLIENT, Finished, Process, Stage, World, files};

/// What may be spoken to reach a repository: never a helper program that an address names.
const PROTOCOLS: &str = "https:ssh:git:file";

/// Settings that a user's own must not override: nothing of a repository is run or rewritten.
const SETTINGS: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.autocrlf=false",
    "core.fsmonitor=false",
    "core.symlinks=true",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Files come out as they were committed, whatever attributes the repository gives them.
const ATTRIBUTES: &str = "* -text -eol -ident -filter -working-tree-encoding\n";

/// Where what was fetched is found.
const WANTED: &str = "refs/goplugin/wanted";

pub(super) struct Repository<'a> {
    pub(super) url: &'a GitUrl,
    world: &'a World,
    git: Utf8PathBuf,
    dir: Utf8PathBuf,
    stage: &'a Stage,
}

impl<'a> Repository<'a> {
    /// An empty repository in the stage, which will be filled from `url`.
    pub(super) fn open(world: &'a World, url: &'a GitUrl, stage: &'a Stage) -> Result<Self> {
        if world.network.is_offline() {
            return Err(Error::new(ErrorId::Offline, format!("could not get `{url}`"))
                .because("the network is off by `--offline` or `--frozen`")
                .hint("run `cargo goplugin fetch` once with a network"));
        }
        let Some(git) = world.env.find_program("git") else {
            return Err(Error::new(ErrorId::Git, format!("could not get `{url}`"))
                .because("`git` is not on `PATH`")
                .hint("install git"));
        };
        let dir = stage.path().join("repository");
        let this = Self { url, world, git, dir, stage };
        let init = ["init", "--bare", "--quiet", "--template="].map(str::to_owned);
        this.done(&this.plain().args(init).arg(this.dir.as_str()), "make a repository for")?;
        files::write(&this.dir.join("info/attributes"), ATTRIBUTES.as_bytes())?;
        Ok(this)
    }

    /// Gets the commit that a reference names.
    pub(super) fn fetch(&self, reference: &GitReference) -> Result<CommitId> {
        let asked = match reference {
            GitReference::Head => "HEAD".to_owned(),
            GitReference::Tag(tag) => format!("refs/tags/{tag}"),
            GitReference::Branch(branch) => format!("refs/heads/{branch}"),
            GitReference::Rev(rev) if rev.is_whole() => {
                // A server may refuse to give what no branch and no tag stands at.
                if self.shallow(rev.as_str())?.success() {
                    return self.id(WANTED);
                }
                self.everything(reference)?;
                return self.id(rev.as_str());
            }
            GitReference::Rev(rev) => {
                self.everything(reference)?;
                return self.id(rev.as_str());
            }
        };
        let finished = self.shallow(&asked)?;
        if finished.success() { self.id(WANTED) } else { Err(self.failed(&finished, reference)) }
    }

    /// Gets a commit that was chosen before; `reference` led to it then.
    pub(super) fn fetch_commit(&self, id: &CommitId, reference: &GitReference) -> Result<()> {
        if self.shallow(id.as_str())?.success() {
            return Ok(());
        }
        self.everything(reference)?;
        self.id(id.as_str()).map(drop)
    }

    fn shallow(&self, asked: &str) -> Result<Finished> {
        self.ask(&["--depth=1"], &[format!("+{asked}:{WANTED}")])
    }

    fn everything(&self, reference: &GitReference) -> Result<()> {
        let all = ["heads", "tags"].map(|kind| format!("+refs/{kind}/*:refs/{kind}/*"));
        let finished = self.ask(&[], &all)?;
        if finished.success() { Ok(()) } else { Err(self.failed(&finished, reference)) }
    }

    fn ask(&self, options: &[&str], asked: &[String]) -> Result<Finished> {
        let label = format!("git repository {}", self.url);
        let _progress = self.world.shell.progress("Downloading", label, 0);
        let git = self.at_work().args(["fetch", "--quiet", "--no-tags"]).args(options.to_vec());
        git.args(["--", self.url.as_str()]).args(asked.to_vec()).capture(&self.world.shell)
    }

    fn id(&self, name: &str) -> Result<CommitId> {
        let commit = format!("{name}^{{commit}}");
        let git = self.at_work().args(["rev-parse", "--verify", "--quiet"]).arg(commit);
        let finished = git.capture(&self.world.shell)?;
        String::from_utf8_lossy(&finished.stdout).trim().parse().map_err(|_| {
            Error::new(ErrorId::Git, format!("could not get `{}`", self.url))
                .because(format!("it has no commit `{name}`, or several whose ids begin so"))
                .hint("mend `rev`, `tag` or `branch` in `[plugins]`")
        })
    }

    /// When a commit was made.
    pub(super) fn time(&self, id: &CommitId) -> Result<i64> {
        let git = self.at_work().args(["cat-file", "commit", id.as_str()]);
        let finished = self.done(&git, "read a commit of")?;
        let text = String::from_utf8_lossy(&finished.stdout).into_owned();
        let committer = text.lines().find_map(|line| line.strip_prefix("committer "));
        // `Name <mail> SECONDS ZONE`
        let seconds = committer.and_then(|line| line.rsplit(' ').nth(1)?.parse().ok());
        seconds.ok_or_else(|| {
            Error::new(
                ErrorId::Git,
                format!("could not use commit {} of `{}`", id.short(), self.url),
            )
            .because("it does not say when it was made")
        })
    }

    /// The submodules of a commit, as paths.
    pub(super) fn submodules(&self, id: &CommitId) -> Result<Vec<String>> {
        let git = self.at_work().args(["ls-tree", "-r", "-z", "--full-tree", id.as_str()]);
        let finished = self.done(&git, "read a commit of")?;
        let text = String::from_utf8_lossy(&finished.stdout).into_owned();
        // `MODE TYPE ID`, a tab, and the path.
        let links = text.split('\0').filter_map(|entry| entry.strip_prefix("160000 commit "));
        Ok(links.filter_map(|rest| Some(rest.split_once('\t')?.1.to_owned())).collect())
    }

    /// Lays a commit's files out in `folder`. Submodules stay empty.
    pub(super) fn check_out(&self, id: &CommitId, folder: &Utf8Path) -> Result<()> {
        let tree = format!("--work-tree={folder}");
        let read = self.at_work().arg(&tree).args(["read-tree", id.as_str()]);
        self.done(&read.dir(folder), "unpack")?;
        let lay_out =
            self.at_work().arg(&tree).args(["checkout-index", "--all", "--force", "--quiet"]);
        self.done(&lay_out.dir(folder), "unpack").map(drop)
    }

    fn done(&self, process: &Process, what: &str) -> Result<Finished> {
        let finished = process.capture(&self.world.shell)?;
        if finished.success() {
            return Ok(finished);
        }
        Err(Error::new(ErrorId::Git, format!("could not {what} `{}`", self.url))
            .because(finished.stderr.trim().to_owned()))
    }

    fn failed(&self, finished: &Finished, reference: &GitReference) -> Error {
        Error::new(ErrorId::Git, format!("could not get {reference} of `{}`", self.url))
            .because(finished.stderr.trim().to_owned())
            .hint("`git ls-remote URL` shows what is there, and whether it can be reached")
    }

    fn at_work(&self) -> Process {
        self.plain().arg(format!("--git-dir={}", self.dir))
    }

    fn plain(&self) -> Process {
        let settings = SETTINGS.iter().flat_map(|setting| ["-c", *setting]);
        Process::new(&self.git)
            .args(settings)
            .envs(self.world.env.pick(CLIENT))
            .envs(self.world.env.pick(&["GIT_SSL_CAINFO", "SSH_AUTH_SOCK"]))
            .env("GIT_ALLOW_PROTOCOL", PROTOCOLS)
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .dir(self.stage.path())
            .scratch(self.stage)
    }
}
