//! The rounds of a campaign, shared out among lanes that work side by side: which lane a round is for
//! depends on its number alone. A failed round is told at once, and does not end the campaign.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::random::Random;
use crate::failure::{Failure, Result};

/// Which rounds of a campaign are to be run.
pub(crate) struct Task {
    name: &'static str,
    pub(crate) seed: u64,
    first: u32,
    last: u32,
    whole: u32,
}

/// How often each outcome came, and what failed.
#[derive(Default)]
struct Count {
    outcomes: BTreeMap<String, u32>,
    failures: Vec<String>,
}

/// After so many failures the rest would say nothing new.
const ENOUGH: usize = 20;

impl Task {
    pub(crate) fn new(name: &'static str, seed: u64, first: u32, last: u32) -> Self {
        Self { name, seed, first, last, whole: last }
    }

    /// One round alone of as many.
    pub(crate) fn one(name: &'static str, seed: u64, round: u32, whole: u32) -> Self {
        Self { name, seed, first: round, last: round, whole }
    }

    /// How many rounds there would be if none were left out before the first.
    pub(crate) fn whole(&self) -> u32 {
        self.whole
    }

    pub(crate) fn count(&self) -> u32 {
        (self.last + 1).saturating_sub(self.first)
    }

    /// Runs every round on the lane that `lane_of` gives it, the lanes side by side. A round says how it
    /// went, in few words that are counted.
    pub(crate) fn run<L: Send>(
        &self,
        lanes: Vec<L>,
        lane_of: impl Fn(u32) -> usize + Sync,
        round: impl Fn(&mut L, &mut Random) -> Result<String> + Sync,
    ) -> Result {
        let (count, start) = (Mutex::new(Count::default()), Instant::now());
        std::thread::scope(|scope| {
            for (index, mut lane) in lanes.into_iter().enumerate() {
                let (count, lane_of, round) = (&count, &lane_of, &round);
                scope.spawn(move || {
                    for number in (self.first..=self.last).filter(|n| lane_of(*n) == index) {
                        let went = round(&mut lane, &mut Random::of(self.seed, number));
                        if self.enter(count, number, went) {
                            break;
                        }
                    }
                });
            }
        });
        self.tell(&count.into_inner().unwrap_or_else(PoisonError::into_inner), start)
    }

    /// Counts a round; says whether the campaign should end.
    fn enter(&self, count: &Mutex<Count>, number: u32, went: Result<String>) -> bool {
        let mut count = count.lock().unwrap_or_else(PoisonError::into_inner);
        match went {
            Ok(outcome) => *count.outcomes.entry(outcome).or_default() += 1,
            Err(failure) => {
                println!("{} {}, round {number}: {failure}", self.name, self.seed);
                count.failures.push(number.to_string());
            }
        }
        count.failures.len() >= ENOUGH
    }

    fn tell(&self, count: &Count, start: Instant) -> Result {
        let outcomes: Vec<_> =
            count.outcomes.iter().map(|(outcome, times)| format!("{times} {outcome}")).collect();
        let (seconds, failed) = (start.elapsed().as_secs_f32(), count.failures.len());
        println!(
            "{}: seed {}, {} rounds in {seconds:.0} s: {}, {failed} failed",
            self.name,
            self.seed,
            self.count(),
            outcomes.join(", ")
        );
        if failed == 0 {
            return Ok(());
        }
        Err(Failure::new(format!(
            "failed rounds: {}; one alone: cargo xtask soak {} --seed {} --round N",
            count.failures.join(" "),
            self.name,
            self.seed
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_is_on_its_lane_and_a_failed_one_fails_the_campaign() {
        let task = Task::new("test", 7, 1, 9);
        let seen = Mutex::new(Vec::new());
        let went = task.run(
            vec![0, 1],
            |number| usize::from(number.is_multiple_of(3)),
            |lane: &mut usize, random| {
                let choice = random.next();
                seen.lock().unwrap().push((*lane, choice));
                let chosen = choice == Random::of(7, 6).next();
                if chosen { Err(Failure::new("chosen")) } else { Ok("well".to_owned()) }
            },
        );
        assert!(went.unwrap_err().to_string().contains("failed rounds: 6"));
        let mut seen = seen.into_inner().unwrap();
        let lane_of = |number: u32| usize::from(number.is_multiple_of(3));
        let mut expected: Vec<_> =
            (1..=9).map(|number| (lane_of(number), Random::of(7, number).next())).collect();
        seen.sort_unstable();
        expected.sort_unstable();
        assert_eq!(seen, expected);
    }
}
