use super::*;
use crate::error::ErrorId;

fn excerpt(text: &str, span: Range<usize>, label: &str) -> Excerpt {
    Excerpt { path: "a/goplugin.toml".into(), text: text.into(), span, label: label.to_owned() }
}

#[track_caller]
fn assert_shown(error: &Error, expected: &str) {
    assert_eq!(render(error, false), expected.trim_start_matches('\n').trim_end_matches('\n'));
}

#[test]
fn a_sentence_alone() {
    assert_shown(
        &Error::new(ErrorId::NoWorkspace, "no workspace at or above `/x`"),
        "error[manifest::no-workspace]: no workspace at or above `/x`",
    );
}

#[test]
fn a_line_is_shown_with_its_label() {
    let text = "[package]\nname = \"a\"\nplugin = []\n";
    let error = Error::new(ErrorId::UnknownKey, "unknown key `plugin` in `[package]`")
        .at(excerpt(text, 21..27, "here"))
        .hint("did you mean `plugins`?")
        .hint("see the manual");
    assert_shown(
        &error,
        "
error[manifest::unknown-key]: unknown key `plugin` in `[package]`
 --> a/goplugin.toml:3:1
  |
3 | plugin = []
  | ^^^^^^ here
help: did you mean `plugins`?
help: see the manual
",
    );
}

#[test]
fn one_reason_has_no_number_and_several_have() {
    let error = Error::new(ErrorId::Process, "could not ask cargo").because("it said\nno\n");
    assert_shown(
        &error,
        "
error[world::process]: could not ask cargo

Caused by:
  it said
  no
",
    );
    assert_shown(
        &error.because("deep\ner").hint("install it"),
        "
error[world::process]: could not ask cargo

Caused by:
  0: it said
     no
  1: deep
     er

help: install it
",
    );
}

#[test]
fn errors_side_by_side_are_counted() {
    let error = |what: &str| Error::new(ErrorId::InvalidValue, what);
    let inner = Error::all([error("two"), error("three")]);
    let all = Error::all([Some(error("one")), inner].into_iter().flatten()).unwrap();
    assert_shown(
        &all,
        "
error[manifest::invalid-value]: one

error[manifest::invalid-value]: two

error[manifest::invalid-value]: three

error: 3 problems
",
    );
}

#[test]
fn colours_are_added_and_nothing_else() {
    let error = Error::new(ErrorId::Syntax, "what")
        .at(excerpt("a = b\n", 4..5, ""))
        .because("why")
        .hint("help yourself");
    let styled = render(&error, true);
    assert!(styled.contains("\u{1b}["));
    assert_eq!(anstream::adapter::strip_str(&styled).to_string(), render(&error, false));
}

#[test]
fn wrong_spans_and_escape_sequences_do_no_harm() {
    for span in [0..0, 5..900, 900..901, 4..5, Range { start: 6, end: 2 }, usize::MAX..usize::MAX] {
        for text in ["", "a = 'ä'", "x\r\ny\r\n", "\u{feff}a"] {
            let error = Error::new(ErrorId::Syntax, "what").at(excerpt(text, span.clone(), "l"));
            assert!(render(&error, false).starts_with("error[manifest::syntax]: what"));
        }
    }
    let evil = "\u{1b}[2Jevil\r\u{7}";
    let error = Error::new(ErrorId::Process, evil).because(evil).hint(evil);
    let error = error.at(excerpt(evil, 0..1, evil));
    assert!(!render(&error, false).contains(['\u{1b}', '\r', '\u{7}']));
}
