//! Images by the image specification's own schemas.

use super::{OCI_WEB, web};
use crate::failure::{Failure, On, Result, ensure};
use crate::ground::Ground;
use crate::process::{command, read};

/// The module that the schemas come in.
const SPECIFICATION: &str = "github.com/opencontainers/image-spec@v1.1.1";

/// Checks every document of a layout. The schemas' own ids name places that are not asked for: they are left out, and
/// references lead from file to file.
const WALK: &str = r"
import json, os, sys
from jsonschema import Draft4Validator, RefResolver
schemas, layout = sys.argv[1:]
HERE = 'http://here/'
def load(path):
    with open(path) as file:
        return json.load(file)
def without_ids(node):
    if isinstance(node, dict):
        return {k: without_ids(v) for k, v in node.items() if k != 'id' or not isinstance(v, str)}
    return [without_ids(v) for v in node] if isinstance(node, list) else node
names = [name for name in os.listdir(schemas) if name.endswith('.json')]
store = {HERE + name: without_ids(load(os.path.join(schemas, name))) for name in names}
def check(name, document):
    schema = store[HERE + name]
    resolver = RefResolver(HERE + name, schema, store=store)
    Draft4Validator(schema, resolver=resolver).validate(document)
def blob(descriptor):
    return load(os.path.join(layout, 'blobs', *descriptor['digest'].split(':')))
def walk(document):
    if 'manifests' in document:
        check('image-index-schema.json', document)
        for one in document['manifests']:
            walk(blob(one))
        return
    check('image-manifest-schema.json', document)
    config = document['config']
    if config['mediaType'] == 'application/vnd.oci.image.config.v1+json':
        check('config-schema.json', blob(config))
        print('image')
check('image-layout-schema.json', load(os.path.join(layout, 'oci-layout')))
walk(load(os.path.join(layout, 'index.json')))
try:
    check('image-manifest-schema.json', {'schemaVersion': 2})
except Exception:
    sys.exit()
sys.exit('the schema takes anything')
";

/// The documents of an image for two platforms, down to each configuration.
pub(crate) fn accept(ground: &Ground) -> Result {
    let libraries = ground.scratch("jsonschema-")?;
    let install = ["-m", "pip", "install", "--quiet", "--target", libraries.as_str(), "jsonschema"];
    read(&command("python3", &install))?;
    let cache = ground.scratch("image-spec-")?;
    let download = command("go", &["mod", "download", "-json", SPECIFICATION])
        .dir(&cache)
        .env("GOMODCACHE", cache.join("modules"))
        .env("GOFLAGS", "-modcacherw");
    let told: serde_json::Value = serde_json::from_str(&read(&download)?).on("go mod download")?;
    let module = told["Dir"].as_str().ok_or_else(|| Failure::new(told.to_string()))?;
    let layout = web(ground)?;
    let schemas = format!("{module}/schema");
    let walk = ["-W", "ignore", "-c", WALK, &schemas, layout.as_str()];
    let seen = read(&command("python3", &walk).env("PYTHONPATH", &libraries))?;
    ensure(seen.lines().count() == OCI_WEB, || format!("of {OCI_WEB} images: {seen}"))
}
