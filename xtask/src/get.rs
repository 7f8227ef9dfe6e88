//! One GET from a server on loopback.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::failure::{Failure, On, Result, ensure};

/// The body of `http://HOST:PORT/PATH`.
pub(crate) fn get(url: &str) -> Result<Vec<u8>> {
    let (host, path) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| Failure::new(format!("{url} is no http address")))?;
    let mut stream = TcpStream::connect(host).on(url)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n").on(url)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).on(url)?;
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.ok_or_else(|| Failure::new(format!("{url} broke off")))?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    ensure(head.contains(" 200 "), || format!("{url} answered {head}"))?;
    Ok(answer.split_off(end + 4))
}

/// Whether these bytes start and end as a PNG does.
pub(crate) fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.ends_with(b"IEND\xaeB`\x82")
}
