//! How long to wait before something is tried again.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

/// How often something is tried before it counts as failed.
pub(super) const TRIES: u32 = 4;
/// A registry that wants to be left alone for longer than this is not waited for.
const LONGEST: Duration = Duration::from_mins(1);

/// What is done after a failure that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Waiting for as long as is usual.
    Usual,
    /// Waiting for as long as the server wants.
    For(Duration),
    /// Giving up: the server wants that long.
    TooLong(Duration),
}

impl Wait {
    /// What `Retry-After` asks for, which is a number of seconds or a time. That the server's own clock, which
    /// its `Date` tells, is the one that counts spares a look at this machine's.
    pub(super) fn asked(retry_after: Option<&str>, date: Option<&str>) -> Self {
        let Some(text) = retry_after.map(str::trim) else { return Self::Usual };
        let seconds = text.parse().ok().or_else(|| {
            let time = |text: &str| DateTimeParser::new().parse_timestamp(text).ok();
            let ahead = time(text)?.as_second() - time(date?)?.as_second();
            Some(u64::try_from(ahead).unwrap_or(0))
        });
        match seconds.map(Duration::from_secs) {
            None => Self::Usual,
            Some(wait) if wait > LONGEST => Self::TooLong(wait),
            Some(wait) => Self::For(wait),
        }
    }

    /// How long to wait after that many tries.
    pub(super) fn after(self, tries: u32) -> Duration {
        match self {
            Self::Usual => Duration::from_millis(200 << tries.min(TRIES)),
            Self::For(wait) | Self::TooLong(wait) => wait,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_it_wants_to_be_asked_again() {
        let now = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        let seconds = Duration::from_secs;
        for (retry_after, date, wait) in [
            (None, now, Wait::Usual),
            (Some("7"), now, Wait::For(seconds(7))),
            (Some(" 0 "), None, Wait::For(seconds(0))),
            (Some("60"), None, Wait::For(seconds(60))),
            (Some("3600"), None, Wait::TooLong(seconds(3600))),
            (Some("Wed, 21 Oct 2026 07:28:05 GMT"), now, Wait::For(seconds(5))),
            (Some("Wed, 21 Oct 2026 07:27:05 GMT"), now, Wait::For(seconds(0))),
            (Some("Thu, 22 Oct 2026 07:28:00 GMT"), now, Wait::TooLong(seconds(86400))),
            (Some("Wed, 21 Oct 2026 07:28:05 GMT"), None, Wait::Usual),
            (Some("soon"), now, Wait::Usual),
            (Some("-1"), now, Wait::Usual),
        ] {
            assert_eq!(Wait::asked(retry_after, date), wait, "{retry_after:?}");
        }
        let waits: Vec<_> = (1..TRIES).map(|n| Wait::Usual.after(n).as_millis()).collect();
        assert_eq!(waits, [400, 800, 1600]);
    }
}
