use super::*;

fn text(toml: &str) -> ManifestText {
    ManifestText::parse("goplugin.toml", toml).unwrap()
}

fn name(name: &str) -> PluginName {
    name.parse().unwrap()
}

fn stamp() -> NewSource {
    NewSource::Module("example.org/stamp".parse().unwrap(), "v1.2.0".parse().unwrap())
}

fn added(toml: &str, plugin: &str) -> String {
    let mut text = text(toml);
    text.add(&name(plugin), &stamp(), false).unwrap();
    text.render()
}

fn removed(toml: &str, plugin: &str) -> (String, Vec<String>) {
    let mut text = text(toml);
    let sets = text.remove(&name(plugin));
    (text.render(), sets)
}

const ENTRY: &str = "{ module = \"example.org/stamp\", version = \"v1.2.0\" }";

#[test]
fn an_entry_is_added_and_the_rest_stays() {
    for (before, after) in [
        ("", "[plugins]\nstamp = ENTRY\n"),
        (
            "# top\n[package] # here\nname = 'a'\n\n# end\n",
            "# top\n[package] # here\nname = 'a'\n\n[plugins]\nstamp = ENTRY\n\n# end\n",
        ),
        (
            "[plugins] # all\n# two of them\nx   = { path = '../x' } # odd\na = { path = \"../a\" }\n\n[build]\n",
            "[plugins] # all\n# two of them\nx   = { path = '../x' } # odd\na = { path = \"../a\" }\nstamp = ENTRY\n\n[build]\n",
        ),
        (
            "[plugins]\n# the first\na = { path = \"../a\" }\n# the last\nx = { path = \"../x\" }\n",
            "[plugins]\n# the first\na = { path = \"../a\" }\nstamp = ENTRY\n# the last\nx = { path = \"../x\" }\n",
        ),
        (
            "plugins = { a = { path = \"a\" } }\n",
            "plugins = { a = { path = \"a\" }, stamp = ENTRY }\n",
        ),
        (
            "[package]\nname = 'a'\n\n[plugins.a]\npath = 'a'\n\n[build]\n",
            "[package]\nname = 'a'\n\n[plugins]\nstamp = ENTRY\n\n[plugins.a]\npath = 'a'\n\n[build]\n",
        ),
        ("plugins.a.path = \"a\"\n", "plugins.a.path = \"a\"\nplugins.stamp = ENTRY\n"),
    ] {
        assert_eq!(added(before, "stamp"), after.replace("ENTRY", ENTRY), "{before}");
    }
}

#[test]
fn nothing_is_written_over() {
    let mut text = text("[plugins]\na = { path = \"a\" }\n");
    let error = text.add(&name("a"), &stamp(), false).unwrap_err();
    assert_eq!(error.id(), ErrorId::Exists);
    assert_eq!(text.render(), "[plugins]\na = { path = \"a\" }\n");
}

#[test]
fn an_optional_one_from_a_folder_is_written_so() {
    let mut text = text("[plugins]\n");
    text.add(&name("a"), &NewSource::Path("../a \"b\"".into()), true).unwrap();
    assert_eq!(text.render(), "[plugins]\na = { path = '../a \"b\"', optional = true }\n");
}

#[test]
fn line_ends_and_a_mark_stay_as_they_are() {
    let before = "\u{feff}[plugins]\r\n# a\r\na = { path = \"a\" }\r\n";
    let after = format!("{before}stamp = {ENTRY}\r\n");
    assert_eq!(added(before, "stamp"), after);
    assert_eq!(removed(&after, "stamp").0, before);
}

#[test]
fn a_set_lists_one_more() {
    for (before, after) in [
        ("[sets.x]\nplugins = []\n", "[sets.x]\nplugins = [\"stamp\"]\n"),
        (
            "[sets.x]\nplugins = [ \"a\" ] # one\n",
            "[sets.x]\nplugins = [ \"a\", \"stamp\" ] # one\n",
        ),
        (
            "[sets.x]\nplugins = [\n  \"a\", # one\n]\n",
            "[sets.x]\nplugins = [\n  \"a\", # one\n  \"stamp\",\n]\n",
        ),
        (
            "[sets.x]\nplugins = [\n  \"a\" # one\n]\n",
            "[sets.x]\nplugins = [\n  \"a\", # one\n  \"stamp\",\n]\n",
        ),
    ] {
        let mut text = text(before);
        text.enlist("x", &name("stamp")).unwrap();
        assert_eq!(text.render(), after);
        assert!(text.enlist("y", &name("stamp")).is_err());
    }
}

#[test]
fn an_entry_is_removed_with_its_comment_and_no_other() {
    for (before, after) in [
        (
            "[plugins]\n# all of them\n\n# counts\ncount = { path = 'c' } # 1\n# x\nx = { path = 'x' } # 2\n",
            "[plugins]\n# all of them\n\n# x\nx = { path = 'x' } # 2\n",
        ),
        (
            "[plugins]\n# x\nx = { path = 'x' }\n\n# apart\n\n# counts\ncount = { path = 'c' }\n\n# build\n[build]\n",
            "[plugins]\n# x\nx = { path = 'x' }\n\n# apart\n\n# build\n[build]\n",
        ),
        (
            "[plugins]\n# apart\n\ncount = { path = 'c' }\n\n# end\n",
            "[plugins]\n# apart\n\n# end\n",
        ),
        (
            "[plugins.a]\npath = 'a'\n\n# apart\n\n# counts\n[plugins.count]\npath = 'c'\n\n[plugins.x]\npath = 'x'\n",
            "[plugins.a]\npath = 'a'\n\n# apart\n\n[plugins.x]\npath = 'x'\n",
        ),
        (
            "plugins.count.path = 'c'\nplugins.count.optional = true\nplugins.x.path = 'x'\n",
            "plugins.x.path = 'x'\n",
        ),
        (
            "plugins = { count = { path = 'c' }, x = { path = 'x' } }\n",
            "plugins = { x = { path = 'x' } }\n",
        ),
        ("[plugins]\ncount = { path = 'c' }\n", "[plugins]\n"),
    ] {
        assert_eq!(removed(before, "count").0, after, "{before}");
    }
}

#[test]
fn a_removed_plugin_leaves_its_sets_too() {
    for (before, after) in [
        ("['count']", "[]"),
        ("[ 'count', 'x' ]", "[ 'x' ]"),
        ("[ 'x', 'count' ]", "[ 'x' ]"),
        ("['a', 'count', 'x']", "['a', 'x']"),
        ("[\n  'count', # 1\n  'x', # 2\n]", "[\n  'x', # 2\n]"),
        ("[\n  'x', # 2\n  'count', # 1\n]", "[\n  'x', # 2\n]"),
        ("[\n  'x', # 2\n  'count' # 1\n]", "[\n  'x' # 2\n]"),
        (
            "[\n  'a', # 1\n  # counts\n  'count', # 2\n  # x\n  'x', # 3\n]",
            "[\n  'a', # 1\n  # x\n  'x', # 3\n]",
        ),
        ("[\n  'count', # 1\n]", "[]"),
    ] {
        let toml = |list| {
            format!("[plugins]\n[sets.none]\nplugins = []\n[sets.some]\nplugins = {list} # end\n")
        };
        let (text, sets) = removed(&toml(before), "count");
        assert_eq!((text, sets), (toml(after), vec!["some".to_owned()]), "{before}");
    }
}

#[test]
fn a_version_changes_and_nothing_else() {
    let version = "v1.3.0".parse().unwrap();
    for (before, after) in [
        (
            "[plugins]\nstamp = { module = 'm', version   =  'v1.2.0' , optional = true } # x\n",
            "[plugins]\nstamp = { module = 'm', version   =  \"v1.3.0\" , optional = true } # x\n",
        ),
        (
            "[plugins.stamp]\nversion = \"v1.2.0\" # pinned\nmodule = \"m\"\n",
            "[plugins.stamp]\nversion = \"v1.3.0\" # pinned\nmodule = \"m\"\n",
        ),
    ] {
        let mut text = text(before);
        text.set_version(&name("stamp"), &version).unwrap();
        assert_eq!(text.render(), after);
        assert!(text.set_version(&name("other"), &version).is_err());
    }
}
