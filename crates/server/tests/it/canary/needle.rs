//! Secret bytes in every form in which they may leak, kept masked so that looking for them leaves no trace of them.

const MASK: u8 = 0xa7;
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How the bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Raw,
    Reversed,
    HexLower,
    HexUpper,
    /// Base64 of a text in which so many bytes (modulo 3) stand before the secret.
    Base64(usize),
    /// The same in the alphabet for addresses.
    Base64Url(usize),
}

impl Form {
    pub(crate) const ALL: [Self; 10] = [
        Self::Raw,
        Self::Reversed,
        Self::HexLower,
        Self::HexUpper,
        Self::Base64(0),
        Self::Base64(1),
        Self::Base64(2),
        Self::Base64Url(0),
        Self::Base64Url(1),
        Self::Base64Url(2),
    ];
}

/// One secret in one form.
pub(crate) struct Needle {
    pub(crate) name: &'static str,
    pub(crate) form: Form,
    masked: Vec<u8>,
}

impl Needle {
    /// The secret in every form; each character is masked as soon as it is made.
    pub(crate) fn all(name: &'static str, secret: &[u8]) -> Vec<Self> {
        let of = |form| Self { name, form, masked: masked(form, secret) };
        Form::ALL.into_iter().map(of).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.masked.len()
    }

    fn first(&self) -> u8 {
        self.masked[0] ^ MASK
    }

    fn begins(&self, hay: &[u8]) -> bool {
        hay.len() >= self.len() && hay.iter().zip(&self.masked).all(|(byte, masked)| byte ^ MASK == *masked)
    }

    /// The text itself: for positive controls only.
    pub(crate) fn unmasked(&self) -> Vec<u8> {
        self.masked.iter().map(|byte| byte ^ MASK).collect()
    }
}

/// Every needle by its first character, so that one pass over the hay looks for all.
pub(crate) struct Finder<'a> {
    by_first: Vec<Vec<&'a Needle>>,
    pub(crate) longest: usize,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(needles: impl IntoIterator<Item = &'a Needle>) -> Self {
        let (mut by_first, mut longest) = (vec![Vec::new(); 256], 0);
        for needle in needles {
            longest = longest.max(needle.len());
            by_first[usize::from(needle.first())].push(needle);
        }
        Self { by_first, longest }
    }

    /// Every place in the hay where one begins.
    pub(crate) fn find(&self, hay: &[u8], mut found: impl FnMut(usize, &'a Needle)) {
        for (at, byte) in hay.iter().enumerate() {
            for needle in &self.by_first[usize::from(*byte)] {
                if needle.begins(&hay[at..]) {
                    found(at, needle);
                }
            }
        }
    }
}

fn masked(form: Form, secret: &[u8]) -> Vec<u8> {
    let hex = |digits: &'static [u8; 16]| {
        let pair =
            move |byte: &u8| [digits[usize::from(byte >> 4)] ^ MASK, digits[usize::from(byte & 15)] ^ MASK];
        secret.iter().flat_map(pair).collect()
    };
    match form {
        Form::Raw => secret.iter().map(|byte| byte ^ MASK).collect(),
        Form::Reversed => secret.iter().rev().map(|byte| byte ^ MASK).collect(),
        Form::HexLower => hex(b"0123456789abcdef"),
        Form::HexUpper => hex(b"0123456789ABCDEF"),
        Form::Base64(before) => base64(secret, before, b"+/"),
        Form::Base64Url(before) => base64(secret, before, b"-_"),
    }
}

/// The characters that the secret alone decides, whatever stands around it.
fn base64(secret: &[u8], before: usize, last: &[u8; 2]) -> Vec<u8> {
    let begin = (8 * before).div_ceil(6) * 6 - 8 * before;
    let bit = |at: usize| (secret[at / 8] >> (7 - at % 8)) & 1;
    let groups = (begin..).step_by(6).take_while(|at| at + 6 <= secret.len() * 8);
    let character = |at| {
        let six = (at..at + 6).fold(0, |six, at| (six << 1) | bit(at));
        (if six < 62 { BASE64[usize::from(six)] } else { last[usize::from(six - 62)] }) ^ MASK
    };
    groups.map(character).collect()
}

#[test]
fn the_forms_are_those_of_the_encoders() {
    let secret: Vec<u8> = (0..32_u8).map(|n| n.wrapping_mul(37).wrapping_add(201)).collect();
    for before in 0..3 {
        let text = [vec![0x5c; before], secret.clone(), vec![0xe3; 2]].concat();
        let whole = secret::SecretBytes::take_vec(text);
        let whole = whole.encode_base64_std(secret::Exposure::ReturnToAuthorisedCaller).unwrap();
        for needle in Needle::all("it", &secret).iter().filter(|n| n.form == Form::Base64(before)) {
            let text = String::from_utf8(needle.unmasked()).unwrap();
            assert!(text.len() > 40 && whole.as_str().contains(&text), "{text} in {}", whole.as_str());
        }
    }
    let hex = Needle::all("it", &secret).remove(2);
    assert_eq!(hex.unmasked(), hex::encode(&secret).into_bytes());
}
