//! Arithmetic in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (the field of AES, FIPS 197 section 4.2).
//!
//! Addition is `^`. Multiplication runs the same eight steps whatever its operands, with masks in place of
//! branches and no table: nothing about them shows in time or in the cache.

use std::hint::black_box;

/// The reduction polynomial without its x^8.
const REDUCTION: u8 = 0x1b;

/// The product of two elements.
pub(super) fn mul(a: u8, b: u8) -> u8 {
    let mut product = 0;
    for bit in (0..8).rev() {
        product = (product << 1) ^ (mask(product >> 7) & REDUCTION);
        product ^= mask((b >> bit) & 1) & a;
    }
    product
}

/// The inverse of an element, `a^254`; 0 gives 0.
pub(super) fn invert(a: u8) -> u8 {
    let square = |a| mul(a, a);
    let raised = (0..6).fold(a, |power, _| mul(square(power), a)); // a^127
    square(raised)
}

/// All ones for 1 and none for 0. The optimiser is kept from turning it back into a branch.
fn mask(bit: u8) -> u8 {
    0_u8.wrapping_sub(black_box(bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The product by the definition: multiply the polynomials, then divide by the modulus.
    fn mul_by_definition(a: u8, b: u8) -> u8 {
        let wide = (0..8).filter(|bit| b >> bit & 1 == 1).fold(0, |sum, bit| sum ^ (u16::from(a) << bit));
        let reduced = (8..16)
            .rev()
            .fold(wide, |rest, bit| if rest >> bit & 1 == 1 { rest ^ (0x11b << (bit - 8)) } else { rest });
        u8::try_from(reduced).unwrap()
    }

    #[test]
    fn every_product_is_the_one_of_the_definition() {
        assert_eq!((mul(0x57, 0x83), mul(0x57, 0x13)), (0xc1, 0xfe), "FIPS 197 section 4.2");
        for a in 0..=u8::MAX {
            for b in 0..=u8::MAX {
                assert_eq!(mul(a, b), mul_by_definition(a, b), "{a:#x} {b:#x}");
            }
        }
    }

    #[test]
    fn every_element_but_zero_has_its_inverse() {
        assert_eq!(invert(0), 0);
        for a in 1..=u8::MAX {
            assert_eq!(mul(a, invert(a)), 1, "{a:#x}");
        }
    }

    /// Why fewer shares than needed say nothing: at any index, a uniform coefficient makes a uniform value.
    #[test]
    fn multiplying_by_an_index_is_one_to_one() {
        for index in 1..=u8::MAX {
            let mut values: Vec<_> = (0..=u8::MAX).map(|coefficient| mul(coefficient, index)).collect();
            values.sort_unstable();
            assert!(values.into_iter().eq(0..=u8::MAX), "{index}");
        }
    }
}
