//! What `[patch]` may not say.

use cargo_goplugin::error::ErrorId;

use crate::patch::{DIFF, folder, greeter, patch};
use crate::support::World;

#[test]
fn what_cannot_be_a_patch_is_refused_where_it_stands() {
    let world = World::new();
    let project = greeter(&world);
    folder(&project, "mine", "folder");
    project.write("app/x.diff", DIFF);
    for (lines, id, phrases) in [
        (
            "\"example.org/dep\" = { path = \"../none\" }",
            ErrorId::NotAModule,
            ["none", "no such folder"],
        ),
        (
            "\"example.org/dep\" = { diff = \"none.diff\" }",
            ErrorId::InvalidValue,
            ["none.diff", "no file"],
        ),
        (
            "\"example.org/dep\" = { diff = \"/x.diff\" }",
            ErrorId::InvalidValue,
            ["`diff`", "relative"],
        ),
        (
            "\"example.org/dep\" = { diff = \"x.diff\", path = \"../mine\" }",
            ErrorId::InvalidValue,
            ["`diff`", "one of"],
        ),
        (
            "\"example.org/dep\" = { diff = \"x.diff\", version = \"v1.0.0\" }",
            ErrorId::InvalidValue,
            ["`version`", "goes with"],
        ),
        (
            "\"example.org/dep\" = { module = \"example.org/fork\" }",
            ErrorId::MissingKey,
            ["`version`", "exact"],
        ),
        ("\"example.org/dep\" = {}", ErrorId::MissingKey, ["`path`", "`diff`"]),
        (
            "\"example.org/dep\" = { paht = \"../mine\" }",
            ErrorId::UnknownKey,
            ["`paht`", "did you mean `path`?"],
        ),
        (
            "\"example.org/dep\\n\\nreplace x => y\" = { path = \"../mine\" }",
            ErrorId::InvalidValue,
            ["invalid name", "`[patch]`"],
        ),
        (
            "\"-dep\" = { path = \"../mine\" }",
            ErrorId::InvalidValue,
            ["invalid name", "starts with"],
        ),
        (
            "\"example.org/dep\" = { module = \"a\\\"b\", version = \"v1.0.0\" }",
            ErrorId::InvalidValue,
            ["`module`", "may hold only"],
        ),
        (
            "\"example.org/dep\" = { module = \"example.org/fork\", version = \"v1.0.0 => x\" }",
            ErrorId::InvalidValue,
            ["`version`", "is no version"],
        ),
        (
            "\"example.org/dep\" = { module = \"example.org/dep\", version = \"v1.1.0\" }",
            ErrorId::InvalidValue,
            ["by itself", "example.org/dep"],
        ),
        (
            "\"example.com/greeter\" = { path = \"../mine\" }",
            ErrorId::InvalidValue,
            ["the app itself", "change its sources"],
        ),
        (
            "\"example.com/greeter/plugins/polite\" = { diff = \"x.diff\" }",
            ErrorId::InvalidValue,
            ["in a folder", "change it there"],
        ),
    ] {
        patch(&project, lines);
        world.run(&project, &["build"]).fails(id, &phrases);
        project.edit("app/goplugin.toml", &format!("[patch]\n{lines}\n\n"), "");
    }
}
