//! What makes a type of a list of ids. It takes none without its cause and a way out.

macro_rules! error_ids {
    ($(
        $(#[doc = $cause:literal])+
        $variant:ident = $id:literal, way_out { $(#[doc = $way_out:literal])+ }
    )+) => {
        /// The stable name of a kind of failure, such as `resolve::drift`: what scripts match on and
        /// what `docs/errors.md` explains.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorId { $($(#[doc = $cause])+ $variant,)+ }

        impl ErrorId {
            /// Every id, in the order of the steps that raise them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The id as it is printed and documented.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            fn lines(self) -> (&'static [&'static str], &'static [&'static str]) {
                match self { $(Self::$variant => (&[$($cause),+], &[$($way_out),+]),)+ }
            }
        }
    };
}
pub(super) use error_ids;
