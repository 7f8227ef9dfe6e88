//! What a Go file embeds.

/// The patterns of a file's `//go:embed` lines, without the `all:` that some begin with. A line that Go would
/// not take is read as far as it can be: what follows from it is more, never less.
#[must_use]
pub fn embedded(go: &str) -> Vec<String> {
    let lines = go.lines().filter_map(|line| line.trim().strip_prefix("//go:embed"));
    let lines = lines.filter(|rest| rest.starts_with([' ', '\t']));
    lines.flat_map(patterns).map(|pattern| without_all(&pattern).to_owned()).collect()
}

fn without_all(pattern: &str) -> &str {
    pattern.strip_prefix("all:").unwrap_or(pattern)
}

/// The words of a line, some of them Go strings.
fn patterns(line: &str) -> Vec<String> {
    let mut patterns = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (pattern, after) = match first {
            '"' | '`' => rest[1..].split_once(first).unwrap_or((&rest[1..], "")),
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        patterns.push(pattern.to_owned());
        rest = after.trim_start();
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::embedded;

    #[test]
    fn patterns_are_found_in_all_their_forms() {
        let go = "package x\n\n\t//go:embed a.txt  static/*.html all:templates\nvar a embed.FS\n\
                  //go:embed \"b c/d\" `e`\n//go:embedded no\n// //go:embed no\n//go:embed\n";
        let found = ["a.txt", "static/*.html", "templates", "b c/d", "e"];
        assert_eq!(embedded(go), found);
        assert_eq!(embedded("//go:embed \"open"), ["open"]);
    }
}
