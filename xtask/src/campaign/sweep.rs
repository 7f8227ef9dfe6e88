//! Rounds that follow an order instead of chance: they lie evenly between the first and the last system
//! call of a run, for each thing that a run begins from. With as many rounds as there are calls, none is
//! left out.

use super::fixture::Fixture;
use super::random::Random;
use super::rounds::Task;
use super::start::Start;

/// Which lane a round is for: the smaller workspace has half of them.
pub(super) fn lane_of(number: u32) -> usize {
    usize::from(number.is_multiple_of(2))
}

/// A round's place in the order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: Start,
    /// Its number among the rounds that begin from there.
    number: usize,
    /// How many these are.
    of: usize,
}

impl Place {
    pub(super) fn of(task: &Task, fixture: Fixture, random: &Random) -> Self {
        Self::at(task.whole(), fixture, random.round())
    }

    fn at(rounds: u32, fixture: Fixture, round: u32) -> Self {
        let starts = Start::all(fixture);
        let [number, rounds] =
            [round / 2, rounds / 2].map(|count| usize::try_from(count).unwrap_or(0));
        Self {
            start: starts[number % starts.len()],
            number: number / starts.len(),
            of: (rounds / starts.len()).max(1),
        }
    }

    /// The one of that many things that the round is about.
    pub(super) fn among(&self, count: usize) -> usize {
        (self.number * count / self.of).min(count.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_rounds_as_things_leave_none_out() {
        let (calls, starts) = (50, Start::all(Fixture::Hello).len());
        let rounds = u32::try_from(2 * calls * starts).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for round in 1..=rounds {
            if lane_of(round) == 0 {
                let place = Place::at(rounds, Fixture::Hello, round);
                seen.insert((place.start, place.among(calls)));
            }
        }
        assert_eq!(seen.len(), calls * starts);
    }
}
