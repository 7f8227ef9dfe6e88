//! The paths that code names from a given root: `crate::a::{b, c::d}` names `a::b` and `a::c::d`.

/// Every path below `root` (`crate`, `std`), without the root itself. A `super::` chain, resolved in
/// `module`, counts as one below `crate`.
pub(crate) fn below(root: &str, module: &[&str], code: &str) -> Vec<Vec<String>> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        // `a::super` is no path, and `b::std` is someone else's.
        if at > 0 && tokens[at - 1] == "::" {
            continue;
        }
        let (start, next) = match tokens[at] {
            word if word == root => (Vec::new(), at + 1),
            "super" if root == "crate" => above(module, &tokens, at),
            _ => continue,
        };
        tree(&tokens, next, start, &mut found);
    }
    found
}

/// Where a `super::super` chain that starts at `at` leads, and what follows it.
fn above(module: &[&str], tokens: &[&str], at: usize) -> (Vec<String>, usize) {
    let mut at = at + 1;
    let mut levels = 1;
    while tokens.get(at) == Some(&"::") && tokens.get(at + 1) == Some(&"super") {
        at += 2;
        levels += 1;
    }
    let kept = module.len().saturating_sub(levels);
    (module[..kept].iter().map(|part| (*part).to_owned()).collect(), at)
}

/// Reads `::name::{…}` after `at`, adds the paths it spells, and says where it ends.
fn tree(tokens: &[&str], at: usize, path: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    if tokens.get(at) != Some(&"::") {
        found.push(path);
        return at;
    }
    match tokens.get(at + 1) {
        Some(&"{") => branches(tokens, at + 2, &path, found),
        Some(word) if is_word(word) => {
            let longer = path.into_iter().chain([(*word).to_owned()]).collect();
            tree(tokens, at + 2, longer, found)
        }
        _ => {
            found.push(path);
            at + 2
        }
    }
}

fn branches(
    tokens: &[&str],
    mut at: usize,
    path: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    while let Some(token) = tokens.get(at) {
        match *token {
            "}" => return at + 1,
            "as" => at += 2,
            "self" => {
                found.push(path.to_vec());
                at += 1;
            }
            word if is_word(word) => {
                let longer = path.iter().cloned().chain([word.to_owned()]).collect();
                at = tree(tokens, at + 1, longer, found);
            }
            _ => at += 1,
        }
    }
    at
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = match word {
            0 if rest.starts_with("::") => 2,
            0 => first.len_utf8(),
            word => word,
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(root: &str, module: &[&str], code: &str) -> Vec<String> {
        below(root, module, code).into_iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn trees_are_spelled_out() {
        let code = "use crate::{error::{self, Result}, world::Shell as S, vocab::*};";
        assert_eq!(found("crate", &[], code), ["error", "error::Result", "world::Shell", "vocab"]);
        assert_eq!(
            found("std", &[], "use std::{fs, io::Write}; my::std::env();"),
            ["fs", "io::Write"]
        );
        assert_eq!(
            found("crate", &[], "$crate::vocab::Malformed::new(x)"),
            ["vocab::Malformed::new"]
        );
    }

    #[test]
    fn super_leads_upwards() {
        let module = ["artifact", "deb", "ar"];
        assert_eq!(
            found("crate", &module, "use super::super::tarball::write;"),
            ["artifact::tarball::write"]
        );
        assert_eq!(found("crate", &module, "super::f()"), ["artifact::deb::f"]);
    }
}
