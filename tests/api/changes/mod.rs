//! What changed: pages of the feed, its order, what a reader who replays it ends with, and the Atom feeds.

mod atom;
mod bulk;
mod hidden;
mod order;
mod pages;
mod reader;
mod replay;
mod restored;
mod shown;
mod writer;
