//! The gate over the real store, the real log and the real provider, with no wire in front.

#[cfg(test)]
mod asymmetric;
#[cfg(test)]
mod authority;
#[cfg(test)]
mod bounds;
#[cfg(test)]
mod crowd;
#[cfg(test)]
mod describing;
#[cfg(test)]
mod due;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod house;
#[cfg(test)]
mod labels;
#[cfg(test)]
mod last_use;
#[cfg(test)]
mod listing;
#[cfg(test)]
mod mirrors;
#[cfg(test)]
mod names;
#[cfg(test)]
mod places;
#[cfg(test)]
mod races;
#[cfg(test)]
mod records;
#[cfg(test)]
mod reencrypt;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod sealing;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod unsettled;
