//! Many runs at once on one workspace and one store. Half of the rounds share one target folder, which
//! only one run uses at a time; in the others there are four, so that the store is used by several at
//! once.

use super::fixture::Fixture;
use super::lane::{Lane, Running, remove};
use super::made::{Made, stale};
use super::random::Random;
use super::rounds::Task;
use super::start::Start;
use super::whole;
use crate::failure::{Result, ensure};
use crate::ground::Ground;

const RUNS: usize = 16;

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    let lanes = [Lane::new(ground, Fixture::Hello)?, Lane::new(ground, Fixture::Gauge)?];
    task.run(
        Vec::from(lanes),
        |number| usize::from(number % 4 == 0),
        |lane, random| {
            lane.begin()?;
            let folders = random.pick(&[1, 4]);
            let went = round(lane, folders, random);
            for index in 1..folders {
                remove(&lane.folder.join(format!("target-{index}")))?;
            }
            went
        },
    )
}

fn round(lane: &mut Lane, folders: usize, random: &mut Random) -> Result<String> {
    let start = Start::choose(lane.fixture, random);
    start.set(lane, random)?;
    remove(&lane.target)?;
    let before = lane.made()?;
    let target = |index: usize| match index % folders {
        0 => lane.target.clone(),
        index => lane.folder.join(format!("target-{index}")),
    };
    let started = (0..RUNS).map(|index| {
        lane.start(lane.command_into(&[], &target(index)), &format!("stderr-{index}"))
    });
    let started = started.collect::<Result<Vec<_>>>()?;
    let ended = started.into_iter().map(Running::end).collect::<Result<Vec<_>>>()?;
    for ran in &ended {
        ensure(ran.code == Some(0), || format!("{start:?}, {folders} target folders: {ran:?}"))?;
    }
    let lock = lane.folder.join("workspace/goplugin.lock");
    for index in 0..folders {
        Made::of(&target(index), &lock)?.equals(lane.reference())?;
    }
    whole::check(lane, start, &before)?;
    let left = stale(&lane.folder);
    ensure(left.is_empty(), || format!("left over: {left:?}"))?;
    lane.heal()?;
    Ok(format!("with {folders} target folders"))
}
