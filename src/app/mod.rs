//! The program around the registry: command line, start and stop, imports, sample.

pub mod banner;
pub mod cli;
pub mod due_letters;
pub mod first_password;
pub mod first_start;
pub mod healthcheck;
pub mod import;
pub mod logging;
pub mod quarters;
pub mod sample;
pub mod scheduled;
pub mod serve;
pub mod server;
pub mod signals;
pub mod vesting;
