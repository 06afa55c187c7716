//! Councils in time: codes, stages, the changes by which councils follow each other, and what follows for their
//! records.

mod changes;
mod codes;
mod records;
mod sample;
mod stages;
mod stewards;
