//! Parse the command line, start logging, run, set the exit code.

use std::process::ExitCode;

use ccin_registry::cli::Cli;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    ccin_registry::cli::start_logging();
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nccin-registry: {error}");
            ExitCode::FAILURE
        }
    }
}
