//! Disks of many sizes that are too small, most of them: store and target folder lie on one that gets
//! full at some moment of the run. Then there is room, and the next run needs no help.

use camino::Utf8Path;

use super::fixture::Fixture;
use super::lane::{Lane, remove};
use super::random::Random;
use super::rounds::Task;
use super::start::Start;
use super::whole;
use super::yard::copy;
use crate::failure::{On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, read};

/// Room enough for everything.
const LARGE: u64 = 1 << 30;
/// What a full disk is called by this program, by Go and by the kernel.
const FULL: &[&str] = &["no space left", "bus error"];

pub(super) fn run(ground: &Ground, task: &Task) -> Result {
    let lanes = [Fixture::Hello, Fixture::Gauge].map(|fixture| Place::new(ground, fixture));
    let lanes = lanes.into_iter().collect::<Result<Vec<_>>>()?;
    task.run(lanes, |number| usize::from(number % 4 == 0), Place::round)
}

/// A lane with a folder for a disk of its own.
struct Place {
    lane: Lane,
    need: std::collections::BTreeMap<Start, u64>,
}

impl Place {
    fn new(ground: &Ground, fixture: Fixture) -> Result<Self> {
        Ok(Self { lane: Lane::new(ground, fixture)?, need: std::collections::BTreeMap::new() })
    }

    fn round(&mut self, random: &mut Random) -> Result<String> {
        let disk = Disk::mount(&self.lane.folder.join("disk"))?;
        let (store, target, temporary) =
            (self.lane.store.clone(), self.lane.target.clone(), self.lane.temporary.clone());
        copy(&store, &disk.path.join("store"))?;
        self.lane.store = disk.path.join("store");
        self.lane.target = disk.path.join("target");
        if random.percent(30) {
            self.lane.temporary = disk.path.join("temporary");
        }
        let went = self.fill(&disk, random);
        (self.lane.store, self.lane.target, self.lane.temporary) = (store, target, temporary);
        went
    }

    fn fill(&mut self, disk: &Disk, random: &mut Random) -> Result<String> {
        let lane = &mut self.lane;
        lane.begin()?;
        lane.heal()?;
        lane.begin()?;
        let start = match lane.fixture {
            Fixture::Hello => random.pick(&[Start::Turned, Start::ColdTurned]),
            Fixture::Gauge => random.pick(&[Start::NoModules, Start::NoSysroot, Start::NoPackages]),
        };
        if lane.fixture == Fixture::Gauge {
            remove(&lane.target)?;
        }
        let need = match self.need.get(&start) {
            Some(need) => *need,
            None => {
                start.set(lane, &mut Random::new(0))?;
                let used = disk.used()?;
                lane.heal()?;
                lane.begin()?;
                let need = disk.used()?.saturating_sub(used) + (4 << 20);
                self.need.insert(start, need);
                need
            }
        };
        start.set(lane, random)?;
        let before = lane.made()?;
        let share = 1 + u64::try_from(random.below(1000)).on("a share")?;
        let size = disk.used()? + need * share / 1000;
        disk.resize(size)?;
        let ran = lane.run(lane.command(&[]))?;
        let went = (|| {
            ran.no_panic()?;
            if ran.code == Some(0) {
                lane.made()?.equals(lane.reference())?;
            } else {
                ran.explains(FULL)?;
            }
            disk.resize(LARGE)?;
            whole::check(lane, start, &before)?;
            lane.heal()
        })();
        went.on(format_args!("{start:?}, {size} bytes"))?;
        Ok(if ran.code == Some(0) { "had room enough" } else { "told" }.to_owned())
    }
}

/// A file system in memory, until this is dropped.
struct Disk {
    path: camino::Utf8PathBuf,
}

impl Disk {
    fn mount(path: &Utf8Path) -> Result<Self> {
        std::fs::create_dir_all(path).on(path)?;
        let options = format!("size={LARGE},mode=755");
        read(&command("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", path.as_str()]))?;
        Ok(Self { path: path.to_owned() })
    }

    fn resize(&self, size: u64) -> Result {
        let options = format!("remount,size={size}");
        read(&command("mount", &["-o", &options, self.path.as_str()])).map(drop)
    }

    fn used(&self) -> Result<u64> {
        let said = read(&command("df", &["-B1", "--output=used", self.path.as_str()]))?;
        let number = said.split_whitespace().last().unwrap_or_default();
        ensure(!number.is_empty(), || format!("df says {said:?}"))?;
        number.parse().on("df")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // An orphan may still stand in it; then it goes when that ends.
        let _ = read(&command("umount", &["--lazy", self.path.as_str()]));
    }
}
