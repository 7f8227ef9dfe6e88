//! The real programs that the fake world needs: go and python3, found where the test itself finds them.

use std::process::Command;
use std::sync::LazyLock;

use camino::Utf8PathBuf;

/// `PATH` for the program under test: the folders of go, python3 and the system's own tools, without a
/// zig. Version managers' shims need the caller's HOME, so the programs behind them are asked for.
pub(crate) static PATH: LazyLock<String> = LazyLock::new(|| {
    let go = go().parent().unwrap().to_owned();
    let python = ask("python3", &["-c", "import sys; print(sys.executable)"]);
    let python = Utf8PathBuf::from(python).parent().unwrap().to_owned();
    format!("{go}:{python}:/usr/bin:/bin")
});

/// The installed go command.
pub(crate) fn go() -> Utf8PathBuf {
    static GO: LazyLock<Utf8PathBuf> =
        LazyLock::new(|| Utf8PathBuf::from(ask("go", &["env", "GOROOT"])).join("bin/go"));
    GO.clone()
}

/// Its version, such as `go1.26.8`.
pub(crate) fn go_version() -> String {
    static VERSION: LazyLock<String> = LazyLock::new(|| ask("go", &["env", "GOVERSION"]));
    VERSION.clone()
}

fn ask(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
