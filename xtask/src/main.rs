//! The project's own chores. `cargo xtask test` is what continuous integration runs; the others are
//! for people: `tidy` alone, `bench` for the figures, `soak` for what takes too long elsewhere.

#![allow(clippy::print_stdout, reason = "what a chore finds is what it is run for")]

mod apt;
mod bench;
mod campaign;
mod check;
mod errors_page;
mod failure;
mod get;
mod ground;
mod lock;
mod messages_page;
mod oracle;
mod pages;
mod peer;
mod process;
mod quick;
mod real;
mod server;
mod tally;
mod tamper;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use campaign::Soak;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The project's own chores")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run the tests; without --quick, those on real parts too
    Test {
        /// Only what needs no root, no network and less than two minutes
        #[arg(long)]
        quick: bool,
        /// Run only the checks on real parts whose names contain this
        #[arg(long, value_name = "WORD", conflicts_with = "quick")]
        only: Option<String>,
    },
    /// Check what the compiler does not: layers, doors, lengths, ids, stray words
    Tidy,
    /// Write the pages of docs/ that are made from the code
    Docs,
    /// Print the figures as ratios
    Bench {
        /// Runs of each side
        #[arg(long, default_value_t = 11)]
        runs: usize,
        /// Only the figures whose group's name contains this
        #[arg(long, value_name = "WORD")]
        only: Option<String>,
    },
    /// Run campaigns of random choices in their large sizes
    Soak {
        /// Only this campaign
        name: Option<String>,
        /// Where the random choices start; printed, so that a run can be repeated
        #[arg(long)]
        seed: Option<u64>,
        /// How many rounds, instead of the campaign's own number
        #[arg(long)]
        count: Option<u32>,
        /// Only the round of that number
        #[arg(long, conflicts_with = "count")]
        round: Option<u32>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Test { quick: true, .. } => test::quick(),
        Chore::Test { quick: false, only } => test::full(only.as_deref()),
        Chore::Tidy => tidy::run(),
        Chore::Docs => write_docs(),
        Chore::Bench { runs, only } => bench::run(runs, only.as_deref()),
        Chore::Soak { name, seed, count, round } => {
            campaign::soak(&Soak { name, seed, count, round })
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn write_docs() -> failure::Result {
    use failure::On;
    for page in pages::ALL {
        let path = process::repository().join(page.path);
        std::fs::write(&path, (page.render)()).on(&path)?;
    }
    Ok(())
}
