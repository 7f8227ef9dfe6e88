//! The reader's end: lines in one piece each, and below them, on a terminal, a bar for each kind of
//! work under way. Between two writes the cursor stands where the first bar begins. So whatever comes
//! next, from whomever, writes over the bars, and a terminal that was made narrower does no harm.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anstream::AutoStream;

use super::Stream;
use super::bars::{self, Activity};
use super::turns::Line;
use crate::world::output;

/// How often bars are drawn anew.
const BEAT: Duration = Duration::from_millis(100);
/// Work that is done sooner has no bar.
const PATIENCE: Duration = Duration::from_millis(300);
/// Where the terminal does not say how wide it is.
const WIDTH: usize = 80;
/// To the end of the screen, and back to the first column. Not from there: what is erased from the very
/// first place of a screen, tmux keeps in its history.
const ERASE: &str = "\x1b[K\x1b[C\x1b[J\r";

/// When bars are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressWhen {
    /// On a terminal that can show them.
    Auto,
    /// Always, also where standard error is no terminal.
    Always,
    /// Never.
    Never,
}

/// What bars are drawn on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    bars: bool,
    width: Option<usize>,
}

impl Terminal {
    /// No bars.
    pub const PLAIN: Self = Self { bars: false, width: None };

    /// Standard error; `dumb` where it cannot move its cursor, `width` where that is not to be asked.
    #[must_use]
    pub fn stderr(when: ProgressWhen, dumb: bool, width: Option<usize>) -> Self {
        let bars = match when {
            ProgressWhen::Auto => !dumb && std::io::stderr().is_terminal(),
            ProgressWhen::Always => true,
            ProgressWhen::Never => false,
        };
        Self { bars, width }
    }

    fn width(self) -> usize {
        let asked = || terminal_size::terminal_size_of(std::io::stderr());
        self.width.or_else(|| asked().map(|(width, _)| width.0.into())).unwrap_or(WIDTH)
    }
}

/// What the reader sees.
#[derive(Debug)]
pub(super) struct Screen {
    terminal: Terminal,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    under_way: Vec<(u64, Activity)>,
    since: Option<Instant>,
    shown: Vec<String>,
    closed: bool,
    beats: bool,
}

impl Screen {
    pub(super) fn new(terminal: Terminal) -> Self {
        Self { terminal, shared: Arc::default() }
    }

    pub(super) fn has_bars(&self) -> bool {
        self.terminal.bars
    }

    pub(super) fn print(&self, line: &Line) {
        let state = self.shared.lock();
        let mut around = Vec::new();
        if !state.shown.is_empty() {
            around.extend_from_slice(ERASE.as_bytes());
        }
        match line.stream {
            Stream::Err => around.extend(coloured(&line.text, &std::io::stderr())),
            Stream::Out => {
                write_err(&around);
                around.clear();
                let mut out = std::io::stdout();
                output::note(out.write_all(&coloured(&line.text, &std::io::stdout())));
            }
        }
        around.extend(placed(&state.shown));
        write_err(&around);
    }

    pub(super) fn begin(&self, activity: Activity) -> u64 {
        let mut state = self.shared.lock();
        let id = state.next;
        state.next += 1;
        if state.under_way.is_empty() {
            state.since = Some(Instant::now());
        }
        state.under_way.push((id, activity));
        if self.terminal.bars && !state.beats && !state.closed {
            state.beats = true;
            let (shared, terminal) = (Arc::clone(&self.shared), self.terminal);
            // Without a thread there are no bars, and all else goes on.
            let _ = std::thread::Builder::new().spawn(move || shared.beat(terminal));
        }
        id
    }

    /// Takes the bars away for good.
    pub(super) fn close(&self) {
        let mut state = self.shared.lock();
        state.under_way.clear();
        state.closed = true;
        self.shared.clear(&mut state);
    }

    pub(super) fn change(&self, id: u64, change: impl FnOnce(&mut Activity)) {
        let mut state = self.shared.lock();
        if let Some((_, activity)) = state.under_way.iter_mut().find(|(other, _)| *other == id) {
            change(activity);
        }
    }

    pub(super) fn end(&self, id: u64) {
        let mut state = self.shared.lock();
        let ended = state.under_way.iter().position(|(other, _)| *other == id);
        let Some(ended) = ended.map(|at| state.under_way.remove(at).1) else { return };
        // What a bar has counted does not go back while other work of its kind goes on.
        if let Some((_, other)) =
            state.under_way.iter_mut().find(|(_, other)| other.verb == ended.verb)
        {
            other.take_over(&ended);
        }
        if state.under_way.is_empty() {
            self.shared.clear(&mut state);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear(&self, state: &mut State) {
        if !state.shown.is_empty() {
            write_err(ERASE.as_bytes());
            state.shown.clear();
        }
        self.ended.notify_all();
    }

    /// Draws the bars for as long as there is work under way.
    fn beat(&self, terminal: Terminal) {
        let mut state = self.lock();
        while !state.under_way.is_empty() && !state.closed {
            if state.since.is_some_and(|since| since.elapsed() >= PATIENCE) {
                let activities: Vec<_> = state.under_way.iter().map(|(_, one)| one).collect();
                let lines = bars::draw(&activities, terminal.width());
                if lines != state.shown {
                    let mut text = ERASE.as_bytes().to_vec();
                    text.extend(placed(&lines));
                    write_err(&text);
                    state.shown = lines;
                }
            }
            state = self.ended.wait_timeout(state, BEAT).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.beats = false;
    }
}

/// The bars, and the cursor back to where they begin.
fn placed(lines: &[String]) -> Vec<u8> {
    if lines.is_empty() {
        return Vec::new();
    }
    let mut text = coloured(&lines.join("\n"), &std::io::stderr());
    text.pop();
    text.push(b'\r');
    if lines.len() > 1 {
        text.extend(format!("\x1b[{}A", lines.len() - 1).into_bytes());
    }
    text
}

/// The text and a line break, with the colours that this stream is to have.
fn coloured(text: &str, stream: &impl anstream::stream::RawStream) -> Vec<u8> {
    let mut out = AutoStream::new(Vec::new(), AutoStream::choice(stream));
    // Writing to memory does not fail.
    let _ = writeln!(out, "{text}");
    out.into_inner()
}

fn write_err(bytes: &[u8]) {
    if !bytes.is_empty() {
        // Nobody is left to be told when standard error is closed.
        let _ = std::io::stderr().write_all(bytes);
    }
}
