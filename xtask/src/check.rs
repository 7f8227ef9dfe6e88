//! A check on real parts, and how it went.

use std::time::Instant;

use crate::failure::Result;
use crate::ground::Ground;
use crate::oracle::Oracle;
use crate::process::is_root;
use crate::tally::Tally;

/// Something the whole program must do, shown on real parts.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// What it needs beside Rust, Go, python3 and a network.
    pub(crate) oracles: &'static [Oracle],
    /// Whether only root can do it.
    pub(crate) root: bool,
    pub(crate) run: fn(&Ground) -> Result,
}

impl Check {
    /// Runs it, or says why not. Under `CI=true` nothing may be left out.
    pub(crate) fn report(&self, ground: &Ground) -> Tally {
        if let Some(why) = self.obstacle() {
            println!("left out {} ({why})", self.name);
            let strict = std::env::var("CI").is_ok_and(|ci| ci == "true");
            return if strict {
                Tally::of(false)
            } else {
                Tally { skipped: 1, ..Tally::default() }
            };
        }
        let start = Instant::now();
        let done = (self.run)(ground);
        let seconds = start.elapsed().as_secs_f32();
        match &done {
            Ok(()) => println!("ok {} ({seconds:.1} s)", self.name),
            Err(failure) => println!("FAILED {} ({seconds:.1} s)\n{failure}", self.name),
        }
        Tally::of(done.is_ok())
    }

    fn obstacle(&self) -> Option<String> {
        if self.root && !is_root() {
            return Some("needs root".to_owned());
        }
        let missing = self.oracles.iter().find(|oracle| !oracle.is_there())?;
        Some(format!("needs {}", missing.name()))
    }
}
