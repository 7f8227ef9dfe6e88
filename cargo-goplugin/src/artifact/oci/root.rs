//! What stands in an image's root beside packages and program: what programs expect of a system, and what
//! Debian's maintainer scripts would have made.

use crate::artifact::pack::with_folders;
use crate::artifact::{Entry, Node};

/// Root, the user that programs run as, and the one that owns nothing.
const PASSWD: &str = "root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
";
const GROUP: &str = "root:x:0:
nogroup:x:65534:
nonroot:x:65532:
tty:x:5:
staff:x:50:
";
/// Files first, then the network: without it, the C library and Go disagree about `/etc/hosts`.
const NSSWITCH: &str = "passwd: files
group: files
hosts: files dns
";
/// Who the folder of the usual user belongs to.
const NONROOT: u64 = 65532;

/// Who programs may run as by name, and by a group's name, without a base image.
pub(super) fn knows(user: &str, group: Option<&str>) -> bool {
    let is_known = |name: &str, list: &str| {
        // The largest is no user: systems say "nobody in particular" by it.
        let is_number = name.parse::<u32>().is_ok_and(|id| id < u32::MAX);
        is_number || list.lines().any(|line| line.split(':').next() == Some(name))
    };
    is_known(user, PASSWD) && group.is_none_or(|group| is_known(group, GROUP))
}

/// The root's own files and folders. `os_release` is what the packages' distribution says of itself, if there are any.
#[must_use]
pub fn system_files(os_release: Option<&str>) -> Vec<Entry> {
    let file = |path: &str, text: &str| Entry {
        path: path.into(),
        node: Node::File { bytes: text.as_bytes().to_vec(), executable: false },
    };
    let mut files = vec![
        file("etc/group", GROUP),
        file("etc/nsswitch.conf", NSSWITCH),
        file("etc/passwd", PASSWD),
        Entry { path: "home/nonroot".into(), node: Node::Special { mode: 0o700, owner: NONROOT } },
        Entry { path: "root".into(), node: Node::Special { mode: 0o700, owner: 0 } },
        Entry { path: "tmp".into(), node: Node::Special { mode: 0o1777, owner: 0 } },
        Entry { path: "var/tmp".into(), node: Node::Special { mode: 0o1777, owner: 0 } },
    ];
    if let Some(text) = os_release {
        files.push(file("usr/lib/os-release", text));
        files.push(Entry {
            path: "etc/os-release".into(),
            node: Node::Link("../usr/lib/os-release".into()),
        });
    }
    with_folders(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_numbers_or_those_that_there_are() {
        for (user, group, known) in [
            ("0", None, true),
            ("65532", Some("65532"), true),
            ("nobody", Some("nogroup"), true),
            ("1000", Some("staff"), true),
            ("bob", None, false),
            ("nonroot", Some("bobs"), false),
            ("no such", None, false),
            ("", None, false),
            ("4294967295", None, false),
            ("4294967296", None, false),
            ("-1", None, false),
        ] {
            assert_eq!(knows(user, group), known, "{user} {group:?}");
        }
    }
}
