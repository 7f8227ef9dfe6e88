//! Names that people choose or that repositories use.

use super::text_newtype;

macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident: $check:path,)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);
        impl $name {
            fn check(text: &str) -> Result<(), &'static str> {
                $check(text)
            }
        }
        text_newtype!($name);
    )+};
}

names! {
    /// An app's name: it becomes the binary's, the package's and the image's name.
    AppName: identifier,
    /// The name of one of an app's programs.
    BinName: program,
    /// A plugin's name within an app.
    PluginName: identifier,
    /// A named set of plugins: a product.
    SetName: identifier,
    /// The name of a container image for several platforms.
    ImageName: identifier,
    /// A target's name, such as `rpi4`.
    TargetName: identifier,
    /// A way of building, such as `release`.
    ProfileName: identifier,
    /// A package repository kind's name, such as `debian`.
    RepositoryName: identifier,
    /// The name under which a manifest declares a C library.
    LibraryName: package,
    /// A package's name in a package repository.
    PackageName: package,
}

/// Safe as a file name, a Debian package name and a word of a command line.
fn identifier(text: &str) -> Result<(), &'static str> {
    if !text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Err("must start with a lower-case letter or a digit");
    }
    if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("may hold only lower-case letters, digits and `-`");
    }
    if text.len() > 64 {
        return Err("is longer than 64 characters");
    }
    Ok(())
}

/// Safe as a file name, and as a word of a command line.
fn program(text: &str) -> Result<(), &'static str> {
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("must start with a letter or a digit");
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
        return Err("may hold only letters, digits, `-` and `_`");
    }
    if text.len() > 64 {
        return Err("is longer than 64 characters");
    }
    Ok(())
}

impl BinName {
    /// The name of a program that is called like the app.
    #[must_use]
    pub fn of_app(app: &AppName) -> Self {
        // Whatever an app may be called, a program may be.
        Self(app.to_string())
    }
}

/// What Debian and pacman allow, taken together.
fn package(text: &str) -> Result<(), &'static str> {
    if !text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Err("must start with a letter or a digit");
    }
    if !text.chars().all(|c| c.is_ascii_alphanumeric() || "+-._@".contains(c)) {
        return Err("may hold only letters, digits and `+-._@`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_where_they_enter() {
        for good in ["count", "image-server", "7zip"] {
            assert!(good.parse::<AppName>().is_ok(), "{good}");
        }
        for bad in ["", "-x", "Count", "a b", "a/b", "..", "ä", "a\nb", &"x".repeat(65)] {
            assert!(bad.parse::<AppName>().is_err(), "{bad:?}");
        }
        for good in ["ctl", "my_Tool-2", "7z"] {
            assert!(good.parse::<BinName>().is_ok(), "{good}");
        }
        for bad in ["", "-x", "_x", "a.b", "a b", "a/b", "..", "ä", "a\nb", &"x".repeat(65)] {
            assert!(bad.parse::<BinName>().is_err(), "{bad:?}");
        }
        for good in ["libstdc++6", "libpng16-16t64", "gtk3", "mingw-w64-clang-x86_64-cairo"] {
            assert!(good.parse::<PackageName>().is_ok(), "{good}");
        }
        for bad in ["", "-o", "../x", "a b", "lib*"] {
            assert!(bad.parse::<PackageName>().is_err(), "{bad:?}");
        }
    }
}
