//! Compiler and linker flags: how they are read, which of two equal ones stays, and how they are printed
//! for a shell. All of it is pkgconf's own way, down to its oddities, since the order of `-l` flags
//! decides whether static libraries link.

use super::variables::collapse_slashes;

/// Flags whose repetition or order means something, so that they stay one text with what follows them.
const SPECIAL: &[&str] = &[
    "-framework",
    "-isystem",
    "-idirafter",
    "-pthread",
    "-Wa,",
    "-Wl,",
    "-Wp,",
    "-trigraphs",
    "-pedantic",
    "-ansi",
    "-std=",
    "-stdlib=",
    "-include",
    "-nostdinc",
    "-nostdlibinc",
    "-nobuiltininc",
];

/// One flag, or several that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fragment {
    /// The letter after the dash, where the flag is of that simple form.
    pub(super) letter: Option<char>,
    /// What follows the letter, or the whole text.
    pub(super) text: String,
    /// Made of several arguments: the spaces in it part them.
    merged: bool,
}

/// Whether flags are taken over as from a module that is only needed for static linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Visibility {
    Public,
    Private,
}

/// A list of flags in their order.
pub(super) type Fragments = Vec<Fragment>;

/// Reads the value of `Libs:` or `Cflags:`, its variables already replaced. An unclosed quote makes the
/// whole value unreadable, and it is ignored, as pkgconf does.
pub(super) fn parse(list: &mut Fragments, value: &str, sysroot: Option<&str>) {
    for argument in split(value).unwrap_or_default() {
        add(list, &argument, sysroot);
    }
}

fn add(list: &mut Fragments, argument: &str, sysroot: Option<&str>) {
    let mut chars = argument.chars();
    if let (Some('-'), Some(letter)) = (chars.next(), chars.next())
        && !is_special(argument)
        && !argument.starts_with("-lib:")
    {
        let text = rooted(chars.as_str(), sysroot);
        list.push(Fragment { letter: Some(letter), text, merged: false });
        return;
    }
    if argument.is_empty() {
        return;
    }
    let joins = |before: &mut Fragment| before.letter.is_none() && is_special(&before.text);
    match list.pop_if(joins) {
        Some(mut joined) => {
            joined.text = format!("{} {}", joined.text, rooted(argument, sysroot));
            joined.merged = true;
            copy(list, &joined, Visibility::Public);
        }
        None => list.push(Fragment { letter: None, text: argument.to_owned(), merged: false }),
    }
}

/// Everything that is no flag is special too.
fn is_special(text: &str) -> bool {
    !text.starts_with('-') || SPECIAL.iter().any(|special| text.starts_with(special))
}

fn rooted(text: &str, sysroot: Option<&str>) -> String {
    if !text.starts_with('/') {
        return text.to_owned();
    }
    match sysroot {
        Some(sysroot) if !text.starts_with(sysroot) => {
            collapse_slashes(&format!("{sysroot}{text}"))
        }
        _ => collapse_slashes(text),
    }
}

/// Adds a flag to a list, leaving out either an earlier equal one (a library has to follow all that use
/// it) or this one (the first folder is the one that is searched first).
pub(super) fn copy(list: &mut Fragments, fragment: &Fragment, visibility: Visibility) {
    if visibility == Visibility::Public {
        let earlier = list.iter().rposition(|f| same(f, fragment));
        if matches!(fragment.letter, Some('F' | 'I' | 'L')) {
            if earlier.is_some() {
                return;
            }
        } else if is_special(&fragment.text)
            && let Some(at) = earlier
            && may_move(list, at)
        {
            list.remove(at);
        }
    }
    list.push(fragment.clone());
}

fn same(a: &Fragment, b: &Fragment) -> bool {
    a.letter == b.letter && a.text == b.text
}

/// Whether a flag may leave its place: not where the one before may be what gives it its meaning.
fn may_move(list: &Fragments, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| list[before].letter) else { return true };
    let letter = list[at].letter;
    matches!(before, Some('l' | 'L' | 'I')) || letter.is_none() || before == letter
}

/// Splits as a shell does; `None` for an unclosed quote.
fn split(text: &str) -> Option<Vec<String>> {
    let mut arguments = Vec::new();
    let mut argument = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '\\') => argument.push(chars.next()?),
            (Some('"'), '\\') => {
                let escaped = chars.next()?;
                if !matches!(escaped, '$' | '`' | '"' | '\\') {
                    argument.push('\\');
                }
                argument.push(escaped);
            }
            (None, _) if c.is_ascii_whitespace() => arguments.push(std::mem::take(&mut argument)),
            _ => argument.push(c),
        }
    }
    arguments.push(argument);
    quote.is_none().then_some(arguments)
}

/// The flags as a shell or cgo reads them, each with a space behind it.
pub(super) fn render<'f>(fragments: impl IntoIterator<Item = &'f Fragment>) -> String {
    let mut text = String::new();
    for fragment in fragments {
        if let Some(letter) = fragment.letter {
            text.extend(['-', letter]);
        }
        for c in fragment.text.chars() {
            if needs_escape(c) && !(c == ' ' && fragment.merged) {
                text.push('\\');
            }
            text.push(c);
        }
        text.push(' ');
    }
    text
}

fn needs_escape(c: char) -> bool {
    c.is_ascii() && !c.is_ascii_alphanumeric() && !"$()+,-./:=@^_~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(value: &str, sysroot: Option<&str>) -> Fragments {
        let mut list = Fragments::new();
        parse(&mut list, value, sysroot);
        list
    }

    #[test]
    fn flags_are_read_and_printed() {
        for (value, printed) in [
            ("-I/usr/include/x -DA=1", "-I/usr/include/x -DA=1 "),
            (r#"-DNAME=\"x\" '-DA=b c'"#, r#"-DNAME=\"x\" -DA=b\ c "#),
            ("-isystem /usr/x -pthread", "-isystem /usr/x -pthread "),
            ("-Wl,--as-needed -lz", "-Wl,--as-needed -lz "),
            ("-L/a//b -l:libx.a", "-L/a/b -l:libx.a "),
            ("-I '/a b'", r"-I /a\ b "),
            ("foo.a bar.a", "foo.a bar.a "),
            ("-", "- "),
            ("-DA=$x;rm", r"-DA=$x\;rm "),
            ("-I/unclosed 'quote", ""),
            ("-DÄ=ö", "-DÄ=ö "),
        ] {
            assert_eq!(render(&flags(value, None)), printed, "{value}");
        }
    }

    #[test]
    fn the_sysroot_comes_before_paths() {
        for (value, printed) in [
            ("-I/usr/include -L/usr/lib -lz", "-I/sys/usr/include -L/sys/usr/lib -lz "),
            ("-I/sys/usr/include", "-I/sys/usr/include "),
            ("-isystem /usr/x", "-isystem /sys/usr/x "),
            ("/usr/lib/libx.a", "/usr/lib/libx.a "),
            ("-Irelative", "-Irelative "),
        ] {
            assert_eq!(render(&flags(value, Some("/sys"))), printed, "{value}");
        }
    }

    #[test]
    fn repeated_libraries_move_back_and_folders_stay_first() {
        let mut list = Fragments::new();
        for flag in flags("-L/a -lm -lz -lm -L/a -pthread -lz", None) {
            copy(&mut list, &flag, Visibility::Public);
        }
        assert_eq!(render(&list), "-L/a -lm -pthread -lz ");
    }
}
