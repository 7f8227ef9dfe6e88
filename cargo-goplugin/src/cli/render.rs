//! Errors as people read them: the sentence with its stable id, the line it is about, the reasons, and
//! what can be done. The only place that knows how an [`Error`] looks.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::error::{Error, Excerpt};

/// The error and those found beside it, without a line break at the end.
#[must_use]
pub fn render(error: &Error, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let errors = flatten(error);
    let mut parts: Vec<_> = errors.iter().map(|error| alone(error, &renderer)).collect();
    if errors.len() > 1 {
        parts.push(headline(Level::ERROR, &format!("{} problems", errors.len()), &renderer));
    }
    parts.join("\n\n")
}

/// The error and those found beside it, in their order.
pub(super) fn flatten(error: &Error) -> Vec<&Error> {
    let mut errors = vec![error];
    errors.extend(error.beside().iter().flat_map(flatten));
    errors
}

/// The error without those found beside it.
pub(super) fn one(error: &Error, color: bool) -> String {
    alone(error, &if color { Renderer::styled() } else { Renderer::plain() })
}

fn alone(error: &Error, renderer: &Renderer) -> String {
    let title = Level::ERROR.primary_title(error.what()).id(error.id().as_str());
    let group = match error.excerpt() {
        Some(excerpt) => title.element(snippet(excerpt)),
        None => Group::with_title(title),
    };
    let mut text = renderer.render(&[group]);
    text.push_str(&causes(error.causes()));
    for (n, hint) in error.hints().iter().enumerate() {
        let apart = n == 0 && !error.causes().is_empty();
        text.push_str(if apart { "\n\n" } else { "\n" });
        text.push_str(&headline(Level::HELP, hint, renderer));
    }
    text
}

fn headline(level: Level<'_>, message: &str, renderer: &Renderer) -> String {
    renderer.render(&[Group::with_title(level.primary_title(message))])
}

fn snippet(excerpt: &Excerpt) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let label = Some(printable(&excerpt.label)).filter(|label| !label.is_empty());
    let span = within(&excerpt.text, &excerpt.span);
    Snippet::source(&*excerpt.text)
        .path(excerpt.path.as_str())
        .annotation(AnnotationKind::Primary.span(span).label(label))
}

/// The span cut to whole characters of the text: a wrong span must not keep an error from being shown.
fn within(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.ceil_char_boundary(span.end).max(start)
}

/// Reasons as cargo shows them, numbered when there are several.
fn causes(causes: &[String]) -> String {
    let mut text = String::new();
    for (n, cause) in causes.iter().enumerate() {
        let number = if causes.len() > 1 { format!("{n}: ") } else { String::new() };
        let indent = " ".repeat(2 + number.len());
        text.push_str(if n == 0 { "\n\nCaused by:\n  " } else { "\n  " });
        text.push_str(&number);
        text.push_str(&printable(cause).replace('\n', &format!("\n{indent}")));
    }
    text
}

/// A text that others wrote, with its escape sequences made visible: it cannot paint over our own words.
/// Titles and excerpts get the same from the renderer.
fn printable(text: &str) -> String {
    annotate_snippets::normalize_untrusted_str(&text.trim_end().replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests;
