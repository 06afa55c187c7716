//! What the private PostgreSQL must survive. Each test has a folder and processes of its own.
//!
//! Where a second process is needed, it is this test binary again ([`holder`]), not the program: a holder starts the
//! server and nothing else, so that ten at a time cost what ten servers cost; it can be told to do without `fsync` or the
//! machine's own PostgreSQL, which no setting of the program allows; and it says what the program keeps to itself, such as
//! the server's address. The program's own use of the server is in `cli.rs`.

mod accounts;
mod binaries;
mod crashes;
mod holder;
mod leftovers;
mod paths;
mod sharing;
