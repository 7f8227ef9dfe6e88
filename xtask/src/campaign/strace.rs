//! Runs under strace, which counts system calls and spoils chosen ones. Children are let go when they
//! start a program of their own: it is our calls that are spoilt.

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::lane::{Lane, Ran};
use crate::failure::{On, Result};

/// What strace wrote down.
pub(super) struct Log(String);

/// Runs a lane's job under strace.
pub(super) fn run(lane: &Lane, options: &[&str]) -> Result<(Ran, Log)> {
    let log = lane.folder.join("strace");
    let fixed = ["strace", "-f", "-qq", "-b", "execve", "-o", log.as_str()];
    let by: Vec<_> = fixed.iter().chain(options).copied().chain(["--"]).collect();
    let ran = lane.run(lane.command(&by))?;
    Ok((ran, Log::read(&log)?))
}

impl Log {
    fn read(path: &Utf8Path) -> Result<Self> {
        let bytes = std::fs::read(path).on(path)?;
        Ok(Self(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Each call that was begun: the thread, and the call's name.
    fn calls(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.lines().filter_map(|line| {
            let (thread, rest) = line.split_once(' ')?;
            let (name, _) = rest.trim_start().split_once('(')?;
            name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_').then_some((thread, name))
        })
    }

    pub(super) fn calls_of_main(&self) -> usize {
        let main = self.calls().next().map(|(thread, _)| thread);
        self.calls().filter(|(thread, _)| Some(*thread) == main).count()
    }

    /// How often any one thread makes each call: the first time that is the program's own, and the
    /// last. What the loader does before the program begins is not the program's.
    pub(super) fn spans(&self) -> BTreeMap<String, (usize, usize)> {
        let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for call in self.calls() {
            *seen.entry(call).or_default() += 1;
        }
        let main = self.calls().next().map_or("", |(thread, _)| thread);
        let mut loading = BTreeMap::new();
        for line in self.0.lines().take_while(|line| !line.contains("rt_sigaction(SIGPIPE")) {
            for (_, name) in Self(line.to_owned()).calls() {
                *loading.entry(name.to_owned()).or_insert(0) += 1;
            }
        }
        let mut spans = BTreeMap::new();
        for ((thread, name), count) in seen {
            let first = 1 + loading.get(name).copied().unwrap_or(0);
            let span = spans.entry(name.to_owned()).or_insert((first, 0));
            if thread != main || count >= first {
                span.1 = count.max(span.1);
            }
        }
        spans.retain(|_, (first, last)| first <= last);
        spans
    }

    /// How many calls were spoilt.
    pub(super) fn injected(&self) -> usize {
        self.0.lines().filter(|line| line.contains("(INJECTED)")).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"10 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY) = 3
10 close(3) = 0
10 rt_sigaction(SIGPIPE, {sa_handler=SIG_IGN}, NULL, 8) = 0
10 openat(AT_FDCWD, "a", O_RDONLY) = 3
11 openat(AT_FDCWD, "b", O_RDONLY <unfinished ...>
10 openat(AT_FDCWD, "c", O_RDONLY) = -1 EIO (Input/output error) (INJECTED)
11 <... openat resumed>) = 4
11 +++ exited with 0 +++
"#;

    #[test]
    fn calls_are_numbered_by_thread_and_those_of_the_loader_left_out() {
        let log = Log(LOG.to_owned());
        let spans = [("openat".to_owned(), (2, 3)), ("rt_sigaction".to_owned(), (1, 1))];
        assert_eq!(log.spans(), BTreeMap::from(spans));
        assert_eq!(log.calls_of_main(), 5);
        assert_eq!(log.injected(), 1);
    }
}
