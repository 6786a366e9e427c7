//! The codec from outside: published signatures, another signer's vectors, refusals, and mutations.

mod mutation;
mod published;
mod refusals;
mod round_trip;
mod support;
mod vectors;
