//! Times of two things that take turns.

use std::time::{Duration, Instant};

use crate::failure::{Result, ensure};

/// Two medians and the ratio that is promised of them.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) bound: f64,
    pub(super) ours: Duration,
    pub(super) theirs: Duration,
}

impl Figure {
    pub(super) fn ratio(&self) -> f64 {
        self.ours.as_secs_f64() / self.theirs.as_secs_f64()
    }

    /// Prints all, then fails if one is above its bound.
    pub(super) fn report(figures: &[Self]) -> Result {
        for figure in figures {
            let (ours, theirs) = (millis(figure.ours), millis(figure.theirs));
            let verdict = if figure.holds() { "holds" } else { "MISSED" };
            println!(
                "{}: {:.3} (at most {}): {ours:.1} ms against {theirs:.1} ms, {verdict}",
                figure.name,
                figure.ratio(),
                figure.bound
            );
        }
        let missed: Vec<_> = figures.iter().filter(|f| !f.holds()).map(|f| f.name).collect();
        ensure(missed.is_empty(), || format!("missed: {}", missed.join(", ")))
    }

    fn holds(&self) -> bool {
        self.ratio() <= self.bound
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Medians of `runs` turns of each, after one of each that does not count. What `ours` and `theirs`
/// give is the time that their own measured part took.
pub(super) fn alternate(
    runs: usize,
    mut ours: impl FnMut() -> Result<Duration>,
    mut theirs: impl FnMut() -> Result<Duration>,
) -> Result<(Duration, Duration)> {
    ours()?;
    theirs()?;
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        times.0.push(ours()?);
        times.1.push(theirs()?);
    }
    Ok((median(times.0), median(times.1)))
}

/// How long it took, if it went well.
pub(super) fn timed(work: impl FnOnce() -> Result) -> Result<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let middle = times.len() / 2;
    if times.len() % 2 == 1 { times[middle] } else { (times[middle - 1] + times[middle]) / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_in_the_middle() {
        let of = |times: &[u64]| median(times.iter().copied().map(Duration::from_millis).collect());
        assert_eq!(of(&[9, 1, 2]), Duration::from_millis(2));
        assert_eq!(of(&[4, 1, 2, 9]), Duration::from_millis(3));
    }

    #[test]
    fn a_figure_above_its_bound_fails() {
        let figure = |millis| Figure {
            name: "x",
            bound: 1.0,
            ours: Duration::from_millis(millis),
            theirs: Duration::from_millis(100),
        };
        assert!(Figure::report(&[figure(100)]).is_ok());
        assert!(Figure::report(&[figure(100), figure(101)]).is_err());
    }
}
