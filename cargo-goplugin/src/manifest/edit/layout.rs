//! What a person's layout asks for when something is put in or taken out.

use toml_edit::{Array, DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value};

/// How a text's lines end, and whether it begins with a byte order mark: `toml_edit` keeps neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LineEnds {
    windows: bool,
    mark: bool,
}

const MARK: char = '\u{feff}';

impl LineEnds {
    pub(super) fn of(text: &str) -> Self {
        let lines = text.matches('\n').count();
        let windows = lines > 0 && text.matches("\r\n").count() == lines;
        Self { windows, mark: text.starts_with(MARK) }
    }

    pub(super) fn restore(self, text: &str) -> String {
        let text = text.trim_start_matches(MARK);
        let text = if self.windows {
            text.replace("\r\n", "\n").replace('\n', "\r\n")
        } else {
            text.to_owned()
        };
        if self.mark { format!("{MARK}{text}") } else { text }
    }
}

/// Adds an element that is laid out like the last one.
pub(super) fn push(list: &mut Array, element: &str) {
    let Some(previous) = list.iter_mut().last() else { return list.push(element) };
    let prefix = text(previous.decor().prefix());
    let end = text(previous.decor().suffix());
    previous.decor_mut().set_suffix("");
    let Some((_, indent)) = prefix.rsplit_once('\n') else {
        return list.push_formatted(Value::from(element).decorated(" ", end));
    };
    // What stands behind the last element, or behind its comma, is said about that one.
    let end = if list.trailing_comma() { text(Some(list.trailing())) } else { end };
    let (behind, rest) = at_line_end(&end);
    list.push_formatted(Value::from(element).decorated(format!("{behind}\n{indent}"), ""));
    list.set_trailing(rest);
    list.set_trailing_comma(true);
}

/// Takes out an element with what is said about it. A comment behind an element stands in front of the
/// next one as `toml_edit` sees it, up to the first line's end.
pub(super) fn remove_element(list: &mut Array, index: usize) {
    let removed = list.remove(index);
    let (before, after) = (text(removed.decor().prefix()), text(removed.decor().suffix()));
    let own_line = before.contains('\n');
    let (behind_previous, _) = at_line_end(&before);
    match list.get_mut(index) {
        Some(next) if own_line => {
            let prefix = text(next.decor().prefix());
            let (_, rest) = at_line_end(&prefix);
            next.decor_mut().set_prefix(format!("{behind_previous}{rest}"));
        }
        Some(next) => next.decor_mut().set_prefix(before),
        None if own_line => {
            let trailing = text(Some(list.trailing()));
            let trailing = if trailing.is_empty() { after } else { trailing };
            let (_, rest) = at_line_end(&trailing);
            let rest = if rest.is_empty() { "\n" } else { rest };
            let trailing = format!("{behind_previous}{rest}");
            list.set_trailing(if list.is_empty() { trailing.trim_end() } else { &trailing });
        }
        None => {
            if let Some(last) = list.iter_mut().last() {
                last.decor_mut().set_suffix(after);
            }
        }
    }
}

/// What stands before the end of the first line, and the rest.
fn at_line_end(text: &str) -> (&str, &str) {
    text.find('\n').map_or(("", text), |at| text.split_at(at))
}

/// Takes an entry out of a table, with the comment right above it. What is further up, with an empty line
/// in between, was not said about it alone, and stays.
pub(super) fn remove_entry(document: &mut DocumentMut, table: &str, key: &str) {
    let Some(entries) = document.get_mut(table).and_then(Item::as_table_like_mut) else { return };
    let Some(kept) = entries.get(key).map(|item| above(entries, key, item)) else { return };
    let position = match entries.get(key) {
        Some(Item::Table(own)) if !own.is_dotted() => own.position(),
        _ => None,
    };
    let mut names = entries.iter().map(|(name, _)| name.to_owned());
    let next = names.find(|name| name == key).and_then(|_| names.next());
    drop(names);
    entries.remove(key);
    let Some(kept) = kept else { return };
    if position.is_none()
        && let Some(mut next) = next.and_then(|next| entries.key_mut(&next))
    {
        let prefix = text(next.leaf_decor_mut().prefix());
        next.leaf_decor_mut().set_prefix(apart(&kept, &prefix));
        return;
    }
    let position = position.or_else(|| document.get(table)?.as_table()?.position());
    match next_header(document.as_table_mut(), position.unwrap_or_default()) {
        Some(header) => {
            let prefix = text(header.decor().prefix());
            header.decor_mut().set_prefix(apart(&kept, &prefix));
        }
        None => {
            let trailing = text(Some(document.trailing()));
            document.set_trailing(apart(&kept, &trailing));
        }
    }
}

/// The comments above an entry that an empty line sets apart from it.
fn above(entries: &dyn TableLike, key: &str, item: &Item) -> Option<String> {
    let prefix = match item {
        Item::Table(own) if own.is_dotted() => {
            own.get_values().first().and_then(|(keys, _)| keys.last()?.leaf_decor().prefix())
        }
        Item::Table(own) => own.decor().prefix(),
        _ => entries.key(key)?.leaf_decor().prefix(),
    };
    let prefix = text(prefix).replace("\r\n", "\n");
    let (above, _) = prefix.rsplit_once("\n\n")?;
    above.contains('#').then(|| above.to_owned())
}

/// Both, with one empty line in between.
fn apart(above: &str, below: &str) -> String {
    format!("{above}\n\n{}", below.strip_prefix('\n').unwrap_or(below))
}

/// Makes room behind the last value of an inline table.
pub(super) fn close_up(table: &mut InlineTable) {
    if let Some((_, last)) = table.iter_mut().last() {
        last.decor_mut().set_suffix("");
    }
}

/// The first table with a header of its own behind that position.
fn next_header(table: &mut Table, position: isize) -> Option<&mut Table> {
    fn collect<'t>(table: &'t mut Table, found: &mut Vec<(isize, &'t mut Table)>) {
        for (_, item) in table.iter_mut() {
            let Item::Table(table) = item else { continue };
            if table.is_implicit() || table.is_dotted() {
                collect(table, found);
            } else {
                // Those within stand behind it.
                found.extend(table.position().map(|position| (position, table)));
            }
        }
    }
    let mut found = Vec::new();
    collect(table, &mut found);
    let behind = found.into_iter().filter(|(at, _)| *at > position);
    behind.min_by_key(|(at, _)| *at).map(|(_, table)| table)
}

fn text(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str).unwrap_or_default().to_owned()
}
