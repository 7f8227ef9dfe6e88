//! After fetching, nothing speaks to anybody: no program of a build connects to anything at all.

use camino::Utf8Path;

use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, ended, read};

/// Each project, and what it is built for.
const JOBS: &[(Project, &[&str])] = &[
    (Project::Hello, &["--target", "host"]),
    (Project::ImageServer, &["--target", "host", "--target", "rpi4"]),
    (Project::Caddy, &["--target", "host"]),
    (Project::Collector, &["--target", "host"]),
];

/// Whoever wants to reach somebody makes one of these calls, though it may be refused.
const CALLS: [&str; 4] = ["connect", "sendto", "sendmsg", "sendmmsg"];

/// Connects, so that it shows that such a call is seen.
const CONNECTS: &str =
    "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9))";

/// Every project is built in an empty target folder from a store that holds everything, where there is no
/// network, and neither this program nor any of its children tries to reach one, nor a socket of this machine.
pub(super) fn after_fetch(ground: &Ground) -> Result {
    let trace = ground.scratch("trace-")?.join("trace");
    let traced = format!("trace={}", CALLS.join(","));
    let by = ["unshare", "-n", "strace", "-f", "--seccomp-bpf", "-qq", "-e", &traced, "-o"];
    let by: Vec<_> = by.into_iter().chain([trace.as_str(), "--"]).collect();
    let seen: Vec<_> = by.iter().copied().chain(["python3", "-c", CONNECTS]).collect();
    ended(&command(seen[0], &seen[1..]))?;
    let calls = calls_in(&trace)?;
    ensure(calls.iter().any(|call| call.contains("AF_INET")), || format!("not seen: {calls:?}"))?;
    for (project, targets) in JOBS {
        let site = ground.site(*project).built_in(ground.scratch("silence-")?);
        read(&ground.goplugin(&site, &job("fetch", targets)))?;
        read(&ground.wrapped(&by, &site, &job("build", targets)))?;
        let calls = calls_in(&trace)?;
        ensure(calls.is_empty(), || format!("{project:?}:\n{}", calls.join("\n")))?;
    }
    Ok(())
}

fn job<'a>(subcommand: &'a str, targets: &[&'a str]) -> Vec<&'a str> {
    [subcommand, "--locked"].iter().chain(targets).copied().collect()
}

/// The calls that were made. Signals, and that a process was let go, stand there too.
fn calls_in(trace: &Utf8Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(trace).on(trace)?;
    let is_call = |line: &&str| {
        let name = line.split_whitespace().nth(1).and_then(|word| word.split_once('('));
        name.is_some_and(|(name, _)| CALLS.contains(&name))
    };
    Ok(text.lines().filter(is_call).map(str::to_owned).collect())
}
