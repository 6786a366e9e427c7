//! The gate over the real store, the real log and the real provider, with no wire in front.

mod crowd;
mod gate;
mod house;
mod listing;
mod places;
mod records;
mod revocation;
mod sealing;
mod unsettled;
