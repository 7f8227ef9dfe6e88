//! What has to be said of the Go modules in a program, as one text for people: kinds without a place of their own for
//! that put it beside the program.

use std::fmt::Write as _;

use crate::inventory::Inventory;

/// The file with what has to be said of the Go modules in the program.
pub const FILE: &str = "THIRD-PARTY.txt";

/// The modules, and below them each text of their licence files once, byte by byte; `None` where there are none.
#[must_use]
pub fn notices(inventory: &Inventory) -> Option<Vec<u8>> {
    let notices = inventory.notices();
    if notices.modules.is_empty() {
        return None;
    }
    let mut list = format!(
        "The Go modules that are compiled into {} {}, each with the texts below that are its licence files.\n\n",
        inventory.app, inventory.version
    );
    for noticed in &notices.modules {
        let numbers: Vec<_> = noticed.texts.iter().map(|number| format!("[{number}]")).collect();
        let texts =
            if numbers.is_empty() { "no licence file".to_owned() } else { numbers.join(" ") };
        let _ = writeln!(list, "{}: {texts}", noticed.module.shipped_name());
    }
    let mut bytes = list.into_bytes();
    for (index, file) in notices.texts.iter().enumerate() {
        bytes.extend(format!("\n\n======== [{}] {} ========\n\n", index + 1, file.name).bytes());
        bytes.extend_from_slice(&file.bytes);
    }
    Some(bytes)
}
