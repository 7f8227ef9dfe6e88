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
