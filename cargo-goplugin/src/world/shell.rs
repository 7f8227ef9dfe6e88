//! The terminal: status lines as cargo writes them, progress bars, and events for machines.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

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

/// Something a machine may want to know. Serialized with its variant as `reason`.
#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Event<'a> {
    /// A file was made, or was found fresh.
    Artifact {
        /// The target's name.
        target: &'a str,
        /// The artifact kind: `binary`, `deb`, `tar`.
        kind: &'a str,
        /// Where the file stands.
        path: &'a str,
        /// Its SHA-256.
        sha256: String,
        /// Whether nothing had to be done.
        fresh: bool,
    },
    /// A failure.
    Error {
        /// The stable id.
        id: &'a str,
        /// The whole message, as a person would see it without colours.
        rendered: &'a str,
    },
    /// The last line.
    BuildFinished {
        /// Whether all went well.
        success: bool,
    },
}

/// Where people and machines read what happens. Status goes to standard error, data to standard output.
#[derive(Debug)]
pub struct Shell {
    verbosity: Verbosity,
    format: MessageFormat,
    bars: bool,
}

const GREEN: Style = AnsiColor::Green.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

impl Shell {
    /// A shell; colours are set for the whole process.
    #[must_use]
    pub fn new(
        verbosity: Verbosity,
        color: ColorChoice,
        format: MessageFormat,
        dumb: bool,
    ) -> Self {
        match color {
            ColorChoice::Auto => anstream::ColorChoice::Auto,
            ColorChoice::Always => anstream::ColorChoice::Always,
            ColorChoice::Never => anstream::ColorChoice::Never,
        }
        .write_global();
        let bars = verbosity != Verbosity::Quiet && !dumb && std::io::stderr().is_terminal();
        Self { verbosity, format, bars }
    }

    /// `      Packaged the thing`: the verb green and right-aligned to 12 columns.
    pub fn status(&self, verb: &str, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            say(format_args!("{GREEN}{verb:>12}{GREEN:#} {message}"));
        }
    }

    /// A status line that only `-v` shows.
    pub fn detail(&self, verb: &str, message: impl Display) {
        if self.verbosity > Verbosity::Normal {
            say(format_args!("{CYAN}{verb:>12}{CYAN:#} {message}"));
        }
    }

    /// A further line below a status line.
    pub fn continued(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            say(format_args!("{:>12} {message}", ""));
        }
    }

    /// Something a person should look at, though the run goes on.
    pub fn warn(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            say(format_args!("{YELLOW}warning{YELLOW:#}: {message}"));
        }
    }

    /// Something worth knowing that needs no doing.
    pub fn note(&self, message: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            say(format_args!("{CYAN}note{CYAN:#}: {message}"));
        }
    }

    /// A command that is about to run.
    pub fn command(&self, line: &str) {
        self.detail("Running", format_args!("`{line}`"));
    }

    /// Text that is already rendered, such as an error's: shown whatever the verbosity.
    pub fn print_error(&self, rendered: &str) {
        say(format_args!("{rendered}"));
    }

    /// Bytes that are already just what the reader wants.
    pub fn raw(&self, stream: Stream, text: &str) {
        // A reader that went away is no failure of ours.
        let _ = match stream {
            Stream::Out => std::io::stdout().write_all(text.as_bytes()),
            Stream::Err => std::io::stderr().write_all(text.as_bytes()),
        };
    }

    /// Data a person asked for, on standard output.
    pub fn data(&self, text: impl Display) {
        // A reader that went away (`| head`) is no failure of ours.
        let _ = writeln!(anstream::stdout(), "{text}");
    }

    /// Tells a machine, if one listens.
    pub fn event(&self, event: &Event<'_>) {
        if self.format == MessageFormat::Json {
            let line = serde_json::to_string(event).unwrap_or_default();
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    }

    /// Whether a machine reads standard output.
    #[must_use]
    pub fn speaks_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Starts showing how far a long piece of work has come: a bar on a terminal, a plain line
    /// elsewhere. `total` bytes, or 0 when not known.
    #[must_use]
    pub fn progress(&self, verb: &'static str, what: impl Into<String>, total: u64) -> Progress {
        let what = what.into();
        if !self.bars {
            self.status(verb, &what);
        }
        let bar = ProgressBar::with_draw_target(
            Some(total),
            if self.bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        let layout = if total == 0 {
            "{prefix:>12.green.bold} {spinner} {wide_msg}"
        } else {
            "{prefix:>12.green.bold} [{bar:24}] {bytes}/{total_bytes} {wide_msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(layout) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(verb);
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress(bar)
    }
}

/// A piece of work under way. Its bar vanishes when this is dropped.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// That many more bytes are done.
    pub fn advance(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// What is being worked on now.
    pub fn message(&self, what: impl Into<String>) {
        self.0.set_message(what.into());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn say(line: std::fmt::Arguments<'_>) {
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(anstream::stderr(), "{line}");
}
