//! The type itself: bytes in the arena, read only for a reason.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::arena::{ArenaFull, Slot};
use crate::exposure::Exposure;

/// Secret bytes in the arena: locked, undumped, wiped when dropped (INV-2).
///
/// `T` is the shape in which they are read: `[u8]` or `[u8; N]`. There is no `Clone`, `Serialize`,
/// `Display` or `PartialEq`, and `Debug` prints the type's name alone.
pub struct Secret<T: ?Sized> {
    slot: Slot,
    shape: PhantomData<fn() -> Box<T>>,
}

/// A secret of any length.
pub type SecretBytes = Secret<[u8]>;

/// Two secrets cut from one: see [`SecretBytes::split_arrays`].
pub type SecretPair<const A: usize, const B: usize> = (Secret<[u8; A]>, Secret<[u8; B]>);

/// How secret bytes are read: as `[u8]` or as `[u8; N]`. Sealed.
pub trait Shape: sealed::Shape {}
impl Shape for [u8] {}
impl<const N: usize> Shape for [u8; N] {}

/// The secret does not have the length that was asked for. Its own length is not told; it is wiped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongLength {
    /// The length in bytes that was asked for.
    pub wanted: usize,
}

impl<T: Shape + ?Sized> Secret<T> {
    /// The bytes, for the reason given.
    #[must_use]
    pub fn expose(&self, why: Exposure) -> &T {
        let _ = why; // the reason is for the reader of the calling code
        T::view(self.slot.bytes())
    }

    /// Whether both hold the same bytes, in time that depends on the lengths alone.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.slot.bytes().ct_eq(other.slot.bytes()).into()
    }
}

impl<T: ?Sized> Secret<T> {
    /// Length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slot.len()
    }

    /// Whether there are no bytes at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn zeroed(len: usize) -> Result<Self, ArenaFull> {
        Ok(Self::of(Slot::zeroed(len)?))
    }

    fn of(slot: Slot) -> Self {
        Self { slot, shape: PhantomData }
    }

    fn copied(source: &[u8]) -> Result<Self, ArenaFull> {
        let mut secret = Self::zeroed(source.len())?;
        secret.slot.bytes_mut().copy_from_slice(source);
        Ok(secret)
    }
}

impl Secret<[u8]> {
    /// Copies the bytes into the arena and wipes the source.
    ///
    /// # Panics
    /// When the arena gives no memory, as a failed allocation would; see [`Secret::try_take`].
    #[must_use]
    pub fn take(source: &mut [u8]) -> Self {
        granted(Self::try_take(source))
    }

    /// As [`Secret::take`]. The source is wiped in any case.
    ///
    /// # Errors
    /// When the arena gives no memory.
    pub fn try_take(source: &mut [u8]) -> Result<Self, ArenaFull> {
        let secret = Self::copied(source);
        source.zeroize();
        secret
    }

    /// Copies the bytes into the arena and wipes the vector's whole capacity.
    ///
    /// # Panics
    /// When the arena gives no memory; see [`Secret::try_take_vec`].
    #[must_use]
    pub fn take_vec(source: Vec<u8>) -> Self {
        granted(Self::try_take_vec(source))
    }

    /// As [`Secret::take_vec`]. The source is wiped in any case.
    ///
    /// # Errors
    /// When the arena gives no memory.
    pub fn try_take_vec(mut source: Vec<u8>) -> Result<Self, ArenaFull> {
        let secret = Self::copied(&source);
        source.zeroize();
        secret
    }

    /// Makes a secret of `len` bytes in place: `fill` gets them zeroed. If it panics they are wiped.
    ///
    /// # Panics
    /// When the arena gives no memory; see [`Secret::try_build`].
    pub fn build<R>(len: usize, fill: impl FnOnce(&mut [u8]) -> R) -> (Self, R) {
        granted(Self::try_build(len, fill))
    }

    /// As [`Secret::build`].
    ///
    /// # Errors
    /// When the arena gives no memory; `fill` is then not called.
    pub fn try_build<R>(len: usize, fill: impl FnOnce(&mut [u8]) -> R) -> Result<(Self, R), ArenaFull> {
        let mut secret = Self::zeroed(len)?;
        let result = fill(secret.slot.bytes_mut());
        Ok((secret, result))
    }

    /// Shortens the secret and wipes what is cut off, as after an AEAD opened in place. A `len` beyond the
    /// end changes nothing.
    pub fn truncate(&mut self, len: usize) {
        self.slot.truncate(len);
    }

    /// Cuts a secret of exactly `A + B` bytes in two, as a derived pair of keys is.
    ///
    /// # Errors
    /// [`WrongLength`] when it is longer or shorter.
    ///
    /// # Panics
    /// When the arena gives no memory.
    pub fn split_arrays<const A: usize, const B: usize>(self) -> Result<SecretPair<A, B>, WrongLength> {
        match self.slot.bytes().split_first_chunk::<A>() {
            Some((head, tail)) if tail.len() == B => {
                Ok((granted(Secret::copied(head)), granted(Secret::copied(tail))))
            }
            _ => Err(WrongLength { wanted: A + B }),
        }
    }
}

impl<const N: usize> Secret<[u8; N]> {
    /// Copies the bytes into the arena and wipes the source.
    ///
    /// # Panics
    /// When the arena gives no memory, as a failed allocation would; see [`Secret::try_take`].
    #[must_use]
    pub fn take(source: &mut [u8; N]) -> Self {
        granted(Self::try_take(source))
    }

    /// As [`Secret::take`]. The source is wiped in any case.
    ///
    /// # Errors
    /// When the arena gives no memory.
    pub fn try_take(source: &mut [u8; N]) -> Result<Self, ArenaFull> {
        let secret = Self::copied(source);
        source.zeroize();
        secret
    }

    /// Makes a secret in place: `fill` gets the bytes zeroed. If it panics they are wiped.
    ///
    /// # Panics
    /// When the arena gives no memory; see [`Secret::try_build`].
    pub fn build<R>(fill: impl FnOnce(&mut [u8; N]) -> R) -> (Self, R) {
        granted(Self::try_build(fill))
    }

    /// As [`Secret::build`].
    ///
    /// # Errors
    /// When the arena gives no memory; `fill` is then not called.
    pub fn try_build<R>(fill: impl FnOnce(&mut [u8; N]) -> R) -> Result<(Self, R), ArenaFull> {
        let mut secret = Self::zeroed(N)?;
        let result = fill(sealed::array_mut(secret.slot.bytes_mut()));
        Ok((secret, result))
    }
}

impl<const N: usize> TryFrom<Secret<[u8]>> for Secret<[u8; N]> {
    type Error = WrongLength;

    /// The same slot under the array's shape; nothing is copied.
    fn try_from(secret: Secret<[u8]>) -> Result<Self, WrongLength> {
        if secret.len() == N { Ok(Self::of(secret.slot)) } else { Err(WrongLength { wanted: N }) }
    }
}

impl<const N: usize> From<Secret<[u8; N]>> for Secret<[u8]> {
    /// The same slot under the slice's shape; nothing is copied.
    fn from(secret: Secret<[u8; N]>) -> Self {
        Self::of(secret.slot)
    }
}

impl<T: ?Sized> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret<{}>", type_name::<T>())
    }
}

/// Dropping wipes: the slot does it.
impl<T: ?Sized> ZeroizeOnDrop for Secret<T> {}

impl fmt::Display for WrongLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a secret of {} bytes is needed", self.wanted)
    }
}

impl std::error::Error for WrongLength {}

/// What the constructors without `try_` do when the arena gives nothing: what a failed allocation does,
/// but by unwinding, so that one request ends and not the process.
#[expect(clippy::panic, reason = "the `try_` constructors are for whoever can answer the error")]
fn granted<S>(made: Result<S, ArenaFull>) -> S {
    made.unwrap_or_else(|full| panic!("no memory for a secret: {full}"))
}

mod sealed {
    //! How each shape is seen in a slot's bytes.

    pub trait Shape {
        /// The bytes in this shape.
        fn view(bytes: &[u8]) -> &Self;
    }

    impl Shape for [u8] {
        fn view(bytes: &[u8]) -> &Self {
            bytes
        }
    }

    impl<const N: usize> Shape for [u8; N] {
        fn view(bytes: &[u8]) -> &Self {
            match bytes.try_into() {
                Ok(array) => array,
                Err(_) => unreachable!("an array's slot has the array's length by construction"),
            }
        }
    }

    /// As [`Shape::view`], mutably, for building.
    pub(super) fn array_mut<const N: usize>(bytes: &mut [u8]) -> &mut [u8; N] {
        match bytes.try_into() {
            Ok(array) => array,
            Err(_) => unreachable!("an array's slot has the array's length by construction"),
        }
    }
}
