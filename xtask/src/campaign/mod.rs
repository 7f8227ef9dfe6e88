//! Campaigns: the same question asked many times, each time with other random choices. Continuous
//! integration runs each in a small size, `cargo xtask soak` in a large one. A round's choices come from
//! the seed and its number alone, so that one round can be run again.

mod crowd;
mod disk;
mod edits;
mod environments;
mod errnos;
mod fixture;
mod kills;
mod lane;
mod made;
mod mirror;
mod random;
mod rounds;
mod start;
mod strace;
mod sweep;
mod tampering;
mod whole;
mod yard;

pub(crate) use yard::Yard;

use std::time::{SystemTime, UNIX_EPOCH};

use crate::failure::{Failure, Result};
use crate::ground::Ground;
use rounds::Task;

/// A question and how often it is asked.
pub(crate) struct Campaign {
    pub(crate) name: &'static str,
    /// Rounds in continuous integration.
    ci: u32,
    soak: u32,
    run: fn(&Ground, &Task) -> Result,
}

pub(crate) const KILLS: Campaign = Campaign { name: "kills", ci: 200, soak: 1000, run: kills::run };
pub(crate) const ERRNOS: Campaign =
    Campaign { name: "errnos", ci: 300, soak: 3000, run: errnos::run };
pub(crate) const DISK: Campaign = Campaign { name: "disk", ci: 40, soak: 400, run: disk::run };
pub(crate) const CROWD: Campaign = Campaign { name: "crowd", ci: 20, soak: 200, run: crowd::run };
pub(crate) const EDITS: Campaign = Campaign { name: "edits", ci: 100, soak: 2000, run: edits::run };
pub(crate) const ENVIRONMENTS: Campaign =
    Campaign { name: "environments", ci: 12, soak: 60, run: environments::run };
pub(crate) const TAMPERING: Campaign =
    Campaign { name: "tampering", ci: 300, soak: 10_000, run: tampering::campaign };

/// Too long for continuous integration, which has the same by chance.
const EVERY_KILL: Campaign =
    Campaign { name: "every-kill", ci: 0, soak: 2000, run: kills::in_order };
const EVERY_ERRNO: Campaign =
    Campaign { name: "every-errno", ci: 0, soak: 6000, run: errnos::in_order };

/// Every campaign.
pub(crate) const ALL: &[Campaign] =
    &[KILLS, EVERY_KILL, ERRNOS, EVERY_ERRNO, DISK, CROWD, EDITS, ENVIRONMENTS, TAMPERING];

/// What continuous integration starts from, so that it fails for a change and not for bad luck.
const CI_SEED: u64 = 20_261_121;

impl Campaign {
    /// The small size.
    pub(crate) fn check(&self, ground: &Ground) -> Result {
        (self.run)(ground, &Task::new(self.name, CI_SEED, 1, self.ci))
    }
}

/// What `cargo xtask soak` was asked for.
pub(crate) struct Soak {
    pub(crate) name: Option<String>,
    pub(crate) seed: Option<u64>,
    pub(crate) count: Option<u32>,
    pub(crate) round: Option<u32>,
}

/// The large size: of one campaign, or of all.
pub(crate) fn soak(soak: &Soak) -> Result {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    let seed = soak.seed.unwrap_or(now);
    let wanted =
        |campaign: &&Campaign| soak.name.as_deref().is_none_or(|name| name == campaign.name);
    let campaigns: Vec<_> = ALL.iter().filter(wanted).collect();
    if campaigns.is_empty() {
        let names: Vec<_> = ALL.iter().map(|campaign| campaign.name).collect();
        return Err(Failure::new(format!("no such campaign; there are {}", names.join(", "))));
    }
    let ground = Ground::prepare()?;
    let mut failures = Vec::new();
    for campaign in campaigns {
        let count = soak.count.unwrap_or(campaign.soak);
        let task = match soak.round {
            Some(round) => Task::one(campaign.name, seed, round, count),
            None => Task::new(campaign.name, seed, 1, count),
        };
        failures.extend((campaign.run)(&ground, &task).err());
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(Failure::new(failures.iter().map(|failure| format!("{failure}\n")).collect::<String>()))
}
