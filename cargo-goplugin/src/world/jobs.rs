//! Work done side by side within `-j`: who may begin and with which share of it, what becomes of the
//! rest when something fails, and results in the order of the work.

use std::sync::mpsc;

use super::{OnFailure, World};
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
    let lanes: Vec<L> = items.iter().map(lane).collect();
    let leaders = (0..items.len()).map(|job| first(&lanes, job));
    let mut queue = Queue::new(leaders.collect(), world.jobs, world.on_failure);
    let mut shells: Vec<_> = world.shell.turns(items.len()).into_iter().map(Some).collect();
    let mut results: Vec<Option<Result<T>>> = items.iter().map(|_| None).collect();
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        loop {
            while let Some(begun) = queue.begin() {
                let Some(shell) = shells[begun.job].take() else { continue };
                let (item, sender, work) = (&items[begun.job], sender.clone(), &work);
                let aside = world.aside(shell, begun.share);
                scope.spawn(move || {
                    let result = work(&aside, item);
                    // Gives up its turn to speak before anybody can take the result for the end.
                    drop(aside);
                    // The receiver lives as long as anybody can send.
                    let _ = sender.send((begun, result));
                });
            }
            if queue.running == 0 {
                break;
            }
            let Ok((begun, result)) = receiver.recv() else { break };
            queue.end(&begun, result.is_ok());
            results[begun.job] = Some(result);
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
    running: usize,
    on_failure: OnFailure,
    failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Running,
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
        Self { leaders, states, free: jobs.max(1), running: 0, on_failure, failed: false }
    }

    /// The next job that may begin now. What is free is shared evenly among those that could.
    fn begin(&mut self) -> Option<Begun> {
        if self.free == 0 || (self.failed && self.on_failure == OnFailure::Stop) {
            return None;
        }
        let ready: Vec<usize> = (0..self.states.len()).filter(|&job| self.is_ready(job)).collect();
        let job = *ready.first()?;
        let share = self.free.div_ceil(ready.len().min(self.free));
        self.states[job] = State::Running;
        self.running += 1;
        self.free -= share;
        Some(Begun { job, share })
    }

    fn is_ready(&self, job: usize) -> bool {
        let leader = self.leaders[job];
        self.states[job] == State::Waiting && (leader == job || self.states[leader] == State::Over)
    }

    fn end(&mut self, begun: &Begun, went_well: bool) {
        self.states[begun.job] = State::Over;
        self.running -= 1;
        self.free += begun.share;
        self.failed |= !went_well;
    }
}

#[cfg(test)]
mod tests;
