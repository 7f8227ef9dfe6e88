//! The addresses of servers, each asked for once in a run: a hundred small files from one mirror would
//! otherwise mean a hundred questions to the name server, some of which get lost and cost seconds.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Remembers what the system's resolver said.
#[derive(Debug, Default)]
pub(super) struct Remembering<R = DefaultResolver> {
    system: R,
    known: Mutex<BTreeMap<String, Vec<SocketAddr>>>,
}

impl<R: Resolver> Resolver for Remembering<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let server = format!("{:?} {:?}", uri.scheme(), uri.authority());
        // Held while the first one asks: the others want to know the same.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(addresses) = known.get(&server) {
            let mut found = self.empty();
            for address in addresses {
                found.push(*address);
            }
            return Ok(found);
        }
        let found = self.system.resolve(uri, config, timeout)?;
        known.insert(server, found.to_vec());
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Knows one server, and counts.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl Resolver for Counting {
        fn resolve(
            &self,
            uri: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            self.0.fetch_add(1, Ordering::Relaxed);
            if uri.host() != Some("known.example") {
                return Err(ureq::Error::HostNotFound);
            }
            let mut found = self.empty();
            found.push(SocketAddr::from(([127, 0, 0, 1], uri.port_u16().unwrap_or(80))));
            Ok(found)
        }
    }

    #[test]
    fn a_server_is_asked_for_once_and_a_failure_is_not_remembered() {
        let names = Remembering::<Counting>::default();
        let config = Config::default();
        let ask = |uri: &'static str| {
            let timeout = NextTimeout::default();
            names.resolve(&Uri::from_static(uri), &config, timeout).map(|found| found.to_vec())
        };
        for (uri, port, asked) in [
            ("http://known.example/a", 80, 1),
            ("http://known.example/b", 80, 1),
            ("http://known.example:81/a", 81, 2),
        ] {
            assert_eq!(ask(uri).unwrap(), [SocketAddr::from(([127, 0, 0, 1], port))], "{uri}");
            assert_eq!(names.system.0.load(Ordering::Relaxed), asked, "{uri}");
        }
        assert!(ask("http://unknown.example/").is_err());
        assert!(ask("http://unknown.example/").is_err());
        assert_eq!(names.system.0.load(Ordering::Relaxed), 4);
    }
}
