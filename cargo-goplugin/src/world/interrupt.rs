//! What ends this program from outside. On SIGINT, SIGTERM and SIGHUP the child processes are ended, what
//! is staged is removed, one line is said, and then the signal takes its course, so that whoever
//! started this program sees which signal it was. Other threads are not asked: the doors that would
//! show them what is going on (child processes, the end of the run) keep them waiting until all is over.

use std::io;
use std::os::unix::process::CommandExt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use duct::Expression;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};

use super::area;

/// How long children may take to put their own things in order, such as git its lock files.
const GRACE: Duration = Duration::from_secs(2);

static STATE: Mutex<State> = Mutex::new(State { phase: Phase::Unwatched, children: Vec::new() });

struct State {
    phase: Phase,
    /// Each leads a process group, which has its own children in it.
    children: Vec<Pid>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Signals have their usual effect.
    Unwatched,
    /// Signals are waited for.
    Watched,
    /// A signal came.
    Ending,
    /// The run has its result.
    Finished,
}

/// Watches for signals from now on; `farewell` is called once everything is put in order. A signal that
/// whoever started this program had switched off, as `nohup` does, stays off.
pub fn watch(farewell: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let is_ignored = ignored();
    let wanted: Vec<i32> = [SIGINT, SIGTERM, SIGHUP, SIGTSTP]
        .into_iter()
        .filter(|signal| is_ignored & (1 << (signal - 1)) == 0)
        .collect();
    let again = Arc::new(AtomicBool::new(false));
    for &signal in wanted.iter().filter(|signal| **signal != SIGTSTP) {
        // A second signal does not wait for the first one's tidying up.
        flag::register_conditional_default(signal, Arc::clone(&again))?;
        flag::register(signal, Arc::clone(&again))?;
    }
    let mut signals = Signals::new(wanted)?;
    state().phase = Phase::Watched;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if signal == SIGTSTP {
                stop();
            } else if begin_to_end() {
                tidy();
                farewell();
                end(signal)
            }
        }
    })?;
    Ok(())
}

/// The run has its result: from now on signals change nothing. Never returns once one has come.
pub fn finish() {
    enter().phase = Phase::Finished;
}

/// Whether signals are watched for.
pub(super) fn is_watched() -> bool {
    state().phase != Phase::Unwatched
}

/// Whether a signal came that ends the run.
pub(super) fn is_ending() -> bool {
    state().phase == Phase::Ending
}

/// Returns unless a signal came that ends the run; then the calling thread waits for that.
pub(super) fn wait_for_end() {
    drop(enter());
}

/// Runs a child process to its end, in a process group of its own where signals are watched for: a
/// signal to this program's group would reach the child, but not always its children.
pub(super) fn run(expression: &Expression) -> io::Result<std::process::Output> {
    let (handle, group) = {
        // Held while it starts: no child comes into being unseen by the end.
        let mut state = enter();
        let expression = match state.phase {
            Phase::Unwatched => expression.clone(),
            Phase::Watched | Phase::Ending | Phase::Finished => expression.before_spawn(|child| {
                child.process_group(0);
                Ok(())
            }),
        };
        let handle = expression.start()?;
        let pid = handle.pids().first().and_then(|pid| i32::try_from(*pid).ok());
        let group = pid.and_then(Pid::from_raw).filter(|_| state.phase == Phase::Watched);
        state.children.extend(group);
        (handle, group)
    };
    let output = handle.into_output();
    // A child that was ended by the interruption has not failed: nobody is to hear of it.
    let mut state = enter();
    if let Some(group) = group {
        state.children.retain(|child| *child != group);
    }
    output
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The state, unless the end has begun: then the calling thread waits for it.
fn enter() -> MutexGuard<'static, State> {
    loop {
        let state = state();
        if state.phase != Phase::Ending {
            return state;
        }
        drop(state);
        std::thread::park();
    }
}

fn begin_to_end() -> bool {
    let mut state = state();
    let begins = state.phase == Phase::Watched;
    if begins {
        state.phase = Phase::Ending;
    }
    begins
}

fn tidy() {
    let children = state().children.clone();
    for &group in &children {
        let _ = kill_process_group(group, Signal::TERM);
        // One that is stopped would not notice.
        let _ = kill_process_group(group, Signal::CONT);
    }
    let deadline = Instant::now() + GRACE;
    while children.iter().any(|group| is_at_work(*group)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    for &group in &children {
        let _ = kill_process_group(group, Signal::KILL);
    }
    area::remove_own();
}

/// Whether a process group has members that have not ended. Those that have, and that nobody asked about
/// yet, belong to it still: grandchildren, where the machine's first process is slow to ask.
fn is_at_work(group: Pid) -> bool {
    if test_kill_process_group(group).is_err() {
        return false;
    }
    let Ok(processes) = std::fs::read_dir("/proc") else { return true };
    processes.flatten().any(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        // `PID (NAME) STATE PARENT GROUP …`, where a name may hold anything.
        let mut words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let state = words.next();
        let is_member = words.nth(1).and_then(|word| word.parse().ok()) == Some(group.as_raw_pid());
        is_member && state != Some("Z")
    })
}

/// Ends this program by the signal itself: shells go by that. Nothing but an exit ends a container's first
/// process, which has no default actions.
#[expect(clippy::exit, reason = "the other threads are not to come to an end of their own")]
fn end(signal: i32) -> ! {
    if std::process::id() != 1 {
        let _ = low_level::emulate_default_handler(signal);
    }
    std::process::exit(128 + signal);
}

/// Ctrl-Z: the children, which the terminal does not know of, stop and go on together with this program.
fn stop() {
    let children = state().children.clone();
    let tell = |signal| {
        for &group in &children {
            let _ = kill_process_group(group, signal);
        }
    };
    tell(Signal::STOP);
    let _ = low_level::emulate_default_handler(SIGTSTP);
    tell(Signal::CONT);
}

/// The signals that are switched off, a bit for each, as the kernel tells them.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
