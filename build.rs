//! A folder that is added to `migrations/` is compiled in by the next build: `embed_migrations!` reads them, and cargo does
//! not know.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
