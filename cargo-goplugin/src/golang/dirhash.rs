//! `h1:` sums, as `golang.org/x/mod/sumdb/dirhash` defines them: the SHA-256 of a list of digests and names.

use std::fmt::Write as _;

use crate::error::{Error, ErrorId, Result};
use crate::vocab::{GoSum, Sha256};

/// The sum of a set of files; names are as in the module's zip, `module@version/path`.
pub fn hash1<'a>(files: impl IntoIterator<Item = (&'a str, Sha256)>) -> Result<GoSum> {
    let mut files: Vec<_> = files.into_iter().collect();
    files.sort_unstable();
    let mut list = String::new();
    for (name, digest) in files {
        if name.contains('\n') {
            let shown = name.escape_debug();
            return Err(Error::new(ErrorId::Archive, format!("could not sum the file `{shown}`"))
                .because("Go's sums allow no line break in a name"));
        }
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{digest}  {name}");
    }
    Ok(GoSum::from_digest(Sha256::of(list)))
}

/// The sum of a go.mod file, which go.sum lists as `VERSION/go.mod`.
#[must_use]
pub fn go_mod_sum(text: &[u8]) -> GoSum {
    GoSum::from_digest(Sha256::of(format!("{}  go.mod\n", Sha256::of(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the checksum database: the go.mod of `rsc.io/quote` v1.5.2, one line of which is enough to know it.
    #[test]
    fn a_go_mod_s_sum_is_go_s() {
        let text = "module \"rsc.io/quote\"\n\nrequire \"rsc.io/sampler\" v1.3.0\n";
        assert_eq!(
            go_mod_sum(text.as_bytes()).as_str(),
            "h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0="
        );
    }

    #[test]
    fn the_order_of_files_does_not_matter_their_names_do() {
        let (a, b) = (Sha256::of("a"), Sha256::of("b"));
        let sum = hash1([("m@v1.0.0/a", a), ("m@v1.0.0/b", b)]).unwrap();
        assert_eq!(hash1([("m@v1.0.0/b", b), ("m@v1.0.0/a", a)]).unwrap(), sum);
        assert_ne!(hash1([("m@v1.0.0/a", b), ("m@v1.0.0/b", a)]).unwrap(), sum);
        let list = format!("{a}  m@v1.0.0/a\n{b}  m@v1.0.0/b\n");
        assert_eq!(sum, GoSum::from_digest(Sha256::of(list)));
        assert!(hash1([("a\nb", a)]).is_err());
    }
}
