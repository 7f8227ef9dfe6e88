//! What makes a type of a message with its fields, and describes it.

macro_rules! record {
    ($(#[doc = $doc:literal])+ $name:ident = $word:literal {
        $($(#[doc = $about:literal])+ $field:ident: $type:ty,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        pub struct $name { $($(#[doc = $about])+ pub $field: $type,)+ }

        impl HasShape for $name {
            fn shape() -> Shape {
                Shape::Part(Self::described())
            }
        }

        impl $name {
            fn described() -> Described {
                let fields = vec![$(Field {
                    name: stringify!($field),
                    about: concat!($($about),+).trim_ascii(),
                    shape: <$type>::shape(),
                },)+];
                Described { name: $word, about: concat!($($doc),+).trim_ascii(), fields }
            }
        }
    };
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal $fields:tt)+) => {
        $(record! { $(#[doc = $doc])+ $name = $word $fields })+

        /// Something a machine may want to know.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(tag = "reason")]
        pub enum Event {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $name($name),)+
        }

        impl Event {
            /// Every message there is, in the order of a run.
            #[must_use]
            pub fn all() -> Vec<Described> {
                vec![$($name::described(),)+]
            }
        }
    };
}

pub(super) use {events, record};
