//! An OpenTelemetry Collector of five components, by us and by its Builder.

use camino::Utf8PathBuf;
use duct::Expression;

use super::measure::{Figure, alternate, timed};
use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project, Site};
use crate::peer::BUILDER;
use crate::process::{command, read};

/// The component that comes and goes, as our manifest has it, and as the Builder's has it.
const COMPONENT: (&str, &str) = ("zpagesextension = ", "extension/zpagesextension ");

/// What the Builder is told.
const RECIPE: &str = "dist:
  module: example.com/collector
  name: collector
  version: 1.0.0
  output_path: OUTPUT
receivers:
  - gomod: go.opentelemetry.io/collector/receiver/otlpreceiver v0.145.0
processors:
  - gomod: go.opentelemetry.io/collector/processor/batchprocessor v0.145.0
exporters:
  - gomod: go.opentelemetry.io/collector/exporter/debugexporter v0.145.0
  - gomod: go.opentelemetry.io/collector/exporter/otlpexporter v0.145.0
extensions:
  - gomod: go.opentelemetry.io/collector/extension/zpagesextension v0.145.0
providers:
  - gomod: go.opentelemetry.io/collector/confmap/provider/envprovider v1.51.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/fileprovider v1.51.0
  - gomod: go.opentelemetry.io/collector/confmap/provider/yamlprovider v1.51.0
";

/// Nothing changed, and another set of components.
pub(super) fn figures(ground: &Ground, runs: usize) -> Result<Vec<Figure>> {
    let site = ground.copy(Project::Collector, "collector-")?;
    let manifest = site.folder.join("collector/goplugin.toml");
    let mut ours = Turned::new(manifest, COMPONENT.0, None)?;
    let folder = ground.scratch("builder-")?;
    let output = folder.join("made");
    let recipe = folder.join("recipe.yaml");
    std::fs::write(&recipe, RECIPE.replace("OUTPUT", output.as_str())).on(&recipe)?;
    let config = format!("--config={recipe}");
    let mut theirs = Turned::new(recipe, COMPONENT.1, Some("extensions:"))?;
    let program = BUILDER.made(ground)?;
    let builder = command(program.as_str(), &[config])
        .dir(&folder)
        .env("GOFLAGS", "")
        .env("GOWORK", "off")
        .env("GOCACHE", folder.join("compiled"));
    let run_ours = || timed(|| read(&build(ground, &site)).map(drop));
    let run_theirs = || timed(|| read(&builder).map(drop));
    let fresh = alternate(runs, run_ours, run_theirs)?;
    let turned = alternate(
        runs.min(5),
        || {
            ours.turn()?;
            run_ours()
        },
        || {
            theirs.turn()?;
            run_theirs()
        },
    )?;
    let figure = |name, bound, (ours, theirs)| Figure { name, bound, ours, theirs };
    Ok(vec![
        figure("Collector, nothing changed / its Builder", 0.25, fresh),
        figure("Collector, another set / its Builder", 0.9, turned),
    ])
}

/// Not `--locked`: another set is another lock.
fn build(ground: &Ground, site: &Site) -> Expression {
    ground.goplugin(site, &["build"])
}

/// A file with and without some lines.
struct Turned {
    path: Utf8PathBuf,
    texts: [String; 2],
    turns: usize,
}

impl Turned {
    /// `word` is what the line holds that goes; a heading with nothing below it goes too.
    fn new(path: Utf8PathBuf, word: &str, heading: Option<&str>) -> Result<Self> {
        let with = std::fs::read_to_string(&path).on(&path)?;
        let goes = |line: &&str| line.contains(word) || heading == Some(*line);
        ensure(with.lines().any(|line| goes(&line)), || format!("no {word:?} in {path}"))?;
        let without = with.lines().filter(|line| !goes(line)).map(|line| format!("{line}\n"));
        let without = without.collect();
        Ok(Self { path, texts: [with, without], turns: 0 })
    }

    fn turn(&mut self) -> Result {
        self.turns += 1;
        std::fs::write(&self.path, &self.texts[self.turns % 2]).on(&self.path)
    }
}
