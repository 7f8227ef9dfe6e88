//! What a message is made of, as data: the documentation and the JSON Schema are written from it.

/// A message or a part of one, as the documentation has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The `reason`, or the name of the part.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Its fields in their order, without the `reason`.
    pub fields: Vec<Field>,
}

/// A field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What it means.
    pub about: &'static str,
    /// What stands there.
    pub shape: Shape,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number from 0 on.
    Number,
    /// `true` or `false`.
    Flag,
    /// That, or `null`.
    Maybe(Box<Self>),
    /// An array of those.
    List(Box<Self>),
    /// An object of its own.
    Part(Described),
}

/// A type that fields can have.
pub(super) trait HasShape {
    fn shape() -> Shape;
}

impl HasShape for String {
    fn shape() -> Shape {
        Shape::Text
    }
}

impl HasShape for u64 {
    fn shape() -> Shape {
        Shape::Number
    }
}

impl HasShape for bool {
    fn shape() -> Shape {
        Shape::Flag
    }
}

impl<T: HasShape> HasShape for Option<T> {
    fn shape() -> Shape {
        Shape::Maybe(Box::new(T::shape()))
    }
}

impl<T: HasShape> HasShape for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}
