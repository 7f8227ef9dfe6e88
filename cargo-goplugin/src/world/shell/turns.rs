//! Pieces of work that run side by side, and what they say in a fixed order: one has the turn and is
//! heard at once, what the others say is held until it is theirs.

use std::sync::{Arc, Mutex, PoisonError};

use super::Stream;
use super::screen::Screen;

/// A line on its way out, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) stream: Stream,
    pub(super) text: String,
}

/// Where lines go.
#[derive(Debug, Clone)]
pub(super) enum Sink {
    /// Straight to the reader.
    Screen(Arc<Screen>),
    /// To the reader when it is this place's turn.
    Turn(Arc<Turn>),
    /// Kept, until it is known who hears it.
    Unheard(Arc<Unheard>),
}

/// Lines of work that nobody waits for, until somebody does.
#[derive(Debug, Default)]
pub(super) struct Unheard {
    state: Mutex<Ears>,
}

#[derive(Debug, Default)]
struct Ears {
    kept: Vec<Line>,
    heard_by: Option<Sink>,
}

impl Unheard {
    fn put(&self, line: Line) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.heard_by {
            Some(sink) => sink.put(line),
            None => state.kept.push(line),
        }
    }

    /// Has a sink take what was kept, and what comes from now on; `None` ends that.
    pub(super) fn listen(&self, heard_by: Option<Sink>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sink) = &heard_by {
            for line in std::mem::take(&mut state.kept) {
                sink.put(line);
            }
        }
        state.heard_by = heard_by;
    }
}

/// One place in the order. The turn goes on when this is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    all: Arc<Turns>,
    place: usize,
}

#[derive(Debug)]
struct Turns {
    onward: Sink,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    now: usize,
    held: Vec<Vec<Line>>,
    over: Vec<bool>,
}

/// That many places, the first of which has the turn.
pub(super) fn turns(onward: &Sink, count: usize) -> Vec<Sink> {
    let state = State { now: 0, held: vec![Vec::new(); count], over: vec![false; count] };
    let all = Arc::new(Turns { onward: onward.clone(), state: Mutex::new(state) });
    (0..count).map(|place| Sink::Turn(Arc::new(Turn { all: Arc::clone(&all), place }))).collect()
}

impl Sink {
    pub(super) fn put(&self, line: Line) {
        match self {
            Self::Screen(screen) => screen.print(&line),
            Self::Turn(turn) => turn.put(line),
            Self::Unheard(unheard) => unheard.put(line),
        }
    }
}

impl Turn {
    fn put(&self, line: Line) {
        let mut state = self.all.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.now == self.place {
            // Said with the lock held: nobody's line may come in between.
            self.all.onward.put(line);
        } else {
            state.held[self.place].push(line);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut state = self.all.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.over[self.place] = true;
        while state.over.get(state.now) == Some(&true) {
            state.now += 1;
            let now = state.now;
            for line in state.held.get_mut(now).map(std::mem::take).unwrap_or_default() {
                self.all.onward.put(line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> (Sink, Arc<Unheard>) {
        let kept = Arc::default();
        (Sink::Unheard(Arc::clone(&kept)), kept)
    }

    fn say(sink: &Sink, text: &str) {
        sink.put(Line { stream: Stream::Err, text: text.to_owned() });
    }

    fn said(kept: &Unheard) -> String {
        let state = kept.state.lock().unwrap();
        state.kept.iter().map(|line| line.text.clone()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_first_is_heard_at_once_and_the_others_in_their_order() {
        let (sink, kept) = kept();
        let mut places = turns(&sink, 3);
        let [c, b, a] = [(); 3].map(|()| places.pop().unwrap());
        say(&c, "c1");
        say(&b, "b1");
        say(&a, "a1");
        assert_eq!(said(&kept), "a1");
        drop(c);
        assert_eq!(said(&kept), "a1");
        drop(a);
        assert_eq!(said(&kept), "a1 b1");
        say(&b, "b2");
        assert_eq!(said(&kept), "a1 b1 b2");
        drop(b);
        assert_eq!(said(&kept), "a1 b1 b2 c1");
    }

    #[test]
    fn turns_within_a_turn_keep_both_orders() {
        let (sink, kept) = kept();
        let mut outer = turns(&sink, 2);
        let (second, first) = (outer.pop().unwrap(), outer.pop().unwrap());
        let mut inner = turns(&second, 2);
        let (y, x) = (inner.pop().unwrap(), inner.pop().unwrap());
        drop((outer, inner));
        say(&y, "y");
        say(&x, "x");
        say(&first, "first");
        drop((second, x));
        assert_eq!(said(&kept), "first");
        drop(first);
        assert_eq!(said(&kept), "first x y");
    }

    #[test]
    fn what_nobody_hears_yet_is_kept_for_whoever_comes() {
        let (reader, read) = kept();
        let (sink, unheard) = kept();
        say(&sink, "a");
        assert_eq!(said(&read), "");
        unheard.listen(Some(reader));
        say(&sink, "b");
        assert_eq!((said(&read), said(&unheard)), ("a b".to_owned(), String::new()));
        unheard.listen(None);
        say(&sink, "c");
        assert_eq!((said(&read), said(&unheard)), ("a b".to_owned(), "c".to_owned()));
    }

    #[test]
    fn lines_of_many_threads_come_out_whole_and_in_order() {
        let (sink, kept) = kept();
        let places = turns(&sink, 8);
        std::thread::scope(|scope| {
            for (n, place) in places.into_iter().enumerate() {
                scope.spawn(move || (0..50).for_each(|i| say(&place, &format!("{n}.{i}"))));
            }
        });
        let expected: Vec<_> =
            (0..8).flat_map(|n| (0..50).map(move |i| format!("{n}.{i}"))).collect();
        assert_eq!(said(&kept), expected.join(" "));
    }
}
