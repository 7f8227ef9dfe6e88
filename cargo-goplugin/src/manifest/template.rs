//! Texts of a manifest with places in them that are filled in by the build.

use std::str::FromStr;

use super::nearest::suggest;
use crate::vocab::{AppName, ProfileName, SetName, TargetName};

/// A text on one line, with places such as `{version}`; `{{` and `}}` stand for braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Name,
    Profile,
    Set,
    Target,
    Version,
}

const PLACES: &[(&str, Place)] = &[
    ("name", Place::Name),
    ("profile", Place::Profile),
    ("set", Place::Set),
    ("target", Place::Target),
    ("version", Place::Version),
];

/// What places are filled with. None of it holds white space or quotes.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The app's name.
    pub name: &'a AppName,
    /// Its version.
    pub version: &'a semver::Version,
    /// The set.
    pub set: &'a SetName,
    /// The target.
    pub target: &'a TargetName,
    /// The way of building.
    pub profile: &'a ProfileName,
}

impl Template {
    /// The text with every place filled in.
    #[must_use]
    pub fn fill(&self, facts: &Facts<'_>) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Place(Place::Name) => facts.name.to_string(),
            Part::Place(Place::Profile) => facts.profile.to_string(),
            Part::Place(Place::Set) => facts.set.to_string(),
            Part::Place(Place::Target) => facts.target.to_string(),
            Part::Place(Place::Version) => facts.version.to_string(),
        });
        parts.collect()
    }
}

impl FromStr for Template {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        super::flags::can_be_quoted(text)?;
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            parts.push(Part::Text(rest[..at].to_owned()));
            let from = &rest[at..];
            if let Some(behind) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
                parts.push(Part::Text(from[..1].to_owned()));
                rest = behind;
                continue;
            }
            let inner = from.strip_prefix('{').and_then(|from| from.split_once('}'));
            let Some((name, behind)) = inner else {
                return Err("a brace has no partner; `{{` and `}}` stand for braces".to_owned());
            };
            parts.push(Part::Place(place(name)?));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        Ok(Self(parts))
    }
}

fn place(name: &str) -> Result<Place, String> {
    let found = PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
    found.ok_or_else(|| {
        let hint = suggest(name, "place", PLACES.iter().map(|(known, _)| *known));
        let hint = hint.unwrap_or_default();
        format!("nothing is known as `{{{}}}`; {hint}", name.escape_debug())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> Result<String, String> {
        let (name, set) = ("server".parse().unwrap(), "full".parse().unwrap());
        let (target, profile) = ("rpi4".parse().unwrap(), "dev".parse().unwrap());
        let version = semver::Version::new(1, 2, 3);
        let facts =
            Facts { name: &name, version: &version, set: &set, target: &target, profile: &profile };
        text.parse::<Template>().map(|template| template.fill(&facts))
    }

    #[test]
    fn places_are_filled_in() {
        for (text, expected) in [
            ("", ""),
            ("plain text", "plain text"),
            ("{version}", "1.2.3"),
            ("v{version}-{set}+{target} of {name}, {profile}", "v1.2.3-full+rpi4 of server, dev"),
            ("{{version}}", "{version}"),
            ("}}{{{name}}}", "}{server}"),
            ("{{{version}", "{1.2.3"),
            ("it's \u{fc}", "it's \u{fc}"),
            ("say \"so\"", "say \"so\""),
        ] {
            assert_eq!(filled(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_in_or_written_is_refused() {
        for (text, why) in [
            ("{", "no partner"),
            ("a}", "no partner"),
            ("{version", "no partner"),
            ("{verison}", "did you mean `version`?"),
            ("{}", "places are"),
            ("it's \"so\"", "both kinds of quotes"),
            ("a\nb", "control"),
        ] {
            let said = filled(text).unwrap_err();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
