//! How a server says who it wants to hear from (`WWW-Authenticate`, RFC 9110, 11.6.1).

/// A way to say who one is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    /// By a token from another server, or from this one.
    Bearer {
        /// Where the token is had.
        realm: String,
        /// What the server is called there.
        service: Option<String>,
        /// What the token has to allow.
        scope: Option<String>,
    },
    /// By name and password.
    Basic,
}

/// The ways that a header offers; those of other kinds are passed over.
pub(super) fn parse(header: &str) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    let mut open: Option<(String, Vec<(String, String)>)> = None;
    for piece in pieces(header) {
        match piece {
            Piece::Scheme(name) => {
                challenges.extend(open.replace((name, Vec::new())).and_then(made));
            }
            Piece::Parameter(name, value) => {
                if let Some((_, parameters)) = &mut open {
                    parameters.push((name, value));
                }
            }
        }
    }
    challenges.extend(open.and_then(made));
    challenges
}

fn made((scheme, parameters): (String, Vec<(String, String)>)) -> Option<Challenge> {
    let get = |name: &str| {
        let found = parameters.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.clone())
    };
    match scheme.as_str() {
        "bearer" => Some(Challenge::Bearer {
            realm: get("realm")?,
            service: get("service"),
            scope: get("scope"),
        }),
        "basic" => Some(Challenge::Basic),
        _ => None,
    }
}

enum Piece {
    Scheme(String),
    Parameter(String, String),
}

fn pieces(header: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = header.trim_start_matches([' ', '\t', ',']);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !is_token(c)).unwrap_or(rest.len());
        // What is no word is passed over, so that there is always an end.
        let Some(word) = (end > 0).then(|| rest[..end].to_ascii_lowercase()) else {
            let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
            rest = &rest[next..];
            continue;
        };
        let behind = rest[end..].trim_start_matches([' ', '\t']);
        rest = match behind.strip_prefix('=') {
            Some(value) => {
                let (value, after) = value_of(value.trim_start_matches([' ', '\t']));
                pieces.push(Piece::Parameter(word, value));
                after
            }
            None => {
                pieces.push(Piece::Scheme(word));
                behind
            }
        };
        rest = rest.trim_start_matches([' ', '\t', ',']);
    }
    pieces
}

fn value_of(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bearer(realm: &str, service: Option<&str>, scope: Option<&str>) -> Challenge {
        let own = |text: Option<&str>| text.map(str::to_owned);
        Challenge::Bearer { realm: realm.to_owned(), service: own(service), scope: own(scope) }
    }

    #[test]
    fn challenges_are_read_as_servers_write_them() {
        for (header, challenges) in [
            (
                r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a:pull,push""#,
                vec![bearer(
                    "https://auth.example/token",
                    Some("r.example"),
                    Some("repository:a:pull,push"),
                )],
            ),
            (
                r#"bearer  Realm = "https://a.example/?x=1,2" "#,
                vec![bearer("https://a.example/?x=1,2", None, None)],
            ),
            (r#"Basic realm="a \"b\", c""#, vec![Challenge::Basic]),
            ("Basic", vec![Challenge::Basic]),
            ("BASIC realm=here", vec![Challenge::Basic]),
            (
                r#"Negotiate abc==, Basic realm="x", Bearer realm="https://a.example/t", service=s"#,
                vec![Challenge::Basic, bearer("https://a.example/t", Some("s"), None)],
            ),
            (r#"Bearer service="no realm""#, vec![]),
            (r#"Bearer realm="never closed"#, vec![bearer("never closed", None, None)]),
            ("", vec![]),
            ("\"\u{fc}\", ;;=", vec![]),
        ] {
            assert_eq!(parse(header), challenges, "{header}");
        }
    }
}
