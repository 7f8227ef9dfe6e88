//! The test projects build and test with plain Go, so that a fault can be told apart from this program's.

use crate::failure::Result;
use crate::ground::{Ground, Project};
use crate::process::{command, read};

const MODULES: &[(Project, &str)] = &[
    (Project::Hello, "hello"),
    (Project::Hello, "plugins/greet"),
    (Project::ImageServer, "api"),
    (Project::ImageServer, "image-server"),
    (Project::ImageServer, "plugins/count"),
    (Project::ImageServer, "plugins/qr"),
];

pub(super) fn builds_and_tests(ground: &Ground) -> Result {
    for (project, module) in MODULES {
        let folder = ground.site(*project).folder.join(module);
        for arguments in [["vet", "./..."], ["test", "./..."]] {
            read(&command("go", &arguments).dir(&folder).env("GOFLAGS", "").env("GOWORK", "off"))?;
        }
    }
    Ok(())
}
