//! Puts an edited text back into the HTML it came from, leaving unchanged parts as they were.

use super::clean_block;
use super::rich::{MAX_BYTES, rich};

/// A part of a body with lines of its own.
struct HtmlBlock<'a> {
    raw: &'a str,
    lines: Vec<String>,
}

/// A body to edit, and the way back to its original form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditableBody {
    /// The text in the editor.
    pub text: String,
    body: String,
    kind: BodyKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyKind {
    Plain,
    /// HTML, shown as plain text.
    Rich,
    /// HTML too long to render: shown as source, so that nothing is lost.
    Source,
}

impl EditableBody {
    pub fn new(body: &str) -> Self {
        let kind = match (super::html::looks_like_html(body), body.len() > MAX_BYTES) {
            (false, _) => BodyKind::Plain,
            (true, false) => BodyKind::Rich,
            (true, true) => BodyKind::Source,
        };
        let text = match kind {
            BodyKind::Plain | BodyKind::Source => clean_block(body).into_owned(),
            BodyKind::Rich => rich(body).plain(),
        };
        Self { text, body: body.to_owned(), kind }
    }

    /// Whether the editor shows HTML.
    pub fn is_source(&self) -> bool {
        self.kind == BodyKind::Source
    }

    /// The body for the edited text; the original body if nothing was changed.
    pub fn body(&self, edited: &str) -> String {
        if edited.trim_end() == self.text.trim_end() {
            return self.body.clone();
        }
        match self.kind {
            BodyKind::Plain | BodyKind::Source => edited.to_owned(),
            BodyKind::Rich => rewrite(&self.body, edited),
        }
    }
}

/// Whether two bodies read the same: the server may wrap a body in HTML.
pub fn says_the_same(one: &str, other: &str) -> bool {
    fn words(body: &str) -> Vec<String> {
        let text = if super::html::looks_like_html(body) { super::html::stripped(body) } else { body.to_owned() };
        clean_block(&text).split_whitespace().map(str::to_owned).collect()
    }
    one == other || words(one) == words(other)
}

/// The body for `edited`, where `original` is rich text: blocks whose lines are unchanged are copied byte for byte, and
/// other lines become paragraphs.
fn rewrite(original: &str, edited: &str) -> String {
    let blocks = blocks(original);
    let lines: Vec<&str> = edited.lines().collect();
    let (mut out, mut at, mut next) = (String::with_capacity(original.len()), 0, 0);
    while at < lines.len() {
        let kept = blocks[next..].iter().position(|block| {
            !block.lines.is_empty()
                && lines[at..]
                    .iter()
                    .map(|line| line.trim())
                    .take(block.lines.len())
                    .eq(block.lines.iter().map(|line| line.trim()))
        });
        if let Some(skipped) = kept {
            let block = &blocks[next + skipped];
            out.push_str(block.raw);
            (at, next) = (at + block.lines.len(), next + skipped + 1);
        } else {
            if !lines[at].trim().is_empty() {
                out.push_str("<p>");
                out.push_str(&escaped(lines[at]));
                out.push_str("</p>");
            }
            at += 1;
        }
    }
    out
}

/// The outermost elements, and the text between them.
fn blocks(body: &str) -> Vec<HtmlBlock<'_>> {
    let mut blocks = Vec::new();
    let (mut from, mut depth, mut rest) = (0, 0_usize, 0);
    while let Some(open) = body[rest..].find('<').map(|at| rest + at) {
        let Some(close) = body[open..].find('>').map(|at| open + at + 1) else { break };
        let tag = &body[open..close];
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_lowercase();
        let void = matches!(name.as_str(), "br" | "img" | "hr" | "input" | "") || tag.ends_with("/>");
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                blocks.push(&body[from..close]);
                from = close;
            }
        } else if void {
            if depth == 0 && name == "br" {
                blocks.push(&body[from..close]);
                from = close;
            }
        } else {
            // Text before a block element is a block; text before bold or a link belongs to the same line.
            let stands_alone = matches!(
                name.as_str(),
                "p" | "div" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "table" | "blockquote" | "pre"
            );
            if depth == 0 && stands_alone && !body[from..open].trim().is_empty() {
                blocks.push(&body[from..open]);
                from = open;
            }
            depth += 1;
        }
        rest = close;
    }
    if !body[from..].trim().is_empty() {
        blocks.push(&body[from..]);
    }
    let read = |raw: &str| -> Vec<String> {
        let plain = rich(raw).plain();
        plain.lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect()
    };
    blocks.into_iter().map(|raw| HtmlBlock { raw, lines: read(raw) }).collect()
}

fn escaped(line: &str) -> String {
    line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_touched_stays_as_it_was() {
        let body =
            "<p>Prefers <b style=\"color:red\">SMS</b></p><p>Call after five</p><ul><li>one</li><li>two</li></ul>";
        let editable = EditableBody::new(body);
        let shown = editable.text.clone();
        assert_eq!(editable.body(&shown), body);
        let edited = shown.replace("Call after five", "Call after <six> & seven");
        assert_eq!(
            editable.body(&edited),
            "<p>Prefers <b style=\"color:red\">SMS</b></p><p>Call after &lt;six&gt; &amp; seven</p><ul><li>one</li><li>two</li></ul>"
        );
        let longer = format!("{shown}\nA new line");
        assert_eq!(editable.body(&longer), format!("{body}<p>A new line</p>"));
    }

    #[test]
    fn plain_bodies_are_replaced_as_they_are() {
        assert_eq!(EditableBody::new("a < b").body("a < c"), "a < c");
    }

    #[test]
    fn nothing_of_a_long_body_is_cut() {
        let long = "lorem ipsum ".repeat(20_000);
        let plain = EditableBody::new(&long);
        assert_eq!(plain.body(&format!("{long}end")), format!("{long}end"));
        let html = format!("<p>{long}</p>");
        let source = EditableBody::new(&html);
        assert!(source.is_source() && source.text == html);
    }

    #[test]
    fn wrapping_into_html_says_nothing_new() {
        assert!(says_the_same("Call &\nback", "<p>Call &amp;</p><p>back</p>"));
        let long = "lorem ipsum ".repeat(20_000);
        assert!(!says_the_same(&format!("{long}one"), &format!("{long}other")));
    }
}
