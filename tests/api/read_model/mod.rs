//! The read model: that it says what the database says, that it needs no database to say it, and who waits for it.

mod equal;
mod positions;
mod untouched;
