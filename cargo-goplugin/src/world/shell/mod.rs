//! The terminal: status lines as cargo writes them, bars, and messages for machines. Status goes to
//! standard error, data and messages to standard output. All of it passes one [`Screen`], so that lines
//! of work done side by side come whole, and bars give way to them.

mod bars;
mod events;
mod record;
mod screen;
mod shape;
mod turns;

use std::fmt::Display;
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};

pub use events::*;
pub use screen::{ProgressWhen, Terminal};

use super::output;
use bars::Activity;
use screen::Screen;
use turns::{Line, Sink};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// Errors only.
    Quiet,
    /// One screen for the common case.
    Normal,
    /// What was fresh, and each command, so that a person can run it again.
    Verbose,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorChoice {
    /// On a terminal that wants it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Who reads standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageFormat {
    /// A person.
    Human,
    /// A program: one JSON object a line, each with a `reason`.
    Json,
}

/// An output of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Where people and machines read what happens. A copy writes to the same place.
#[derive(Debug, Clone)]
pub struct Shell {
    verbosity: Verbosity,
    format: MessageFormat,
    screen: Arc<Screen>,
    sink: Sink,
    started: Instant,
}

const GREEN: Style = AnsiColor::BrightGreen.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const RED: Style = AnsiColor::BrightRed.on_default().bold();
const CYAN: Style = AnsiColor::BrightCyan.on_default().bold();

impl Shell {
    /// A shell; colours are set for the whole process.
    #[must_use]
    pub fn new(
        verbosity: Verbosity,
        color: ColorChoice,
        format: MessageFormat,
        terminal: Terminal,
    ) -> Self {
        match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        let terminal = if verbosity == Verbosity::Quiet { Terminal::PLAIN } else { terminal };
        let screen = Arc::new(Screen::new(terminal));
        let sink = Sink::Screen(Arc::clone(&screen));
        Self { verbosity, format, screen, sink, started: Instant::now() }
    }

    /// A shell for tests that are not about what is said.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        let (verbosity, color) = (Verbosity::Quiet, ColorChoice::Never);
        Self::new(verbosity, color, MessageFormat::Human, Terminal::PLAIN)
    }

    /// `      Packaged the thing`: the verb green and right-aligned to 12 columns.
    pub fn status(&self, verb: &str, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(format!("{GREEN}{verb:>12}{GREEN:#} {message}"));
        }
    }

    /// A status line that only `-v` shows.
    pub fn detail(&self, verb: &str, message: impl Display) {
        if self.verbosity > Verbosity::Normal {
            self.say(format!("{CYAN}{verb:>12}{CYAN:#} {message}"));
        }
    }

    /// A further line below a status line.
    pub fn continued(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(format!("{:>12} {message}", ""));
        }
    }

    /// Further lines that only `-v` shows, and the one line that stands for them otherwise.
    pub fn continued_or(&self, lines: &[String], instead: impl Display) {
        match self.verbosity {
            Verbosity::Quiet => {}
            Verbosity::Normal => self.continued(instead),
            Verbosity::Verbose => lines.iter().for_each(|line| self.continued(line)),
        }
    }

    /// Something a person should look at, though the run goes on.
    pub fn warn(&self, message: impl Display) {
        let message = message.to_string();
        if self.verbosity > Verbosity::Quiet {
            self.say(format!("{YELLOW}warning{YELLOW:#}: {message}"));
        }
        self.event(|| Event::Warning(Warning { message }));
    }

    /// Something worth knowing that needs no doing.
    pub fn note(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            self.say(format!("{CYAN}note{CYAN:#}: {message}"));
        }
    }

    /// The last line of a run that made something: `    Finished 2 artifacts in 3.21s`. Only here is it
    /// said how long anything took.
    pub fn finished(&self, what: impl Display) {
        self.status("Finished", format_args!("{what} in {}", elapsed(self.started.elapsed())));
    }

    /// A command that is about to run.
    pub fn command(&self, line: &str) {
        self.detail("Running", format_args!("`{line}`"));
    }

    /// Text that is already rendered, such as an error's: shown whatever the verbosity.
    pub fn print_error(&self, rendered: &str) {
        self.say(rendered.to_owned());
    }

    /// That a signal ends the run: the last line for people, and the end of all bars.
    pub fn interrupted(&self) {
        self.screen.close();
        if self.verbosity > Verbosity::Quiet {
            self.say(format!("{RED}error{RED:#}: interrupted"));
        }
    }

    /// Bytes that are already just what the reader wants.
    pub fn raw(&self, stream: Stream, text: &str) {
        match stream {
            Stream::Out => {
                let mut out = std::io::stdout();
                output::note(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
            }
            // Nobody is left to be told when standard error is closed.
            Stream::Err => drop(std::io::stderr().write_all(text.as_bytes())),
        }
    }

    /// Data a person asked for, on standard output. Where a machine reads that, it has an event of its
    /// own for it.
    pub fn data(&self, text: impl Display) {
        if self.format == MessageFormat::Human {
            self.document(text);
        }
    }

    /// Data in a format of its own, on standard output, whoever reads it.
    pub fn document(&self, text: impl Display) {
        self.sink.put(Line { stream: Stream::Out, text: text.to_string() });
    }

    /// Tells a machine, if one listens.
    pub fn event(&self, event: impl FnOnce() -> Event) {
        if self.format == MessageFormat::Json {
            let text = serde_json::to_string(&event()).unwrap_or_default();
            self.sink.put(Line { stream: Stream::Out, text });
        }
    }

    /// One shell for each of `count` pieces of work that run side by side. What they say comes out in
    /// their order, whichever is faster: the first speaks at once, each other one when those before it
    /// are dropped.
    #[must_use]
    pub fn turns(&self, count: usize) -> Vec<Self> {
        let sinks = turns::turns(&self.sink, count);
        sinks.into_iter().map(|sink| Self { sink, ..self.clone() }).collect()
    }

    /// A shell for work that nobody waits for yet: what it says is kept until somebody does.
    #[must_use]
    pub fn unheard(&self) -> Self {
        Self { sink: Sink::Unheard(Arc::default()), ..self.clone() }
    }

    /// Has `other` say what this unheard shell says, and what it has kept, while `work` is done.
    pub fn heard_by<T>(&self, other: &Self, work: impl FnOnce() -> T) -> T {
        let Sink::Unheard(unheard) = &self.sink else { return work() };
        unheard.listen(Some(other.sink.clone()));
        let done = work();
        unheard.listen(None);
        done
    }

    /// Starts showing how far a long piece of work has come: in a bar on a terminal, by a plain line
    /// elsewhere. `bytes` is 0 when not known.
    #[must_use]
    pub fn progress(&self, verb: &'static str, what: impl Into<String>, bytes: u64) -> Progress {
        let what = what.into();
        if !self.screen.has_bars() {
            self.status(verb, &what);
        }
        self.bar(verb, what, bytes, 1)
    }

    /// The same without a plain line, for work that has status lines anyway; `items` are its parts.
    #[must_use]
    pub fn bar(
        &self,
        verb: &'static str,
        what: impl Into<String>,
        bytes: u64,
        items: usize,
    ) -> Progress {
        let activity = Activity::new(verb, what.into(), bytes, items);
        Progress { id: self.screen.begin(activity), screen: Arc::clone(&self.screen) }
    }

    fn say(&self, text: String) {
        self.sink.put(Line { stream: Stream::Err, text });
    }
}

/// A piece of work under way. It vanishes from its bar when this is dropped.
#[derive(Debug)]
pub struct Progress {
    screen: Arc<Screen>,
    id: u64,
}

impl Progress {
    /// It has that many parts, in place of one.
    #[must_use]
    pub fn of(self, items: usize) -> Self {
        self.screen.change(self.id, |activity| activity.items = items);
        self
    }

    /// That many more bytes are done.
    pub fn advance(&self, bytes: u64) {
        self.screen.change(self.id, |activity| activity.bytes_done += bytes);
    }

    /// One more part is done.
    pub fn item_done(&self) {
        self.screen.change(self.id, |activity| activity.items_done += 1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.screen.end(self.id);
    }
}

/// How long something took, as cargo writes it.
fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{}m {:02}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}.{:02}s", time.subsec_millis() / 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_cargo_writes_them() {
        for (millis, shown) in
            [(0, "0.00s"), (3219, "3.21s"), (59_999, "59.99s"), (65_000, "1m 05s")]
        {
            assert_eq!(elapsed(Duration::from_millis(millis)), shown);
        }
    }
}
