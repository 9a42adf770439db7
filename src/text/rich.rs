//! Bodies of notes and tasks as styled lines: rendered HTML, or plain lines.

use super::html::{looks_like_html, sanitized, stripped};
use super::{Emphasis, RichText, TextSpan, clean, clean_block};
use html2text::config;
use html2text::render::{RichAnnotation, TaggedLine, TaggedLineElement};
use std::borrow::Cow;

/// Longer bodies are cut; their last line says so.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Wider than any line of a body: the view wraps, html2text must not.
const UNWRAPPED: usize = 8 * MAX_BYTES;

/// The body as clean styled text. Lines are not wrapped. Never fails: unreadable HTML is shown without its tags.
pub fn rich(body: &str) -> RichText {
    let (taken, cut) = cap(body);
    let taken = clean_block(taken);
    let mut lines = if looks_like_html(&taken) { html_lines(&taken) } else { plain_lines(&taken) };
    trim_blank_lines(&mut lines);
    if cut {
        let notice = format!("… cut: the text is {} KiB long", body.len() / 1024);
        lines.push(vec![TextSpan { text: notice, emphasis: Emphasis { italic: true, ..Emphasis::default() } }]);
    }
    RichText { lines }
}

fn cap(body: &str) -> (&str, bool) {
    if body.len() <= MAX_BYTES {
        return (body, false);
    }
    let end = (0..=MAX_BYTES).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
    (&body[..end], true)
}

fn plain_lines(text: &str) -> Vec<Vec<TextSpan>> {
    text.lines().map(|line| merged([(Cow::Borrowed(line), Emphasis::default())])).collect()
}

fn html_lines(body: &str) -> Vec<Vec<TextSpan>> {
    let rendered = sanitized(body)
        .and_then(|html| config::rich().unicode_strikeout(false).lines_from_read(html.as_bytes(), UNWRAPPED).ok());
    match rendered {
        Some(lines) => lines.iter().map(tagged_line).collect(),
        None => plain_lines(&clean_block(&stripped(body))),
    }
}

fn tagged_line(line: &TaggedLine<Vec<RichAnnotation>>) -> Vec<TextSpan> {
    let mut at_start = true;
    merged(line.iter().filter_map(|element| {
        let TaggedLineElement::Str(part) = element else { return None };
        // Entities may bring back what was cleaned out before.
        let mut text = clean(&part.s).replace('\u{a0}', " ");
        if std::mem::take(&mut at_start)
            && let Some(item) = text.trim_start().strip_prefix("* ")
        {
            let indent = text.len() - text.trim_start().len();
            text = format!("{}• {item}", " ".repeat(indent));
        }
        Some((Cow::Owned(text), emphasis(&part.tag)))
    }))
}

fn emphasis(tags: &[RichAnnotation]) -> Emphasis {
    let mut emphasis = Emphasis::default();
    for tag in tags {
        match tag {
            RichAnnotation::Strong => emphasis.bold = true,
            RichAnnotation::Emphasis => emphasis.italic = true,
            RichAnnotation::Strikeout => emphasis.struck = true,
            RichAnnotation::Code | RichAnnotation::Preformat(_) => emphasis.code = true,
            RichAnnotation::Link(_) => emphasis.link = true,
            _ => {}
        }
    }
    emphasis
}

/// Non-empty spans; neighbours of the same style are joined.
fn merged<'a>(parts: impl IntoIterator<Item = (Cow<'a, str>, Emphasis)>) -> Vec<TextSpan> {
    let mut spans: Vec<TextSpan> = Vec::new();
    for (text, emphasis) in parts {
        match spans.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.emphasis == emphasis => last.text.push_str(&text),
            _ => spans.push(TextSpan { text: text.into_owned(), emphasis }),
        }
    }
    spans
}

fn trim_blank_lines(lines: &mut Vec<Vec<TextSpan>>) {
    let blank = |line: &Vec<TextSpan>| line.iter().all(|span| span.text.trim().is_empty());
    while lines.last().is_some_and(blank) {
        lines.pop();
    }
    let leading = lines.iter().take_while(|line| blank(line)).count();
    lines.drain(..leading);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A notation for tests: `*bold*`, `/italic/`, `~struck~`, `` `code` ``, `[link]`.
    fn marked(text: &RichText) -> String {
        let span = |span: &TextSpan| {
            let Emphasis { bold, italic, struck, code, link } = span.emphasis;
            let mut text = span.text.clone();
            for (on, open, close) in
                [(bold, "*", "*"), (italic, "/", "/"), (struck, "~", "~"), (code, "`", "`"), (link, "[", "]")]
            {
                if on {
                    text = format!("{open}{text}{close}");
                }
            }
            text
        };
        let lines: Vec<String> = text.lines.iter().map(|line| line.iter().map(span).collect()).collect();
        lines.join("\n")
    }

    #[test]
    fn html_becomes_styled_lines() {
        for (body, expected) in [
            ("<p>Called <b>twice</b></p>", "Called *twice*"),
            ("<p>a</p><p>b</p>", "a\n\nb"),
            ("<div>a</div><div>b</div>", "a\nb"),
            ("one<br>two", "one\ntwo"),
            ("<em>x</em> <s>y</s> <code>z</code> <a href='http://x'>w</a>", "/x/ ~y~ `z` [w]"),
            ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
            ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
            ("<h2>Plan</h2><p>go</p>", "*Plan*\n\ngo"),
            ("<p>&lt;b&gt; &amp; &#27;[2J</p>", "<b> & [2J"),
            ("<script>x</script><style>p{}</style><p>y</p>", "y"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a  b\nc"),
        ] {
            let text: Vec<String> = marked(&rich(body)).lines().map(|line| line.trim_end().to_owned()).collect();
            assert_eq!(text.join("\n"), expected, "{body}");
        }
    }

    #[test]
    fn plain_text_keeps_its_lines() {
        assert_eq!(rich("a\n\n  b <c@d.ch>\x1b[2J\r\n").plain(), "a\n\n  b <c@d.ch>");
        assert_eq!(rich("\n\n first \nx").first_line(), "first");
        assert_eq!(rich("").lines, Vec::<Vec<TextSpan>>::new());
    }

    #[test]
    fn long_bodies_say_that_they_were_cut() {
        let text = rich(&"ä ".repeat(MAX_BYTES));
        assert!(text.plain().ends_with("… cut: the text is 192 KiB long"));
    }

    #[test]
    fn deep_and_wide_bodies_cost_little() {
        for body in [
            "<div>".repeat(20_000),
            "<ul><li>".repeat(8000),
            "<b></i>x".repeat(8000),
            "<hr>".repeat(16_000),
            "<p>".repeat(20_000),
            format!("{}{}", "<b>".repeat(190), "<p>x".repeat(1000)),
            "<table><tr><td>".repeat(4000),
            "<ol><li>x</ol>".repeat(4000),
            "<a href='".repeat(7000),
            "<pre>\t</pre>".repeat(4000),
        ] {
            let text = rich(&body);
            assert!(text.plain().len() < 4 * MAX_BYTES, "{}", &body[..20]);
        }
    }

    fn body() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<ul>",
            "</ul>",
            "<ol>",
            "<li>",
            "</li>",
            "<br>",
            "<hr>",
            "<pre>",
            "</pre>",
            "<a href=x>",
            "</a>",
            "<blockquote>",
            "</blockquote>",
            "<table>",
            "<td>",
            "</td>",
            "<h1>",
            "</h1>",
            "<code>",
            "</code>",
            "<s>",
            "</s>",
            "&nbsp;",
            "&#1;",
            "&#x202e;",
            "&lt;",
            "&bad",
            "<",
            ">",
            "\"",
            "\n",
            "\t",
            " ",
            "x",
            "word ",
            "王",
            "👩\u{200d}🚀",
            "\u{301}",
            "ﾞ",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "\x1b[2J",
            "* ",
            "لا",
            "<svg>",
            "<div>",
            "</div>",
        ]);
        let html = proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
        prop_oneof![4 => html, 1 => any::<String>()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn any_body_gives_clean_spans(body in body()) {
            for span in rich(&body).lines.iter().flatten() {
                prop_assert_eq!(clean(&span.text), span.text.as_str());
            }
        }
    }
}
