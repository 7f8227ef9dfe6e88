//! Every failure a person can cause or meet, one test each: its id, its exit code, and the words that
//! tell where to look.

mod manifest;
mod mirror;
mod patches;
mod request;
mod sources;
mod store;
mod toolchain;
