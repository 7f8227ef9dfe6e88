//! `[images]` of an app: container images for several platforms under one name.

use std::collections::BTreeMap;

use super::model::Image;
use super::reader::TableReader;
use super::table::RawTable;
use crate::error::Result;
use crate::vocab::ImageName;

/// Reads `[images]`; `reader` is that of the app's file.
pub(super) fn read(reader: &mut TableReader<'_>) -> BTreeMap<ImageName, Image> {
    let tables = reader.named_tables("images");
    let images = tables.into_iter().map(|(name, table)| (name, read_one(&table)));
    images.filter_map(|(name, image)| Some((name, reader.check(image)?))).collect()
}

fn read_one(table: &RawTable) -> Result<Image> {
    let mut reader = TableReader::new(table);
    let image = Image { targets: reader.parse_list("platforms"), set: reader.parse("set") };
    if image.targets.is_empty() {
        let why = "an image is for one target at least, as in `platforms = [\"linux-amd64\", \"linux-arm64\"]`";
        reader.missing("platforms", why);
    }
    reader.finish()?;
    Ok(image)
}
