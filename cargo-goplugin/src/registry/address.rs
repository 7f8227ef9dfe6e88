//! Addresses of servers, as far as it matters who is asked: which host, by which scheme. What is behind
//! that is the server's own affair, and kept as it said it.

use core::net::IpAddr;
use std::fmt;

use crate::vocab::Malformed;

/// Scheme, host and port. Only the one that a secret is meant for gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) scheme: Scheme,
    /// The host, in brackets if it is an IPv6 address, and the port unless it is the scheme's own.
    authority: String,
}

/// How is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn text(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn port(self) -> &'static str {
        match self {
            Self::Http => ":80",
            Self::Https => ":443",
        }
    }
}

impl Origin {
    /// A server, where its name can be one.
    pub(super) fn new(scheme: Scheme, authority: &str) -> Result<Self, Malformed> {
        let malformed =
            || Malformed { text: authority.to_owned(), rule: "is no host with or without a port" };
        let authority = authority.to_ascii_lowercase();
        let (host, port) = split_port(&authority);
        let is_name = |host: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
            !host.is_empty() && !host.starts_with(['-', '.']) && host.chars().all(plain)
        };
        let is_address = |host: &str| {
            let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
            inner.is_some_and(|inner| inner.parse::<core::net::Ipv6Addr>().is_ok())
        };
        if !is_name(host) && !is_address(host) {
            return Err(malformed());
        }
        if port.is_some_and(|port| !is_port(port)) {
            return Err(malformed());
        }
        let own = authority.strip_suffix(scheme.port()).map(str::to_owned);
        Ok(Self { scheme, authority: own.unwrap_or(authority) })
    }

    /// Whether it is this very machine: nothing that is sent to it is seen on a network.
    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.authority)
    }

    /// An address there. The path begins with a slash.
    pub(super) fn at(&self, path: &str) -> Address {
        Address { origin: self.clone(), path: path.to_owned() }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.text(), self.authority)
    }
}

/// Whether a host with or without a port is this very machine.
pub(super) fn is_loopback(authority: &str) -> bool {
    let host = split_port(authority).0;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_port(port: &str) -> bool {
    port.chars().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

/// Where something stands on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) origin: Origin,
    /// Path and query.
    path: String,
}

impl Address {
    /// Reads an address with its scheme.
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        let malformed =
            || Malformed { text: text.to_owned(), rule: "is no address of HTTP or HTTPS" };
        let (scheme, rest) = text.split_once("://").ok_or_else(malformed)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(malformed()),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let origin = Origin::new(scheme, &rest[..end]).map_err(|_| malformed())?;
        let path = checked(&rest[end..]).ok_or_else(malformed)?;
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { origin, path: format!("{slash}{path}") })
    }

    /// Where the `Location` that was given here leads.
    pub(super) fn join(&self, location: &str) -> Result<Self, Malformed> {
        let malformed = || Malformed {
            text: location.to_owned(),
            rule: "leads to no address of HTTP or HTTPS",
        };
        if location.starts_with("//") {
            return Self::parse(&format!("{}:{location}", self.origin.scheme.text()));
        }
        let before_path = location.find(['/', '?', '#']).unwrap_or(location.len());
        if location[..before_path].contains(':') {
            return Self::parse(location);
        }
        let location = checked(location).ok_or_else(malformed)?;
        let path = self.path.split('?').next().unwrap_or_default();
        let path = match location.chars().next() {
            Some('/') => location.to_owned(),
            Some('?') => format!("{path}{location}"),
            _ => format!("{}{location}", &path[..=path.rfind('/').unwrap_or(0)]),
        };
        Ok(Self { origin: self.origin.clone(), path })
    }

    /// The same with a further piece of its query.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        self.with_plain(name, &encoded(value))
    }

    /// The same where nothing in the value has to be encoded.
    pub(super) fn with_plain(&self, name: &str, value: &str) -> Self {
        let mark = if self.path.contains('?') { '&' } else { '?' };
        let path = format!("{}{mark}{name}={value}", self.path);
        Self { origin: self.origin.clone(), path }
    }

    /// All of it, for the server.
    pub(super) fn url(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}

impl fmt::Display for Address {
    /// For people, without the query: what a server puts there may open doors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path.split('?').next().unwrap_or_default())
    }
}

/// Path and query without the fragment, if nothing in it could break a request apart.
fn checked(path: &str) -> Option<&str> {
    let path = path.split('#').next().unwrap_or_default();
    path.chars().all(|c| c.is_ascii_graphic()).then_some(path)
}

/// Percent-encoded, for a query or a form.
pub(super) fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    value.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_lead_where_they_say() {
        let base = Address::parse("https://r.example:5000/v2/a/blobs/uploads/?x=1").unwrap();
        for (location, url) in [
            ("https://s.example/u?state=a%3D", "https://s.example/u?state=a%3D"),
            ("HTTPS://S.example:443/u", "https://s.example/u"),
            ("http://s.example", "http://s.example/"),
            ("//s.example/u", "https://s.example/u"),
            ("/v2/u?a=b", "https://r.example:5000/v2/u?a=b"),
            ("uuid?a=b#c", "https://r.example:5000/v2/a/blobs/uploads/uuid?a=b"),
            ("?a=b", "https://r.example:5000/v2/a/blobs/uploads/?a=b"),
            ("/v2/u?digest=sha256:00", "https://r.example:5000/v2/u?digest=sha256:00"),
        ] {
            assert_eq!(base.join(location).unwrap().url(), url, "{location}");
        }
        for location in [
            "ftp://s.example/",
            "javascript:alert(1)",
            "https://user:word@s.example/",
            "/a b",
            "/a\nHost: x",
            "https:///x",
            "https://s.example:99999/",
            "https://s.example:/",
            "/ü",
        ] {
            assert!(base.join(location).is_err(), "{location}");
        }
    }

    #[test]
    fn what_a_query_holds_is_not_shown() {
        let address = Address::parse("http://r.example/u").unwrap().with("digest", "sha256:0");
        assert_eq!(
            address.with("a", "b c&").url(),
            "http://r.example/u?digest=sha256%3A0&a=b%20c%26"
        );
        assert_eq!(address.to_string(), "http://r.example/u");
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        for (authority, is) in [
            ("localhost", true),
            ("LOCALHOST:5000", true),
            ("127.0.0.1:5000", true),
            ("127.8.9.1", true),
            ("[::1]:5000", true),
            ("[::1]", true),
            ("localhost.example", false),
            ("127.0.0.1.example:80", false),
            ("10.0.0.1", false),
            ("[::2]:5000", false),
        ] {
            assert_eq!(
                Origin::new(Scheme::Http, authority).unwrap().is_loopback(),
                is,
                "{authority}"
            );
        }
        for authority in ["", ":80", "a b", "user@host", "[::1", "-x", "[x]:1", "host:"] {
            assert!(Origin::new(Scheme::Http, authority).is_err(), "{authority}");
        }
    }
}
