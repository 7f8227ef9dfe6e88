//! What is told of the rpi4 package and image, as other programs read it and as it really is.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use duct::Expression;
use serde_json::Value;

use super::image;
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::lock;
use crate::process::{command, read};

/// Reads a bill of materials by `CycloneDX`'s own schema, and each package URL in it as the library for these writes it.
const READ_SBOM: &str = "
import json, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
text = sys.stdin.read()
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
if error:
    sys.exit(repr(error))
for component in json.loads(text)['components']:
    purl = component.get('purl')
    if purl and PackageURL.from_string(purl).to_string() != purl:
        sys.exit(purl)
";

/// Reads a statement and its predicate by in-toto's own definitions, which refuse fields that they do not have.
const READ_PROVENANCE: &str = "
import sys
from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
statement = json_format.Parse(sys.stdin.read(), statement_pb2.Statement())
Statement.copy_from_pb(statement).validate()
predicate = json_format.MessageToDict(statement.predicate)
json_format.ParseDict(predicate, provenance_pb2.Provenance())
";

/// The libraries that read.
struct Readers {
    folder: Utf8PathBuf,
}

impl Readers {
    fn install(ground: &Ground) -> Result<Self> {
        let folder = ground.scratch("attest-")?;
        let libraries = ["cyclonedx-python-lib[json-validation]", "in-toto-attestation"];
        let install = ["-m", "pip", "install", "--quiet", "--target", folder.as_str()];
        read(&command("python3", &[&install[..], &libraries].concat()))?;
        Ok(Self { folder })
    }

    fn sbom(&self, artifact: &Utf8Path) -> Result<Value> {
        let wrong = ("\"purl\": \"pkg:", "\"purl\": \"pack:");
        read_by(&self.folder, READ_SBOM, artifact, "cdx.json", wrong)
    }

    fn provenance(&self, artifact: &Utf8Path) -> Result<Value> {
        let wrong = ("\"buildType\"", "\"buildKind\"");
        read_by(&self.folder, READ_PROVENANCE, artifact, "provenance.json", wrong)
    }
}

pub(super) fn reads_and_is_true(ground: &Ground) -> Result {
    let deb = ground.package()?;
    let readers = Readers::install(ground)?;
    let (sbom, provenance) = (readers.sbom(deb)?, readers.provenance(deb)?);
    let site = ground.site(Project::ImageServer);
    let program = site.target_dir.join("goplugin/build/image-server/default/rpi4/image-server");
    equal("Go modules", &modules_told(&sbom), &modules_of(&program)?)?;
    let locked = lock::packages(&site.folder.join("goplugin.lock"))?.into_iter();
    let locked =
        locked.map(|(name, package)| format!("{name} {} {}", package.version, package.sha256));
    equal("packages", &packages_told(&sbom), &locked.collect())?;
    let unpacked = ground.scratch("unpacked-")?;
    read(&command("dpkg-deb", &["--extract", deb.as_str(), unpacked.as_str()]))?;
    equal("files", &files_told(&sbom), &files_of(&unpacked)?)?;
    is_about(&sbom, &provenance, &digest(deb)?)?;
    packages_run(&sbom)
}

/// The same of an image: every file that umoci unpacks is told of, and its manifest is what both are about.
pub(super) fn of_an_image(ground: &Ground) -> Result {
    let layout = image::of_rpi4(ground)?;
    let archive = Utf8PathBuf::from(format!("{layout}.tar"));
    let readers = Readers::install(ground)?;
    let (sbom, provenance) = (readers.sbom(&archive)?, readers.provenance(&archive)?);
    equal("files", &files_told(&sbom), &files_of(&image::unpack(ground, &layout)?)?)?;
    is_about(&sbom, &provenance, &image::digest(&layout)?)?;
    packages_run(&sbom)
}

fn is_about(sbom: &Value, provenance: &Value, digest: &str) -> Result {
    for told in [
        &sbom["metadata"]["component"]["hashes"][0]["content"],
        &provenance["subject"][0]["digest"]["sha256"],
    ] {
        ensure(*told == *digest, || format!("{told} is told of, not {digest}"))?;
    }
    Ok(())
}

/// A file beside an artifact, which the reader takes, and does not take with something in it replaced.
fn read_by(
    folder: &Utf8Path,
    reader: &str,
    artifact: &Utf8Path,
    end: &str,
    (from, to): (&str, &str),
) -> Result<Value> {
    let path = format!("{artifact}.{end}");
    let text = std::fs::read_to_string(&path).on(&path)?;
    let reader = command("python3", &["-c", reader]).env("PYTHONPATH", folder);
    let wrong = text.replace(from, to);
    ensure(wrong != text, || format!("no {from} in {path}"))?;
    ensure(run(&reader, &wrong).is_err(), || format!("the reader of {path} takes anything"))?;
    run(&reader, &text).on(&path)?;
    serde_json::from_str(&text).on(&path)
}

fn run(reader: &Expression, text: &str) -> Result {
    let reader = reader.stdin_bytes(text).stdout_null().stderr_capture().unchecked();
    let output = reader.run().on("python3")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure(output.status.success(), || said.into_owned())
}

fn equal(what: &str, told: &BTreeSet<String>, real: &BTreeSet<String>) -> Result {
    ensure(!real.is_empty() && told == real, || {
        let differing: Vec<_> = told.symmetric_difference(real).collect();
        format!(
            "{} {what} are told and {} there, differing in {differing:?}",
            told.len(),
            real.len()
        )
    })
}

fn components(sbom: &Value) -> impl Iterator<Item = &Value> {
    sbom["components"].as_array().into_iter().flatten()
}

/// The components whose package URL is of that kind.
fn of_kind<'a>(sbom: &'a Value, kind: &'static str) -> impl Iterator<Item = &'a Value> {
    let libraries = components(sbom).filter(|one| one["type"] == "library");
    libraries.filter(move |one| one["purl"].as_str().is_some_and(|purl| purl.starts_with(kind)))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The modules with versions and sums; those without a sum are in folders, and a program says nothing of their versions.
fn modules_told(sbom: &Value) -> BTreeSet<String> {
    let told = of_kind(sbom, "pkg:golang/").map(|one| {
        let (name, version) = (text(&one["name"]), text(&one["version"]));
        let mut properties = one["properties"].as_array().into_iter().flatten();
        let sum = properties.find(|property| property["name"] == "cargo-goplugin:h1");
        match (name, sum) {
            ("stdlib", _) => format!("go{version}"),
            (_, Some(sum)) => format!("{name} {version} {}", text(&sum["value"])),
            (_, None) => name.to_owned(),
        }
    });
    told.collect()
}

/// The same by `go version -m`, and the release of Go.
fn modules_of(program: &Utf8Path) -> Result<BTreeSet<String>> {
    let said = read(&command("go", &["version", "-m", program.as_str()]))?;
    let mut modules = BTreeSet::new();
    for line in said.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["dep", path, version, sum] => modules.insert(format!("{path} {version} {sum}")),
            ["dep", path, _] => modules.insert((*path).to_owned()),
            [file, release] if *file == format!("{program}:") => {
                modules.insert((*release).to_owned())
            }
            _ => false,
        };
    }
    Ok(modules)
}

fn packages_told(sbom: &Value) -> BTreeSet<String> {
    let told = of_kind(sbom, "pkg:deb/debian/").map(|one| {
        let [name, version, sha256] = [&one["name"], &one["version"], &one["hashes"][0]["content"]];
        format!("{} {} {}", text(name), text(version), text(sha256))
    });
    told.collect()
}

/// Every file with its digest, whoever owns it.
fn files_told(sbom: &Value) -> BTreeSet<String> {
    let nested =
        components(sbom).flat_map(|one| one["components"].as_array().into_iter().flatten());
    let files = nested.filter(|one| one["type"] == "file");
    files
        .map(|file| format!("{} {}", text(&file["hashes"][0]["content"]), text(&file["name"])))
        .collect()
}

/// The files in a folder, in the same form.
fn files_of(folder: &Utf8Path) -> Result<BTreeSet<String>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().flatten();
    let files = entries.filter(|entry| entry.file_type().is_file());
    let told = files.map(|entry| {
        let path = Utf8Path::from_path(entry.path()).ok_or_else(|| Failure::new("no UTF-8"))?;
        let below = path.strip_prefix(folder).on(path)?;
        Ok(format!("{} {below}", digest(path)?))
    });
    told.collect()
}

fn digest(path: &Utf8Path) -> Result<String> {
    let said = read(&command("sha256sum", &[path.as_str()]))?;
    Ok(said.split(' ').next().unwrap_or_default().to_owned())
}

/// What the program needs to run is told apart from what only compiling needs.
fn packages_run(sbom: &Value) -> Result {
    let packages = of_kind(sbom, "pkg:deb/").map(|one| (text(&one["name"]), text(&one["scope"])));
    let scopes: BTreeMap<_, _> = packages.collect();
    for (name, scope) in
        [("libcairo2", "required"), ("libpixman-1-0", "required"), ("libcairo2-dev", "excluded")]
    {
        let told = scopes.get(name);
        ensure(told == Some(&scope), || format!("{name} is {told:?}, not {scope}"))?;
    }
    Ok(())
}
