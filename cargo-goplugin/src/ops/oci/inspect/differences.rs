//! How one image differs from another. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Change, Config, Difference, Image, Layer, Package, Platform, Side};
use crate::vocab::sized;

/// What differs, platform by platform; nothing of a platform on which all is the same.
pub(super) fn between(image: &Image, against: &Image) -> Vec<Difference> {
    let (ours, theirs) = (by_platform(image), by_platform(against));
    let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).copied().collect();
    let each = names.into_iter().map(|name| match (ours.get(name), theirs.get(name)) {
        (Some(ours), Some(theirs)) => differences(ours, theirs),
        (ours, _) => Difference {
            platform: name.to_owned(),
            only: Some(if ours.is_some() { Side::Image } else { Side::Against }),
            ..Difference::default()
        },
    });
    each.filter(|difference| !difference.is_none()).collect()
}

fn by_platform(image: &Image) -> BTreeMap<&str, &Platform> {
    image.platforms.iter().map(|one| (one.name.as_str(), one)).collect()
}

fn differences(image: &Platform, against: &Platform) -> Difference {
    Difference {
        platform: image.name.clone(),
        only: None,
        layers: changes(&layers(&image.layers), &layers(&against.layers)),
        packages: changes(&packages(&image.packages), &packages(&against.packages)),
        config: changes(&settings(&image.config), &settings(&against.config)),
        env: changes(&image.config.env, &against.config.env),
        labels: changes(&image.config.labels, &against.config.labels),
    }
}

fn changes(image: &BTreeMap<String, String>, against: &BTreeMap<String, String>) -> Vec<Change> {
    let names: BTreeSet<_> = image.keys().chain(against.keys()).collect();
    let change = |name: &String| Change {
        name: name.clone(),
        image: image.get(name).cloned(),
        against: against.get(name).cloned(),
    };
    names.into_iter().map(change).filter(|change| change.image != change.against).collect()
}

/// Layers are the same or not: they are told apart by their digests.
fn layers(layers: &[Layer]) -> BTreeMap<String, String> {
    let shown = |layer: &Layer| match &layer.created_by {
        Some(made) => format!("{}, {made}", sized(layer.size)),
        None => sized(layer.size),
    };
    layers.iter().map(|layer| (layer.digest.clone(), shown(layer))).collect()
}

fn packages(packages: &[Package]) -> BTreeMap<String, String> {
    packages.iter().map(|package| (package.name.clone(), package.version.clone())).collect()
}

/// What is set besides variables and labels.
fn settings(config: &Config) -> BTreeMap<String, String> {
    let words = |words: &[String]| (!words.is_empty()).then(|| super::text::words(words));
    let all = [
        ("cmd", words(&config.cmd)),
        ("created", config.created.clone()),
        ("entrypoint", words(&config.entrypoint)),
        ("ports", words(&config.ports)),
        ("stop-signal", config.stop_signal.clone()),
        ("user", config.user.clone()),
        ("volumes", words(&config.volumes)),
        ("working-dir", config.working_dir.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(name: &str, version: &str, user: Option<&str>) -> Platform {
        Platform {
            name: name.to_owned(),
            config: Config { user: user.map(str::to_owned), ..Config::default() },
            packages: vec![Package {
                name: "libz".to_owned(),
                version: version.to_owned(),
                architecture: None,
            }],
            ..Platform::default()
        }
    }

    fn image(platforms: &[Platform]) -> Image {
        Image {
            name: String::new(),
            digest: String::new(),
            media_type: String::new(),
            annotations: BTreeMap::new(),
            attached: Vec::new(),
            platforms: platforms.to_vec(),
        }
    }

    #[test]
    fn only_what_differs_is_told() {
        let ours = image(&[platform("a", "1", None), platform("b", "1", Some("1"))]);
        let theirs = image(&[platform("b", "2", None), platform("c", "1", None)]);
        let change = |name: &str, image: Option<&str>, against: Option<&str>| Change {
            name: name.to_owned(),
            image: image.map(str::to_owned),
            against: against.map(str::to_owned),
        };
        let only = |platform: &str, side| Difference {
            platform: platform.to_owned(),
            only: Some(side),
            ..Difference::default()
        };
        let both = Difference {
            platform: "b".to_owned(),
            packages: vec![change("libz", Some("1"), Some("2"))],
            config: vec![change("user", Some("1"), None)],
            ..Difference::default()
        };
        let expected = [only("a", Side::Image), both, only("c", Side::Against)];
        assert_eq!(between(&ours, &theirs), expected);
        assert_eq!(between(&ours, &ours), []);
    }
}
