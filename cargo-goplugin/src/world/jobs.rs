//! Work done side by side within `-j`: who may begin and with which share of it, what becomes of the
//! rest when something fails, and results in the order of the work.

use std::sync::mpsc;

use super::{OnFailure, Shell, World};
use crate::error::{Error, Result};

/// What came of several pieces of work.
#[derive(Debug)]
pub struct Made<T> {
    /// What was made, in the order of the work; the failed and the never begun are missing.
    pub made: Vec<T>,
    /// All that failed.
    pub failure: Option<Error>,
}

impl<T> Made<T> {
    /// All of it, or why not.
    pub fn complete(self) -> Result<Vec<T>> {
        self.failure.map_or(Ok(self.made), Err)
    }
}

/// Does `work` on every item, several at a time. Each gets a world of its own, whose `jobs` is its
/// share of `-j`, and whose lines come out in the items' order.
///
/// Items of one `lane` have much in common that the first of them leaves in a cache: the others wait
/// for it, rather than make the same things beside it.
pub fn side_by_side<I: Sync, L: PartialEq, T: Send>(
    world: &World,
    items: &[I],
    lane: impl Fn(&I) -> L,
    work: impl Fn(&World, &I) -> Result<T> + Sync,
) -> Made<T> {
    let has_come = |_: &I| true;
    let wait = |_: &Shell, _: &I| Ok(());
    side_by_side_once(world, items, lane, (has_come, wait), |world, item, ()| work(world, item))
}

/// The same where items have to wait for something first. All wait at once, and whoever waits has
/// no share of `-j`: the work is on what has come. Of that, the first in the items' order begins first, as long
/// as `has_come` says of it beforehand that its `wait` takes no time.
pub fn side_by_side_once<I: Sync, L: PartialEq, W, T: Send>(
    world: &World,
    items: &[I],
    lane: impl Fn(&I) -> L,
    (has_come, wait): (impl Fn(&I) -> bool, impl Fn(&Shell, &I) -> Result<W> + Sync),
    work: impl Fn(&World, &I, W) -> Result<T> + Sync,
) -> Made<T> {
    let lanes: Vec<L> = items.iter().map(lane).collect();
    let leaders = (0..items.len()).map(|job| first(&lanes, job));
    let mut queue = Queue::new(leaders.collect(), world.jobs, world.on_failure);
    (0..items.len()).filter(|job| has_come(&items[*job])).for_each(|job| queue.ready(job));
    let mut results: Vec<Option<Result<T>>> = items.iter().map(|_| None).collect();
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let mut starts = Vec::new();
        for (job, shell) in world.shell.turns(items.len()).into_iter().enumerate() {
            let (start, may_start) = mpsc::channel();
            starts.push(start);
            let (item, sender, wait, work) = (&items[job], sender.clone(), &wait, &work);
            scope.spawn(move || {
                let waited = wait(&shell, item);
                // The receiver may have given up: then nobody wants to know.
                let tell = |word| drop(sender.send((job, word)));
                let begin = || {
                    tell(Word::Ready);
                    may_start.recv().ok()
                };
                let result = match waited {
                    Err(error) => Err(error),
                    Ok(waited) => {
                        let Some(share) = begin() else { return };
                        work(&world.aside(shell, share), item, waited)
                    }
                };
                // By now it has given up its turn to speak: nobody takes the result for the end too soon.
                tell(Word::Over(result));
            });
        }
        while queue.is_at_work() {
            while let Some(begun) = queue.begin() {
                // The thread waits for it.
                let _ = starts[begun.job].send(begun.share);
            }
            match receiver.recv() {
                Ok((job, Word::Ready)) => queue.ready(job),
                Ok((job, Word::Over(result))) => {
                    queue.end(job, result.is_ok());
                    results[job] = Some(result);
                }
                Err(_) => break,
            }
        }
    });
    let (mut made, mut failures) = (Vec::new(), Vec::new());
    for result in results.into_iter().flatten() {
        match result {
            Ok(one) => made.push(one),
            Err(error) => failures.push(error),
        }
    }
    Made { made, failure: Error::all(failures) }
}

/// What a thread has to tell.
enum Word<T> {
    /// It waits for its share.
    Ready,
    Over(Result<T>),
}

fn first<L: PartialEq>(lanes: &[L], job: usize) -> usize {
    lanes.iter().position(|lane| *lane == lanes[job]).unwrap_or(job)
}

/// Who may begin. Knows nothing of threads.
#[derive(Debug)]
struct Queue {
    /// For each job the first one of its lane.
    leaders: Vec<usize>,
    states: Vec<State>,
    /// What of `-j` nobody has.
    free: usize,
    on_failure: OnFailure,
    failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// For what it needs.
    Waiting,
    /// For its share.
    Ready,
    /// With that share.
    Running(usize),
    Over,
}

/// A job that was let begin, and how much of `-j` it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begun {
    job: usize,
    share: usize,
}

impl Queue {
    fn new(leaders: Vec<usize>, jobs: usize, on_failure: OnFailure) -> Self {
        let states = vec![State::Waiting; leaders.len()];
        Self { leaders, states, free: jobs.max(1), on_failure, failed: false }
    }

    /// The next job that may begin now. What is free is shared evenly among those that could, be what they
    /// need there or not: a share does not depend on who is faster.
    fn begin(&mut self) -> Option<Begun> {
        if self.free == 0 || !self.begins_more() {
            return None;
        }
        let job = (0..self.states.len())
            .find(|&job| self.states[job] == State::Ready && self.has_turn(job))?;
        let open = |job: &usize| matches!(self.states[*job], State::Waiting | State::Ready);
        let others = (0..self.states.len()).filter(|job| open(job) && self.has_turn(*job)).count();
        let share = self.free.div_ceil(others.min(self.free));
        self.states[job] = State::Running(share);
        self.free -= share;
        Some(Begun { job, share })
    }

    fn begins_more(&self) -> bool {
        !(self.failed && self.on_failure == OnFailure::Stop)
    }

    /// Whether it leads its lane, or need not wait for its leader any more.
    fn has_turn(&self, job: usize) -> bool {
        let leader = self.leaders[job];
        leader == job || self.states[leader] == State::Over
    }

    /// A job has what it needs; it may be known already.
    fn ready(&mut self, job: usize) {
        if self.states[job] == State::Waiting {
            self.states[job] = State::Ready;
        }
    }

    /// A job is over; it may never have begun.
    fn end(&mut self, job: usize, went_well: bool) {
        if let State::Running(share) = self.states[job] {
            self.free += share;
        }
        self.states[job] = State::Over;
        self.failed |= !went_well;
    }

    /// Whether anything runs, or is still to begin.
    fn is_at_work(&self) -> bool {
        self.states.iter().any(|state| match state {
            State::Running(_) => true,
            State::Waiting | State::Ready => self.begins_more(),
            State::Over => false,
        })
    }
}

#[cfg(test)]
mod tests;
