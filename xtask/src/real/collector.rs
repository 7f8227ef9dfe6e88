//! An OpenTelemetry Collector of five components, hooked in by a template of its own.

use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::process::{command, ended, read};

const COMPONENTS: [(&str, &str); 5] = [
    ("otlp", "go.opentelemetry.io/collector/receiver/otlpreceiver v0.145.0"),
    ("batch", "go.opentelemetry.io/collector/processor/batchprocessor v0.145.0"),
    ("debug", "go.opentelemetry.io/collector/exporter/debugexporter v0.145.0"),
    ("otlp", "go.opentelemetry.io/collector/exporter/otlpexporter v0.145.0"),
    ("zpages", "go.opentelemetry.io/collector/extension/zpagesextension v0.145.0"),
];

/// It lists its components with their modules, and its generated file is as gofmt wants it.
pub(super) fn components(ground: &Ground) -> Result {
    let site = ground.site(Project::Collector);
    let said = read(&ground.goplugin(&site, &["run", "--locked", "--", "components"]))?;
    for (name, module) in COMPONENTS {
        let mut lines = said.lines().map(str::trim);
        let listed = lines.any(|line| line.strip_prefix("module: ") == Some(module));
        ensure(listed && said.contains(&format!("name: {name}")), || {
            format!("{module} is not in:\n{said}")
        })?;
    }
    let made = site.target_dir.join("goplugin/src/collector/default/plugins.go");
    let differs = read(&command("gofmt", &["-d", made.as_str()]))?;
    ensure(differs.is_empty(), || differs)
}

/// A component of a later release raises what the app itself requires: told before any compiler runs, which
/// would fail in code that nobody here wrote.
pub(super) fn drift(ground: &Ground) -> Result {
    let site = ground.copy(Project::Collector, "collector-")?;
    let manifest = site.folder.join("collector/goplugin.toml");
    let text = std::fs::read_to_string(&manifest).on(&manifest)?;
    let receiver = "receiver/otlpreceiver\", version = \"v0.145.0\"";
    ensure(text.contains(receiver), || format!("no `{receiver}` in {manifest}"))?;
    let later = text.replace(receiver, "receiver/otlpreceiver\", version = \"v0.150.0\"");
    std::fs::write(&manifest, later).on(&manifest)?;
    let build = ended(&ground.goplugin(&site, &["build"]))?;
    let row = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.starts_with(&["go.opentelemetry.io/collector/component", "v1.51.0", "v1.56.0"])
            && line.contains("plugin `otlpreceiver`")
    };
    let said = &build.stderr;
    ensure(build.code == Some(101) && said.contains("error[resolve::version-drift]"), || {
        said.clone()
    })?;
    ensure(said.lines().any(row), || format!("no row for the component module in:\n{said}"))?;
    ensure(!said.contains("Compiling"), || format!("a compiler ran:\n{said}"))
}
