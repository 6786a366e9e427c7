//! A key of ML-DSA or ML-KEM as AWS-LC's `EVP_PKEY`.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use aws_lc_sys::{
    CBB, CBB_cleanup, CBB_finish, CBB_init_fixed, CBS, EVP_DigestSign, EVP_DigestSignInit, EVP_DigestVerify,
    EVP_DigestVerifyInit, EVP_MD_CTX, EVP_MD_CTX_free, EVP_MD_CTX_new, EVP_PKEY, EVP_PKEY_CTX,
    EVP_PKEY_CTX_free, EVP_PKEY_CTX_new, EVP_PKEY_KEM, EVP_PKEY_PQDSA, EVP_PKEY_decapsulate,
    EVP_PKEY_encapsulate, EVP_PKEY_free, EVP_PKEY_id, EVP_PKEY_sign, EVP_PKEY_sign_init, EVP_PKEY_verify,
    EVP_PKEY_verify_init, EVP_marshal_public_key, EVP_parse_private_key, EVP_parse_public_key,
};

/// Bytes of a `SubjectPublicKeyInfo` around a public key of `len` bytes, of these kinds (RFC 9881 §4, RFC 9935 §4).
pub(crate) const fn spki_len(len: usize) -> usize {
    len.saturating_add(22)
}

/// A family of keys as AWS-LC numbers it.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    MlDsa,
    MlKem,
}

/// An `EVP_PKEY`, whole or its public half alone; then what needs the private one fails. It is never changed after it
/// is made.
pub(crate) struct Pkey(NonNull<EVP_PKEY>);

// SAFETY: openssl/evp.h: an `EVP_PKEY` may be used concurrently by functions that do not mutate it. Those called here
// with it do not: each works on a context of its own, and the reference count is atomic.
unsafe impl Send for Pkey {}
// SAFETY: as above.
unsafe impl Sync for Pkey {}

impl Drop for Pkey {
    fn drop(&mut self) {
        // SAFETY: this object owns one reference, and gives it up here alone. The last one wipes the key.
        unsafe { EVP_PKEY_free(self.0.as_ptr()) }
    }
}

impl Pkey {
    /// Of PKCS#8 that the caller has found well-formed to the last byte. `None` if it holds no key of that kind.
    pub(crate) fn from_pkcs8(kind: Kind, der: &[u8]) -> Option<Self> {
        let mut input = CBS { data: der.as_ptr(), len: der.len() };
        // SAFETY: `input` describes `der`, which outlives the call; what is returned is ours or null.
        let key = Self(NonNull::new(unsafe { EVP_parse_private_key(&raw mut input) })?);
        (input.len == 0 && key.is(kind)).then_some(key)
    }

    /// Of a `SubjectPublicKeyInfo`. `None` if it holds no key of that kind.
    pub(crate) fn from_spki(kind: Kind, der: &[u8]) -> Option<Self> {
        let mut input = CBS { data: der.as_ptr(), len: der.len() };
        // SAFETY: `input` describes `der`, which outlives the call; what is returned is ours or null.
        let key = Self(NonNull::new(unsafe { EVP_parse_public_key(&raw mut input) })?);
        (input.len == 0 && key.is(kind)).then_some(key)
    }

    fn is(&self, kind: Kind) -> bool {
        let wanted = match kind {
            Kind::MlDsa => EVP_PKEY_PQDSA,
            Kind::MlKem => EVP_PKEY_KEM,
        };
        // SAFETY: the key is valid.
        wanted == unsafe { EVP_PKEY_id(self.0.as_ptr()) }
    }

    /// `SubjectPublicKeyInfo` of a public key of `len` bytes.
    pub(crate) fn public_key(&self, len: usize) -> Option<Vec<u8>> {
        let mut der = vec![0; spki_len(len)];
        let mut written = 0;
        let mut out = MaybeUninit::<CBB>::zeroed();
        // SAFETY: `out` writes into `der` and not beyond it, and neither moves; a fixed builder owns nothing, so that
        // nothing is returned through the null pointer. Cleaning up is lawful in every state after `init`.
        let done = unsafe {
            let out = out.as_mut_ptr();
            let done = CBB_init_fixed(out, der.as_mut_ptr(), der.len()) == 1
                && EVP_marshal_public_key(out, self.0.as_ptr()) == 1
                && CBB_finish(out, ptr::null_mut(), &raw mut written) == 1;
            CBB_cleanup(out);
            done
        };
        der.truncate(written);
        done.then_some(der)
    }

    /// ML-DSA over a message; gives the length written.
    pub(crate) fn sign_message(&self, message: &[u8], signature: &mut [u8]) -> Option<usize> {
        let (context, mut len) = (Digesting::new()?, signature.len());
        let (none, context) = (ptr::null_mut(), context.0.as_ptr());
        // SAFETY: context and key are valid; no hash, engine or inner context is asked for; `len` says how much
        // `signature` holds, and is checked by the library.
        let done = unsafe {
            EVP_DigestSignInit(context, none, ptr::null(), ptr::null_mut(), self.0.as_ptr()) == 1
                && EVP_DigestSign(
                    context,
                    signature.as_mut_ptr(),
                    &raw mut len,
                    message.as_ptr(),
                    message.len(),
                ) == 1
        };
        done.then_some(len)
    }

    /// ML-DSA over a message.
    pub(crate) fn verify_message(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some(context) = Digesting::new() else { return false };
        let (none, context) = (ptr::null_mut(), context.0.as_ptr());
        // SAFETY: as in `sign_message`; everything else is read alone.
        unsafe {
            EVP_DigestVerifyInit(context, none, ptr::null(), ptr::null_mut(), self.0.as_ptr()) == 1
                && EVP_DigestVerify(
                    context,
                    signature.as_ptr(),
                    signature.len(),
                    message.as_ptr(),
                    message.len(),
                ) == 1
        }
    }

    /// ML-DSA over µ (FIPS 204 §6.2, from step 6 on); gives the length written.
    pub(crate) fn sign_mu(&self, mu: &[u8], signature: &mut [u8]) -> Option<usize> {
        let (context, mut len) = (Using::new(self)?, signature.len());
        let context = context.0.as_ptr();
        // SAFETY: context and key are valid; `len` says how much `signature` holds; both lengths are checked by the
        // library.
        let done = unsafe {
            EVP_PKEY_sign_init(context) == 1
                && EVP_PKEY_sign(context, signature.as_mut_ptr(), &raw mut len, mu.as_ptr(), mu.len()) == 1
        };
        done.then_some(len)
    }

    /// ML-DSA over µ.
    pub(crate) fn verify_mu(&self, mu: &[u8], signature: &[u8]) -> bool {
        let Some(context) = Using::new(self) else { return false };
        let context = context.0.as_ptr();
        // SAFETY: context and key are valid; the library checks both lengths, and reads alone.
        unsafe {
            EVP_PKEY_verify_init(context) == 1
                && EVP_PKEY_verify(context, signature.as_ptr(), signature.len(), mu.as_ptr(), mu.len()) == 1
        }
    }

    /// ML-KEM to the public half. `ciphertext` has the length of one; `true` if all of both outputs is written.
    pub(crate) fn encapsulate(&self, ciphertext: &mut [u8], secret: &mut [u8; 32]) -> bool {
        let Some(context) = Using::new(self) else { return false };
        let (mut ciphertext_len, mut secret_len) = (ciphertext.len(), secret.len());
        // SAFETY: context and key are valid; the lengths say how much either output holds, and are checked by the
        // library.
        let done = unsafe {
            EVP_PKEY_encapsulate(
                context.0.as_ptr(),
                ciphertext.as_mut_ptr(),
                &raw mut ciphertext_len,
                secret.as_mut_ptr(),
                &raw mut secret_len,
            )
        };
        done == 1 && ciphertext_len == ciphertext.len() && secret_len == secret.len()
    }

    /// ML-KEM with the private half; `true` if all of the secret is written.
    pub(crate) fn decapsulate(&self, ciphertext: &[u8], secret: &mut [u8; 32]) -> bool {
        let Some(context) = Using::new(self) else { return false };
        let mut secret_len = secret.len();
        // SAFETY: context and key are valid; `secret_len` says how much `secret` holds; the library checks both
        // lengths.
        let done = unsafe {
            EVP_PKEY_decapsulate(
                context.0.as_ptr(),
                secret.as_mut_ptr(),
                &raw mut secret_len,
                ciphertext.as_ptr(),
                ciphertext.len(),
            )
        };
        done == 1 && secret_len == secret.len()
    }
}

/// An `EVP_PKEY_CTX`: one use of a key.
struct Using(NonNull<EVP_PKEY_CTX>);

impl Using {
    fn new(key: &Pkey) -> Option<Self> {
        // SAFETY: the key is valid, and the context keeps a reference of its own; what is returned is ours or null.
        NonNull::new(unsafe { EVP_PKEY_CTX_new(key.0.as_ptr(), ptr::null_mut()) }).map(Self)
    }
}

impl Drop for Using {
    fn drop(&mut self) {
        // SAFETY: this object owns the context, and gives it up here alone.
        unsafe { EVP_PKEY_CTX_free(self.0.as_ptr()) }
    }
}

/// An `EVP_MD_CTX`: one use of a key over a message.
struct Digesting(NonNull<EVP_MD_CTX>);

impl Digesting {
    fn new() -> Option<Self> {
        // SAFETY: takes nothing; what is returned is ours or null.
        NonNull::new(unsafe { EVP_MD_CTX_new() }).map(Self)
    }
}

impl Drop for Digesting {
    fn drop(&mut self) {
        // SAFETY: this object owns the context, and gives it up here alone.
        unsafe { EVP_MD_CTX_free(self.0.as_ptr()) }
    }
}
