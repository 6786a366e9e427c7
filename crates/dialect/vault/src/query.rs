//! The query: few parameters, each decoded once.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The first value of a parameter; one without a value is empty. What is no UTF-8 counts as not given.
pub(crate) fn value<'q>(query: Option<&'q str>, name: &str) -> Option<Cow<'q, str>> {
    let mut pairs = query?.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    let (_, value) = pairs.find(|(given, _)| *given == name)?;
    percent_decode_str(value).decode_utf8().ok()
}

/// A truth value as Go's `strconv.ParseBool` reads it; `None` where it is none.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Some(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_and_decoded() {
        let query = Some("list=true&after=a%2Fb&bare&bad=%ff");
        assert_eq!(value(query, "list").as_deref(), Some("true"));
        assert_eq!(value(query, "after").as_deref(), Some("a/b"));
        assert_eq!(value(query, "bare").as_deref(), Some(""));
        assert_eq!(value(query, "bad"), None);
        assert_eq!(value(query, "lis"), None);
        assert_eq!((truth("T"), truth("0"), truth("yes")), (Some(true), Some(false), None));
    }
}
