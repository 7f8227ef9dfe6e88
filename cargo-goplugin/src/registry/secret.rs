//! What must not be seen.

use std::fmt;

/// A password or token. It shows itself to nobody: whoever needs it says so by [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one server that may have it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// The text with this secret struck out, should a server have repeated it.
    pub(super) fn struck_from(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "***") }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_to_nobody() {
        let secret = Secret::new("hunter2");
        assert_eq!(format!("{secret:?}"), "***");
        assert_eq!(secret.struck_from("no hunter2 here"), "no *** here");
        assert_eq!(Secret::new("").struck_from("as it is"), "as it is");
    }
}
