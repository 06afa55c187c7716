//! A record says no more than anybody knows: the date of its status, who leads it, who entered it, who evaluated it.

mod context;
mod entered;
mod lead;
mod migrated;
mod status;
