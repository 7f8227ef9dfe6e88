//! What Go writes and reads, without asking Go: sources, go.mod, go.sum, module zips and their sums,
//! the module cache, `plugins.go`, and the JSON that the `go` command prints. Pure, but for unpacking a
//! zip and filling a module cache. Resolve, fetch, compose and build all stand on it.

mod dirhash;
mod embed;
mod gomod;
mod gosum;
mod graph;
mod json;
mod listing;
mod modcache;
mod modzip;
mod offline;
mod render;
mod source;
mod template;
mod vendor;
mod version;

pub use dirhash::{go_mod_sum, hash1};
pub use embed::embedded;
pub use gomod::{Exclude, GoMod, Replace, ReplaceTarget, Require};
pub use gosum::{GoSumEntry, GoSumFile, SumClash, SumKind};
pub use graph::{GraphNode, ModGraph};
pub use json::{
    DownloadedModule, ListedModule, ListedPackage, ModuleError, PackageError, read_env, read_stream,
};
pub use listing::{GoModMode, Session, VersionQuery, downloads};
pub use modcache::ModCache;
pub use modzip::{ModuleFile, UnpackedModule, link_module, unpack_module};
pub use offline::{Folders, offline};
pub use render::{GENERATED_HEADER, appending_plugins_go, importing_plugins_go, is_generated};
pub use source::{
    Declared, Fit, FuncType, Function, GoType, ResultType, SourceFacts, TypeDeclaration, function,
    result_of, scan, type_declaration, variable,
};
pub use template::{TemplateFault, TemplatePlugin, fill_template};
pub use vendor::{Modules, vendored_packages};
pub use version::{GoVersion, local_version, next_major};
