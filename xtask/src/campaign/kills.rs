//! Runs that are killed at random moments, by signals that cannot be caught and by those that a
//! terminal or a service manager sends. What has a final name stays whole, and the next run needs no
//! help.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::{Duration, Instant};

use super::fixture::Fixture;
use super::lane::{Lane, Ran};
use super::made::Made;
use super::random::Random;
use super::rounds::Task;
use super::start::Start;
use super::sweep::{Place, lane_of};
use super::{strace, whole};
use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, on_path, read};

/// What is sent, and whether to the program alone or to its children as well.
const SIGNALS: &[(&str, bool)] = &[
    ("KILL", false),
    ("KILL", false),
    ("KILL", false),
    ("KILL", true),
    ("KILL", true),
    ("TERM", false),
    ("TERM", true),
    ("INT", true),
];

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    let lanes = [Fixture::Hello, Fixture::Gauge];
    let lanes = lanes.map(|fixture| Ok((Lane::new(ground, fixture)?, Census::default())));
    let lanes = lanes.into_iter().collect::<Result<Vec<_>>>()?;
    task.run(
        lanes,
        |number| usize::from(number % 6 == 0),
        |(lane, census), random| {
            lane.begin()?;
            let start = Start::choose(lane.fixture, random);
            start.set(lane, random)?;
            let before = lane.made()?;
            let (how, ran) = if on_path("strace") && random.percent(25) {
                ("at a system call", at_call(lane, census, start, random)?)
            } else {
                at_moment(lane, census, start, random)?
            };
            let outcome = match (ran.code, ran.signal) {
                (Some(0), _) => "ended before".to_owned(),
                _ => how.to_owned(),
            };
            judge(lane, start, &before, &ran)?;
            Ok(outcome)
        },
    )
}

/// Killed at every k-th system call of the main thread.
pub(super) fn in_order(ground: &Ground, task: &Task) -> Result {
    let lanes = [Fixture::Hello, Fixture::Gauge];
    let lanes = lanes.map(|fixture| Ok((Lane::new(ground, fixture)?, BTreeMap::new())));
    let lanes = lanes.into_iter().collect::<Result<Vec<_>>>()?;
    task.run(lanes, lane_of, |(lane, census), random| {
        lane.begin()?;
        let place = Place::of(task, lane.fixture, random);
        let calls = match census.entry(place.start) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(calls(lane, place.start)?),
        };
        place.start.set(lane, random)?;
        let before = lane.made()?;
        let number = 1 + place.among(calls);
        let (ran, _) = strace::run(lane, &["-e", &killed_at(number)])?;
        judge(lane, place.start, &before, &ran)
            .on(format_args!("{:?}, killed at call {number}", place.start))?;
        Ok(if ran.code == Some(0) { "ended before" } else { "killed" }.to_owned())
    })
}

/// How many calls the main thread of an undisturbed run makes.
fn calls(lane: &mut Lane, start: Start) -> Result<usize> {
    start.set(lane, &mut Random::new(0))?;
    let (ran, log) = strace::run(lane, &[])?;
    ensure(ran.code == Some(0), || format!("the run that is counted: {ran:?}"))?;
    lane.heal()?;
    lane.begin()?;
    Ok(log.calls_of_main())
}

/// Whether all is whole after a run, and the next one needs no help.
fn judge(lane: &mut Lane, start: Start, before: &Made, ran: &Ran) -> Result {
    ran.no_panic()?;
    whole::check(lane, start, before)?;
    if ran.code == Some(0) {
        lane.made()?.equals(lane.reference())?;
    }
    lane.heal()
}

fn killed_at(call: usize) -> String {
    format!("inject=all:signal=KILL:when={call}")
}

/// How long runs take, and how many system calls their main thread makes.
#[derive(Default)]
struct Census {
    seconds: BTreeMap<Start, Duration>,
    calls: BTreeMap<Start, usize>,
}

/// At a moment by the clock, at most as late as the longest such run so far ended, and a bit.
fn at_moment(
    lane: &Lane,
    census: &mut Census,
    start: Start,
    random: &mut Random,
) -> Result<(&'static str, Ran)> {
    const LONGEST: Duration = Duration::from_millis(600);
    let longest = census.seconds.entry(start).or_insert(LONGEST);
    let after =
        longest.mul_f64(0.000_1 * f64::from(u32::try_from(random.below(11_000)).unwrap_or(0)));
    let (signal, all) = random.pick(SIGNALS);
    let began = Instant::now();
    let running = lane.start(lane.command(&[]), "stderr")?;
    std::thread::sleep(after);
    let pid = if all { format!("-{}", running.pid()) } else { running.pid().to_string() };
    // It may have ended by now.
    let _ = read(&command("kill", &["-s", signal, "--", &pid]));
    let ran = running.end()?;
    if ran.code == Some(0) {
        *longest = began.elapsed().min(*longest);
    } else {
        *longest = (*longest).max(after).mul_f64(1.02);
    }
    let ended = matches!(ran.code, Some(0 | 101 | 129..=143)) || ran.signal.is_some();
    ensure(ended, || format!("it ended oddly after {signal}: {ran:?}"))?;
    Ok((signal, ran))
}

/// At a system call by its number, through strace.
fn at_call(lane: &Lane, census: &mut Census, start: Start, random: &mut Random) -> Result<Ran> {
    let calls = census.calls.entry(start).or_insert(2000);
    let number = 1 + random.below(*calls);
    let (ran, log) = strace::run(lane, &["-e", &killed_at(number)])?;
    if ran.code == Some(0) {
        *calls = (*calls).min(log.calls_of_main().max(1));
    }
    Ok(ran)
}
