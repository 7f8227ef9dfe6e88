//! One thing changed behind the program's back, in what a build stands on: the module cache, stored packages,
//! sysroots, both compilers and the lock. Size and modification time are as before where the kind of change
//! allows it. Each must end the run before a compiler starts, with an error that names it; or be of no
//! consequence, as a removed file that is made again.

mod change;
mod pools;

use camino::Utf8PathBuf;

use super::fixture::Fixture;
use super::lane::{Lane, Ran};
use super::random::Random;
use super::rounds::Task;
use crate::failure::{Result, ensure};
use crate::ground::Ground;
use crate::real::tampering::compiled;
use change::Changed;
use pools::Pool;

/// A lane with compilers of its own, and what of it can be changed.
struct Place {
    lane: Lane,
    pools: Vec<Pool>,
    /// Where things are moved to.
    aside: Utf8PathBuf,
    rounds: u32,
}

/// After so many rounds it is shown that a place is as good as new.
const HEALED_AFTER: u32 = 50;

pub(super) fn campaign(ground: &Ground, task: &Task) -> Result {
    let mut lane = Lane::new(ground, Fixture::Gauge)?;
    lane.own_tools()?;
    let aside = lane.folder.join("aside");
    std::fs::create_dir(&aside)?;
    lane.begin()?;
    lane.heal()?;
    let place = Place { pools: pools::of(&lane)?, lane, aside, rounds: 0 };
    task.run(vec![place], |_| 0, Place::round)
}

impl Place {
    fn round(&mut self, random: &mut Random) -> Result<String> {
        self.rounds += 1;
        if self.rounds.is_multiple_of(HEALED_AFTER) {
            self.lane.begin()?;
            self.lane.heal()?;
        }
        let pool = pools::choose(&self.pools, random);
        let path = &pool.paths[random.below(pool.paths.len())];
        let change = random.pick(pool.part.changes());
        let changed = Changed::make(change, path, &self.aside, random)?;
        let ran = self.lane.run(self.lane.flagged(&["--frozen", "-v"]));
        let names = changed.names();
        drop(changed);
        let ran = ran?;
        let told = format!("{change:?} of {path} ({:?}): {ran:?}", pool.part);
        ran.no_panic()?;
        ensure(!compiled(&ran.stderr), || format!("a compiler ran: {told}"))?;
        match ran.code {
            Some(101) => named(&ran, &names, &told)?,
            Some(0) if pool.part.admits(change) => {
                self.lane.made()?.equals(self.lane.reference())?;
                return Ok(format!("{:?} made again or of no consequence", pool.part));
            }
            _ => return Err(crate::failure::Failure::new(format!("not noticed: {told}"))),
        }
        Ok(format!("{:?} noticed", pool.part))
    }
}

fn named(ran: &Ran, names: &[String], told: &str) -> Result {
    let error = ran.stderr.find("error[").map_or("", |at| &ran.stderr[at..]);
    ensure(names.iter().any(|name| error.contains(name.as_str())), || {
        format!("none of {names:?} is named: {told}")
    })
}
