//! Images in layout folders and in a registry.

mod credentials;
mod hostile;
mod inspect;
mod made;
mod push;
mod trouble;

use std::process::Command;

use serde_json::{Value, json};

use crate::support::World;
use crate::support::command::Outcome;
use crate::support::layout::{Layout, digest, layer};
use crate::support::registry::Registry;

/// A world with a registry in it, and a layout.
struct Yard {
    world: World,
    registry: Registry,
    layout: Layout,
    /// The image in the layout.
    image: Value,
}

const LIBZ: &str = "Package: libz\nVersion: 1.2.13\nArchitecture: amd64\n";

impl Yard {
    /// With an image of two layers, which the layout calls `1.0`.
    fn new() -> Self {
        let world = World::new();
        let mut layout = Layout::new(&world.root().join("image"));
        let layers = [
            layer(&[("./var/lib/dpkg/status.d/libz", LIBZ)]),
            layer(&[("usr/bin/app", &"program".repeat(1000))]),
        ];
        let config =
            json!({ "User": "65532:65532", "Entrypoint": ["/usr/bin/app"], "Env": ["A=b"] });
        let image = layout.image("amd64", &layers, &config);
        layout.list(&image, Some("1.0"));
        Self { world, registry: Registry::start(), layout, image }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.world.command(self.world.root(), &[&["oci"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Outcome {
        self.outcome(&mut self.command(arguments))
    }

    fn outcome(&self, command: &mut Command) -> Outcome {
        let mut outcome = self.world.outcome(&command.output().unwrap());
        let host = self.registry.host();
        outcome.stdout = outcome.stdout.replace(&host, "[HOST]");
        outcome.stderr = outcome.stderr.replace(&host, "[HOST]");
        outcome
    }

    /// A command line that pushes the layout as that name.
    fn push_command(&self, name: &str, more: &[&str]) -> Command {
        let name = format!("{}/{name}", self.registry.host());
        self.command(&[&["push", &name, "--layout", "image"], more].concat())
    }

    fn push(&self, name: &str, more: &[&str]) -> Outcome {
        self.outcome(&mut self.push_command(name, more))
    }

    /// The registry holds the layout's image, byte for byte, and the tag stands at it.
    #[track_caller]
    fn has(&self, name: &str, tag: &str) {
        let state = self.registry.state();
        let manifest = std::fs::read(self.layout.file(&self.image)).unwrap();
        assert_eq!(state.manifests[&format!("{name}@{tag}")].1, manifest);
        let read: Value = serde_json::from_slice(&manifest).unwrap();
        let layers = read["layers"].as_array().unwrap();
        for blob in layers.iter().chain([&read["config"]]) {
            let kept = &state.blobs[&format!("{name}@{}", digest(blob))];
            assert_eq!(*kept, std::fs::read(self.layout.file(blob)).unwrap());
        }
    }

    /// How many requests changed something there.
    fn changes(asked: &[String]) -> usize {
        asked.iter().filter(|asked| asked.starts_with("PUT") || asked.starts_with("POST")).count()
    }
}
