//! Runs that are killed at random moments, by signals that cannot be caught and by those that a
//! terminal or a service manager sends. What has a final name stays whole, and the next run needs no
//! help.

use std::time::{Duration, Instant};

use super::fixture::Fixture;
use super::lane::{Lane, Ran};
use super::random::Random;
use super::rounds::Task;
use super::start::Start;
use super::{strace, whole};
use crate::failure::{Result, ensure};
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
            ran.no_panic()?;
            whole::check(lane, start, &before)?;
            if ran.code == Some(0) {
                lane.made()?.equals(lane.reference())?;
            }
            lane.heal()?;
            Ok(outcome)
        },
    )
}

/// How long runs take, and how many system calls their main thread makes.
#[derive(Default)]
struct Census {
    seconds: std::collections::BTreeMap<Start, Duration>,
    calls: std::collections::BTreeMap<Start, usize>,
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
    let (ran, log) = strace::run(lane, &["-e", &format!("inject=all:signal=KILL:when={number}")])?;
    if ran.code == Some(0) {
        *calls = (*calls).min(log.calls_of_main().max(1));
    }
    Ok(ran)
}
