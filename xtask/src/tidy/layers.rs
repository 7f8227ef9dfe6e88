//! The order of the product's modules, low to high. A module imports from lower layers only.

/// Modules on one line are siblings: they do not import each other either.
pub(crate) const LAYERS: &[&[&str]] = &[
    &["vocab", "error"],
    &["target"],
    &["world"],
    &["store"],
    &["binary", "pkgconfig"],
    &["inventory"],
    &["git", "toolchain"],
    &["golang", "nix", "registry", "repository"],
    &["attest", "closure"],
    &["manifest"],
    &["scaffold"],
    &["compose"],
    &["artifact"],
    &["plan"],
    &["lock"],
    &["resolve"],
    &["fetch"],
    &["build"],
    &["package"],
    &["ops"],
    &["cli"],
];

/// Modules that work on values alone, and so never see the world outside.
pub(crate) const PURE: &[&[&str]] = &[
    &["vocab"],
    &["error"],
    &["target"],
    &["binary"],
    &["pkgconfig"],
    &["inventory"],
    &["attest"],
    &["closure"],
    &["plan"],
    &["artifact"],
    &["build", "rounds"],
    &["compose", "diff"],
    &["golang", "source"],
    &["golang", "gomod"],
    &["golang", "gosum"],
    &["golang", "graph"],
    &["golang", "dirhash"],
    &["golang", "render"],
    &["golang", "json"],
    &["golang", "offline"],
    &["golang", "template"],
    &["manifest", "edit"],
    &["nix", "expression"],
    &["ops", "tree", "graph"],
    &["ops", "tree", "render"],
    &["ops", "oci", "inspect", "differences"],
    &["ops", "oci", "inspect", "text"],
    &["registry", "address"],
    &["registry", "challenge"],
    &["registry", "config_file"],
    &["registry", "content"],
    &["registry", "document"],
    &["registry", "reference"],
    &["registry", "secret"],
    &["resolve", "gaps"],
    &["resolve", "raised"],
    &["scaffold", "adoption"],
    &["scaffold", "names"],
    &["scaffold", "proposal"],
    &["scaffold", "template"],
    &["scaffold", "workspace"],
];

/// The layer's height; `None` for a module that no layer has.
pub(crate) fn height(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

pub(crate) fn is_pure(module: &[&str]) -> bool {
    PURE.iter().any(|pure| module.starts_with(pure))
}
