use super::*;

const OLD: &str = "one\ntwo\nthree\nfour\nfive\nsix\n";

fn changes(diff: &str) -> Result<Changes> {
    let read = |path: &Utf8Path| {
        Ok(match path.as_str() {
            "a.go" => Some(OLD.as_bytes().to_vec()),
            "sub/b.go" => Some(b"last".to_vec()),
            "odd.bin" => Some(b"\xff\r\nx\r\n".to_vec()),
            _ => None,
        })
    };
    apply(diff.as_bytes(), &read)
}

fn told(diff: &str) -> Vec<(String, Option<String>)> {
    let changes = changes(diff).unwrap().into_iter();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    changes.map(|(path, bytes)| (path.into_string(), bytes.map(text))).collect()
}

#[test]
fn a_diff_changes_makes_moves_and_removes_files() {
    for (name, diff, expected) in [
        (
            "by diff -ru, with a time behind the names",
            "diff -ru old/a.go new/a.go\n--- old/a.go\t2026-01-01\n+++ new/a.go\t2026-01-02\n\
             @@ -1,3 +1,4 @@\n one\n+one and a half\n two\n three\n@@ -5,2 +6 @@ func x()\n-five\n six\n",
            vec![("a.go", Some("one\none and a half\ntwo\nthree\nfour\nsix\n"))],
        ),
        (
            "without context",
            "--- a/a.go\n+++ b/a.go\n@@ -2 +1,0 @@\n-two\n@@ -6,0 +6 @@\n+seven\n",
            vec![("a.go", Some("one\nthree\nfour\nfive\nsix\nseven\n"))],
        ),
        (
            "by git format-patch: made, removed, moved and copied",
            "From 123 Mon Sep 17 00:00:00 2001\nSubject: x\n\n- a list\n---\n a.go | 2 +-\n\n\
             diff --git a/new/c.go b/new/c.go\nnew file mode 100644\nindex 000..111\n--- /dev/null\n\
             +++ b/new/c.go\n@@ -0,0 +1 @@\n+package c\n\
             diff --git a/sub/b.go b/sub/b.go\ndeleted file mode 100644\n--- a/sub/b.go\n\
             +++ /dev/null\n@@ -1 +0,0 @@\n-last\n\\ No newline at end of file\n\
             diff --git a/a.go b/moved.go\nsimilarity index 100%\nrename from a.go\nrename to moved.go\n\
             -- \n2.39\n",
            vec![
                ("a.go", None),
                ("moved.go", Some(OLD)),
                ("new/c.go", Some("package c\n")),
                ("sub/b.go", None),
            ],
        ),
        (
            "two diffs of one file, the second on top of the first",
            "--- a/sub/b.go\n+++ b/sub/b.go\n@@ -1 +1 @@\n-last\n\\ No newline at end of file\n+first\n\
             diff -u a/sub/b.go b/sub/b.go\n--- a/sub/b.go\n+++ b/sub/b.go\n@@ -1 +1,2 @@\n first\n+second\n",
            vec![("sub/b.go", Some("first\nsecond\n"))],
        ),
        (
            "a line that looks like a header is taken away",
            "--- a/sub/b.go\n+++ b/sub/b.go\n@@ -1 +1,3 @@\n-last\n\\ No newline at end of file\n+-- x\n+++ y\n+\n",
            vec![("sub/b.go", Some("-- x\n++ y\n\n"))],
        ),
    ] {
        let expected: Vec<_> = expected
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.map(str::to_owned)))
            .collect();
        assert_eq!(told(diff), expected, "{name}");
    }
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let diff = b"--- a/odd.bin\n+++ b/odd.bin\n@@ -1,2 +1,2 @@\n \xff\r\n-x\r\n+\xfe\n";
    let read = |_: &Utf8Path| Ok(Some(b"\xff\r\nx\r\n".to_vec()));
    let found = apply(diff, &read).unwrap();
    assert_eq!(found[Utf8Path::new("odd.bin")].as_deref(), Some(&b"\xff\r\n\xfe\n"[..]));
}

#[test]
fn what_does_not_apply_to_the_letter_is_refused_with_its_place() {
    let head = "--- a/a.go\n+++ b/a.go\n";
    let changed = |hunks: &str| format!("{head}{hunks}");
    for (diff, said) in [
        (String::new(), "no unified diff"),
        ("nothing here\n".to_owned(), "no unified diff"),
        (changed("@@ -1,2 +1,2 @@\n one\n-two\n"), "no unified diff"),
        (changed("@@ -x +1 @@\n-one\n"), "no unified diff"),
        (
            changed("@@ -1 +1 @@\n-one\n+1\n@@ -4,2 +4,2 @@\n four\n-FIVE\n+5\n"),
            "hunk 2 of `a.go` does not apply [compose::patch]: line 5 is `five`, and the diff expects `FIVE`",
        ),
        // It would apply one line further down, with a fuzz none of which is wanted.
        (changed("@@ -1 +1 @@\n-two\n+2\n"), "line 1 is `one`, and the diff expects `two`"),
        (changed("@@ -6,2 +6,2 @@\n six\n-seven\n+7\n"), "the file ends with line 6"),
        (changed("@@ -60 +60 @@\n-x\n+y\n"), "the file ends with line 6"),
        (changed("@@ -1 +1 @@\n-one\n+1\n+more than is said\n"), "belong to no hunk"),
        (changed("@@ -1 +1 @@\n-one\n+1\n\n@@ -3 +3 @@\n-three\n+3\n"), "belong to no hunk"),
        ("--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n-a\n+b\n".to_owned(), "no file `x.go`"),
        ("--- a.go\n+++ a.go.new\n@@ -1 +1 @@\n-one\n+1\n".to_owned(), "`a.go` and `a.go.new`"),
        ("--- /dev/null\n+++ b/a.go\n@@ -0,0 +1 @@\n+x\n".to_owned(), "is there already"),
        ("--- a/a.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n".to_owned(), "holds more lines"),
        ("Only in new: c.go\n--- a/a.go\n+++ b/a.go\n@@ -1 +1 @@\n-one\n+1\n".to_owned(), "`Only in new: c.go`"),
        (
            "diff --git a/x.png b/x.png\nnew file mode 100644\nBinary files /dev/null and b/x.png differ\n"
                .to_owned(),
            "`x.png` is binary",
        ),
        (
            "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n"
                .to_owned(),
            "the mode of a link",
        ),
        (
            "diff --git a/a.go b/a.go\nold mode 100644\nnew mode 100755\n".to_owned(),
            "the mode of a program",
        ),
    ] {
        let error = changes(&diff).unwrap_err();
        assert_eq!(error.id(), ErrorId::Patch, "{diff}");
        assert!(error.to_string().contains(said), "{error}\n{diff}");
    }
}

#[test]
fn no_path_leads_out_of_the_module() {
    for path in ["../x", "/etc/x", "a/../../x", "./x", "a\\\\x", "", "a\\nb", "a/./b"] {
        let path = if path.contains('\\') { format!("\"b/{path}\"") } else { format!("b/{path}") };
        let diff = format!("--- /dev/null\n+++ {path}\n@@ -0,0 +1 @@\n+x\n");
        match changes(&diff) {
            Err(error) => assert_eq!(error.id(), ErrorId::Patch, "{path}"),
            Ok(changes) => {
                let mut found = changes.keys();
                assert!(found.all(|found| within(found.as_str().as_bytes()).is_ok()), "{path}");
            }
        }
    }
    for bad in ["..", "../x", "/x", "x/../..", "a\nb", "a\\b", ""] {
        assert!(within(bad.as_bytes()).is_err(), "{bad:?}");
    }
}
