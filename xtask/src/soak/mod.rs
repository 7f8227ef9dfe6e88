//! What takes too long for every change: many random edits instead of a few chosen ones.

mod random;
mod tampering;

use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::Result;
use crate::ground::Ground;

pub(crate) fn run(seed: Option<u64>, count: u32) -> Result {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let seed = seed.unwrap_or(now);
    println!("seed {seed}");
    tampering::campaign(&Ground::prepare()?, random::Random::new(seed), count)
}
