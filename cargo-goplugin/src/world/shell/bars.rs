//! What a bar says: one line for each kind of work under way, as wide as the terminal allows. Pure.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The word's column, as in all status lines.
const VERB: usize = 12;
/// The widest and the narrowest bar, without its brackets.
const WIDEST: usize = 25;
const NARROWEST: usize = 5;
/// Names that would have less room than this are left out.
const NAMES: usize = 8;
const CYAN: Style = AnsiColor::BrightCyan.on_default().bold();

/// A piece of work, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) verb: &'static str,
    pub(super) what: String,
    /// All of them, or 0 when not known.
    pub(super) bytes: u64,
    pub(super) bytes_done: u64,
    pub(super) items: usize,
    pub(super) items_done: usize,
}

impl Activity {
    pub(super) fn new(verb: &'static str, what: String, bytes: u64, items: usize) -> Self {
        Self { verb, what, bytes, bytes_done: 0, items, items_done: 0 }
    }

    /// Counts what another piece of work did, all of it, as done.
    pub(super) fn take_over(&mut self, other: &Self) {
        self.bytes += other.bytes;
        self.bytes_done += other.bytes;
        self.items += other.items;
        self.items_done += other.items;
    }
}

/// One line for each kind of work, each narrower than `width`.
pub(super) fn draw(activities: &[&Activity], width: usize) -> Vec<String> {
    let mut verbs: Vec<&str> = Vec::new();
    for activity in activities {
        if !verbs.contains(&activity.verb) {
            verbs.push(activity.verb);
        }
    }
    let of = |verb: &str| -> Vec<_> {
        activities.iter().copied().filter(|one| one.verb == verb).collect()
    };
    verbs.into_iter().map(|verb| line(verb, &Total::of(&of(verb)), width)).collect()
}

/// Work of one kind, added up.
struct Total {
    bytes: (u64, u64),
    items: (usize, usize),
    names: String,
}

impl Total {
    fn of(activities: &[&Activity]) -> Self {
        let bytes: u64 = activities.iter().map(|one| one.bytes).sum();
        // A download that was begun again counts its bytes twice.
        let bytes_done: u64 = activities.iter().map(|one| one.bytes_done.min(one.bytes)).sum();
        let items = activities.iter().map(|one| one.items).sum();
        let items_done = activities.iter().map(|one| one.items_done.min(one.items)).sum();
        let names = activities.iter().map(|one| one.what.as_str()).filter(|what| !what.is_empty());
        let names = names.collect::<Vec<_>>().join(", ");
        Self { bytes: (bytes_done, bytes), items: (items_done, items), names }
    }

    /// What can be said in numbers, the shortest first.
    fn figures(&self) -> Vec<String> {
        let items = || format!("{}/{}", self.items.0, self.items.1);
        match (self.bytes.1 > 0, self.items.1 > 1) {
            (false, false) => Vec::new(),
            (false, true) => vec![items()],
            (true, false) => vec![bytes(self.bytes)],
            (true, true) => {
                vec![bytes(self.bytes), format!("{}, {}", bytes(self.bytes), items())]
            }
        }
    }

    fn filled(&self, width: usize) -> usize {
        let (done, all) = match self.bytes {
            (_, 0) => (self.items.0, self.items.1),
            (done, all) => {
                // In thousandths, so that it fits whatever the machine's words are.
                (usize::try_from(done.saturating_mul(1000) / all).unwrap_or(1000), 1000)
            }
        };
        (width * done).checked_div(all).unwrap_or(0)
    }
}

fn line(verb: &str, total: &Total, width: usize) -> String {
    // A character in the last column makes some terminals begin a new line.
    let width = width.saturating_sub(1);
    let word = cut(verb, width);
    let indent = VERB.saturating_sub(verb.width()).min(width.saturating_sub(word.width()));
    let mut line = format!("{}{CYAN}{word}{CYAN:#}", " ".repeat(indent));
    let mut room = width - indent - word.width();
    let figures = total.figures();
    let bar_of = |figures: &&String| room >= figures.width() + NARROWEST + 4;
    let mut separator = " ";
    if let Some(figures) = figures.iter().rev().find(bar_of) {
        let left = room - figures.width() - 4;
        let inner = (left / 2).clamp(NARROWEST, WIDEST);
        let text = format!(" [{}] {figures}", bar(total.filled(inner), inner));
        room -= text.width();
        line.push_str(&text);
        separator = ": ";
    } else if let Some(figures) = figures.first().filter(|figures| room > figures.width()) {
        return format!("{line} {figures}");
    }
    if !total.names.is_empty() && room >= NAMES + separator.len() {
        line.push_str(separator);
        line.push_str(&cut(&total.names, room - separator.len()));
    }
    line
}

/// `====>    `, as cargo draws it.
fn bar(filled: usize, width: usize) -> String {
    if filled >= width {
        return "=".repeat(width);
    }
    format!("{}>{}", "=".repeat(filled), " ".repeat(width - filled - 1))
}

/// `12.3/36.0 MiB`: both in the unit that the second has.
fn bytes((done, all): (u64, u64)) -> String {
    const UNITS: [&str; 4] = ["B", "KiB", "MiB", "GiB"];
    let step = (0..UNITS.len()).rev().find(|&step| all >> (10 * step) > 0).unwrap_or(0);
    // In tenths, without floating point.
    let shown = |bytes: u64| {
        let tenths = (u128::from(bytes) * 10) >> (10 * step);
        if step == 0 { format!("{bytes}") } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    format!("{}/{} {}", shown(done), shown(all), UNITS[step])
}

/// The text, or as much of it as fits with a sign that it goes on.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        kept.push(c);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(lines: &[String]) -> Vec<String> {
        lines.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    fn downloads() -> Vec<Activity> {
        let packages = Activity {
            bytes_done: 12 << 20,
            items_done: 40,
            ..Activity::new("Downloading", "packages of debian bookworm".into(), 36 << 20, 123)
        };
        vec![packages, Activity::new("Downloading", "zig 0.17.1".into(), 0, 1)]
    }

    #[test]
    fn one_kind_of_work_has_one_line() {
        let mut all = downloads();
        all.push(Activity::new("Building", String::new(), 0, 2));
        all.push(Activity::new("Building", "server for rpi4".into(), 0, 0));
        all.push(Activity::new("Resolving", "C libraries for rpi4".into(), 0, 1));
        let all: Vec<_> = all.iter().collect();
        assert_eq!(
            plain(&draw(&all, 80)),
            [
                " Downloading [======>              ] 12.0/36.0 MiB, 40/124: packages of debian…",
                "    Building [>                        ] 0/2: server for rpi4",
                "   Resolving C libraries for rpi4",
            ]
        );
        assert_eq!(
            plain(&draw(&all, 40)),
            [
                " Downloading [=>   ] 12.0/36.0 MiB",
                "    Building [>         ] 0/2: server …",
                "   Resolving C libraries for rpi4",
            ]
        );
        assert_eq!(
            plain(&draw(&all, 200))[0],
            " Downloading [========>                ] 12.0/36.0 MiB, 40/124: packages of debian bookworm, zig 0.17.1"
        );
    }

    #[test]
    fn no_line_reaches_the_last_column() {
        let mut all = downloads();
        all.push(Activity::new("Unpacking", "パッケージと長い名前の物".into(), 0, 1));
        all.push(Activity::new("Building", "a".repeat(300), 0, 7));
        let all: Vec<_> = all.iter().collect();
        for width in 0..260 {
            for line in plain(&draw(&all, width)) {
                assert!(line.width() < width.max(1), "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn a_bar_is_full_when_all_is_done_and_never_more() {
        assert_eq!(bar(0, 5), ">    ");
        assert_eq!(bar(4, 5), "====>");
        assert_eq!(bar(5, 5), "=====");
        let twice = Activity { bytes_done: 20, ..Activity::new("Downloading", "x".into(), 10, 1) };
        assert_eq!(plain(&draw(&[&twice], 60)), [" Downloading [==================] 10/10 B: x"]);
    }

    #[test]
    fn what_is_over_still_counts() {
        let mut packages = downloads().remove(0);
        packages.take_over(&Activity::new("Downloading", "zig".into(), 0, 1));
        assert_eq!((packages.items_done, packages.items), (41, 124));
    }

    #[test]
    fn sizes_share_a_unit() {
        for (done, all, shown) in [
            (0, 1, "0/1 B"),
            (1023, 1023, "1023/1023 B"),
            (512, 1024, "0.5/1.0 KiB"),
            (u64::MAX, u64::MAX, "17179869183.9/17179869183.9 GiB"),
        ] {
            assert_eq!(bytes((done, all)), shown);
        }
    }
}
