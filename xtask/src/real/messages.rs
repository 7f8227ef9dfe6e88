//! What machines are told, as another program's reading of the schema has it.

use camino::Utf8Path;
use duct::Expression;

use crate::failure::{On, Result, ensure};
use crate::ground::{Ground, Project};
use crate::messages_page;
use crate::process::{command, ended, read};

/// Reads a schema and lines; fails at the first line that is not as the schema says.
const READER: &str = "
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for line in sys.stdin:
    validator.validate(json.loads(line))
";

pub(super) fn fit_their_schema(ground: &Ground) -> Result {
    let folder = ground.scratch("jsonschema-")?;
    let install = ["-m", "pip", "install", "--quiet", "--target", folder.as_str(), "jsonschema"];
    read(&command("python3", &install))?;
    let schema = ground.repository.join(messages_page::SCHEMA);
    let reader = |lines: &str| reader(&folder, &schema).stdin_bytes(lines);

    let wrong = r#"{"reason":"build-finished","success":"yes"}"#;
    ensure(run(&reader(wrong))? != Some(0), || "the reader takes anything".to_owned())?;

    for (project, arguments, reasons) in [
        (Project::ImageServer, &["package", "--locked", "--target=rpi4"][..], "verified artifact"),
        (Project::ImageServer, &["package", "--dry-run", "--target=rpi4"], "planned"),
        (
            Project::ImageServer,
            &["fetch", "--locked", "--target=rpi4", "--runtime-root"],
            "runtime-root",
        ),
        (Project::Hello, &["build", "--locked"], "resolved composed artifact"),
        (Project::Hello, &["build", "--target=none"], "error"),
        (Project::Hello, &["targets"], "target"),
    ] {
        let arguments: Vec<_> =
            arguments.iter().chain(&["--message-format=json"]).copied().collect();
        let said = ended(&ground.goplugin(&ground.site(project), &arguments))?.stdout;
        for reason in reasons.split(' ').chain(["build-finished"]) {
            let start = format!("{{\"reason\":\"{reason}\",");
            ensure(said.lines().any(|line| line.starts_with(&start)), || {
                format!("{arguments:?} says no `{reason}`:\n{said}")
            })?;
        }
        let last = said.lines().last().unwrap_or_default();
        ensure(last.contains("build-finished"), || format!("the last line is {last:?}"))?;
        let code = run(&reader(&said))?;
        ensure(code == Some(0), || {
            format!("{arguments:?} says what the schema does not:\n{said}")
        })?;
    }
    Ok(())
}

fn reader(folder: &Utf8Path, schema: &Utf8Path) -> Expression {
    command("python3", &["-c", READER, schema.as_str()]).env("PYTHONPATH", folder)
}

fn run(expression: &Expression) -> Result<Option<i32>> {
    let output = expression.stdout_capture().stderr_capture().unchecked().run().on("python3")?;
    Ok(output.status.code())
}
