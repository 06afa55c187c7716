//! Parses the command line, starts logging, runs the command and sets the exit code.

use std::process::ExitCode;

use ccin_registry::app::cli::Cli;
use ccin_registry::app::logging;
use clap::Parser;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let log = logging::start();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            log.say(&format!("\nccin-registry: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(cli.run());
    // Do not wait for remaining tasks: nothing needs them, and they may be stuck.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log.say(&format!("\nccin-registry: {error}\n"));
            ExitCode::FAILURE
        }
    }
}
