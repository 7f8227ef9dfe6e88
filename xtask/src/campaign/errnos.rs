//! System calls that fail: one call of a run returns an error that it may return. The run succeeds all
//! the same, or tells what it was about and why it failed; nothing that has a final name is lost or
//! half written, and the next run needs no help.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::fixture::Fixture;
use super::lane::Lane;
use super::random::Random;
use super::rounds::Task;
use super::start::Start;
use super::sweep::{Place, lane_of};
use super::{strace, whole};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::Ground;

/// The calls that are made to fail, and the errors that each may return. `close` is not among them: what strace
/// makes fail is not carried out, so that a pipe would stay open, which a kernel's failing `close` never does.
const CALLS: &[(&str, &[&str])] = &[
    ("openat", &["EIO", "EACCES", "EMFILE", "ENOSPC", "EINTR"]),
    ("read", &["EIO", "EINTR"]),
    ("pread64", &["EIO"]),
    ("write", &["EIO", "ENOSPC", "EINTR"]),
    ("copy_file_range", &["EIO", "ENOSPC", "EXDEV"]),
    ("sendfile", &["EIO"]),
    ("rename", &["EIO", "EACCES", "ENOSPC", "EXDEV"]),
    ("renameat", &["EIO", "EACCES", "ENOSPC", "EXDEV"]),
    ("renameat2", &["EIO", "EACCES", "ENOSPC", "EXDEV"]),
    ("statx", &["EIO", "EACCES"]),
    ("newfstatat", &["EIO", "EACCES"]),
    ("fstat", &["EIO"]),
    ("lseek", &["EIO"]),
    ("mkdir", &["EIO", "EACCES", "ENOSPC"]),
    ("unlink", &["EIO", "EACCES"]),
    ("unlinkat", &["EIO", "EACCES"]),
    ("rmdir", &["EIO", "EACCES"]),
    ("fsync", &["EIO", "ENOSPC"]),
    ("fdatasync", &["EIO", "ENOSPC"]),
    ("ftruncate", &["EIO"]),
    ("getdents64", &["EIO"]),
    ("flock", &["EIO", "EINTR", "ENOLCK"]),
    ("chmod", &["EIO", "EACCES"]),
    ("fchmod", &["EIO", "EACCES"]),
    ("fchmodat", &["EIO", "EACCES"]),
    ("utimensat", &["EIO", "EACCES"]),
    ("link", &["EIO", "EACCES", "ENOSPC", "EXDEV"]),
    ("linkat", &["EIO", "EACCES", "ENOSPC", "EXDEV"]),
    ("symlink", &["EIO", "EACCES", "ENOSPC"]),
    ("readlink", &["EIO", "EACCES"]),
    ("getcwd", &["EACCES"]),
    ("pipe2", &["EMFILE"]),
    ("connect", &["ECONNREFUSED", "ENETUNREACH"]),
    // Also how a signal is passed on within the process, where nothing can be reset.
    ("recvfrom", &["EINTR"]),
    ("sendto", &["EINTR"]),
];

/// How the program's user is told of each.
fn told(error: &str) -> &'static str {
    match error {
        "EIO" => "input/output error",
        "EACCES" => "permission denied",
        "EMFILE" => "too many open files",
        "ENOSPC" => "no space left",
        "EXDEV" => "cross-device",
        "ENOLCK" => "no locks available",
        "ECONNREFUSED" => "connection refused",
        "ENETUNREACH" => "network is unreachable",
        _ => "interrupted",
    }
}

/// The calls that runs make, by what they start from.
type Census = BTreeMap<Start, Vec<Spoilable>>;

/// A call that is made, and its first and last number in any one thread.
struct Spoilable {
    name: String,
    first: usize,
    last: usize,
    errors: &'static [&'static str],
}

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    task.run(
        lanes(ground)?,
        |number| usize::from(number % 5 == 0),
        |(lane, census), random| {
            lane.begin()?;
            let start = Start::choose(lane.fixture, random);
            let calls = counted(lane, census, start)?;
            // Chosen before the lane is prepared, so that it depends on the seed alone.
            let call = &calls[random.below(calls.len())];
            let number = call.first + random.below(call.last + 1 - call.first);
            spoil(lane, start, (&call.name, number, random.pick(call.errors)), random)
        },
    )
}

/// Every k-th call of a run fails, with one of its errors after the other.
pub(super) fn in_order(ground: &Ground, task: &Task) -> Result {
    task.run(lanes(ground)?, lane_of, |(lane, census), random| {
        lane.begin()?;
        let place = Place::of(task, lane.fixture, random);
        let calls = counted(lane, census, place.start)?;
        let all = calls.iter().map(|call| call.last + 1 - call.first).sum();
        let mut number = place.among(all);
        let mut calls = calls.iter();
        let call = loop {
            let call = calls.next().ok_or_else(|| Failure::new("no call to spoil"))?;
            let count = call.last + 1 - call.first;
            match number.checked_sub(count) {
                Some(rest) => number = rest,
                None => break call,
            }
        };
        let error = call.errors[number % call.errors.len()];
        spoil(lane, place.start, (&call.name, call.first + number, error), random)
    })
}

fn lanes(ground: &Ground) -> Result<Vec<(Lane, Census)>> {
    let lanes = [Fixture::Hello, Fixture::Gauge];
    lanes.map(|fixture| Ok((Lane::new(ground, fixture)?, Census::new()))).into_iter().collect()
}

/// The calls of runs from there, counted once.
fn counted<'a>(
    lane: &mut Lane,
    census: &'a mut Census,
    start: Start,
) -> Result<&'a mut Vec<Spoilable>> {
    Ok(match census.entry(start) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => {
            let counted = calls(lane, start)?;
            lane.begin()?;
            unknown.insert(counted)
        }
    })
}

/// Counts the calls of a run that nothing is done to.
fn calls(lane: &mut Lane, start: Start) -> Result<Vec<Spoilable>> {
    start.set(lane, &mut Random::new(0))?;
    let (ran, log) = strace::run(lane, &[])?;
    ensure(ran.code == Some(0), || format!("the run that is counted: {ran:?}"))?;
    lane.heal()?;
    let spans = log.spans();
    let spoilable = CALLS.iter().filter_map(|(name, errors)| {
        let (first, last) = *spans.get(*name)?;
        Some(Spoilable { name: (*name).to_owned(), first, last, errors })
    });
    Ok(spoilable.collect())
}

fn spoil(
    lane: &mut Lane,
    start: Start,
    (call, number, error): (&str, usize, &str),
    random: &mut Random,
) -> Result<String> {
    start.set(lane, random)?;
    let before = lane.made()?;
    let injection = format!("inject={call}:error={error}:when={number}");
    let trace = format!("trace={call}");
    let (ran, log) = strace::run(lane, &["-e", &trace, "-e", &injection])?;
    let went = (|| {
        ran.no_panic()?;
        whole::check(lane, start, &before)?;
        if ran.code == Some(0) {
            lane.made()?.equals(lane.reference())?;
        } else {
            ran.explains(&[told(error)])?;
        }
        lane.heal()
    })();
    went.on(format_args!("{start:?}, {injection}"))?;
    Ok(match (ran.code, log.injected()) {
        (_, 0) => "never got there",
        (Some(0), _) => "succeeded all the same",
        _ => "told",
    }
    .to_owned())
}
