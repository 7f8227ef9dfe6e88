//! `--explain`.

use cargo_goplugin::error::ErrorId;
use snapbox::{assert_data_eq, str};

use crate::support::World;

#[test]
fn an_id_is_explained() {
    let world = World::new();
    let project = world.project(&[]);
    let outcome = world.run(&project, &["--explain", "resolve::drift"]).succeeds();
    assert_data_eq!(
        outcome.stdout,
        str![[r#"
resolve::drift

Cause: The lock no longer fits the manifest or the sources, and `--locked` or `--frozen` forbids to change it.

Way out: Run `cargo goplugin resolve` without the flag, look at what changed in `goplugin.lock`, and commit it. The
message lists what no longer fits.

"#]]
    );
    for id in ErrorId::ALL {
        let outcome = world.run(&project, &["goplugin", "--explain", id.as_str()]).succeeds();
        assert!(outcome.stdout.contains("Way out: "), "{id}");
    }
}

#[test]
fn an_unknown_id_gets_the_nearest() {
    let world = World::new();
    let project = world.project(&[]);
    let outcome = world.run(&project, &["--explain", "resolve::drfit"]).fails(ErrorId::Usage, &[]);
    assert_data_eq!(
        outcome.stderr,
        str![[r#"
error[cli::usage]: no error has the id `resolve::drfit`
help: did you mean `resolve::drift`?

"#]]
    );
}

#[test]
fn flags_alone_ask_for_nothing() {
    let world = World::new();
    let project = world.project(&[]);
    world.run(&project, &["--offline"]).fails(ErrorId::Usage, &["no subcommand", "--help"]);
}
