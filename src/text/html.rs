//! Reads hostile HTML and passes on only what is known to be harmless.
//!
//! html2text is quadratic in nesting, draws rules and tables as wide as the page, and trusts `colspan` and `start`. So
//! it gets only a few known tags, without attributes.

/// If the nesting is deeper, or tags times depth exceed [`WORK`], only the text is used.
const DEPTH: usize = 200;
/// Nested formatting is rebuilt for every paragraph: 200 deep × 1,000 paragraphs is enough for any note.
const WORK: usize = 200_000;

/// Whether a body is HTML: it has a tag we know.
///
/// `<b@example.com>` and `a < b` are plain text; so are entities alone.
pub(super) fn looks_like_html(body: &str) -> bool {
    tokens(body).any(|token| matches!(token, HtmlToken::Open(tag) | HtmlToken::Close(tag) if tag.is_known()))
}

/// The body with known tags only, without attributes; `None` if it nests too deeply.
pub(super) fn sanitized(body: &str) -> Option<String> {
    let mut out = String::with_capacity(body.len());
    let (mut open, mut tags, mut deepest): (Vec<&'static str>, usize, usize) = (Vec::new(), 0, 0);
    for token in tokens(body) {
        match token {
            HtmlToken::Text(text) => push_escaped(&mut out, text),
            HtmlToken::Open(tag) => {
                tags += 1;
                out.push_str(tag.opening());
                if let Some(name) = tag.nests() {
                    open.push(name);
                    deepest = deepest.max(open.len());
                }
            }
            HtmlToken::Close(tag) => {
                tags += 1;
                out.push_str(tag.closing());
                // Only the entry itself is closed: misnested formatting stays open, as in a browser.
                let at = tag.nests().and_then(|name| open.iter().rposition(|other| *other == name));
                if let Some(at) = at {
                    open.remove(at);
                }
            }
        }
        if deepest > DEPTH || deepest * tags > WORK {
            return None;
        }
    }
    Some(out)
}

/// The text of a body in lines, without tags.
pub(super) fn stripped(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for token in tokens(body) {
        match token {
            HtmlToken::Text(text) => push_decoded(&mut out, text),
            HtmlToken::Open(tag) | HtmlToken::Close(tag) if tag.breaks_line() => {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
            }
            HtmlToken::Open(_) | HtmlToken::Close(_) => {}
        }
    }
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for (at, part) in text.split('<').enumerate() {
        if at > 0 {
            out.push_str("&lt;");
        }
        out.push_str(part);
    }
}

fn push_decoded(out: &mut String, text: &str) {
    const ENTITIES: [(&str, char); 6] =
        [("&nbsp;", ' '), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&amp;", '&')];
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (len, c) =
            ENTITIES.into_iter().find(|(name, _)| rest.starts_with(name)).map_or((1, '&'), |(name, c)| (name.len(), c));
        out.push(c);
        rest = &rest[len..];
    }
    out.push_str(rest);
}

/// A tag's name in lower case; longer than any known name is cut.
#[derive(Clone, Copy)]
struct HtmlTag {
    name: [u8; 10],
}

impl HtmlTag {
    fn new(name: &str) -> Self {
        let mut lower = [0; 10];
        for (to, from) in lower.iter_mut().zip(name.bytes()) {
            *to = from.to_ascii_lowercase();
        }
        Self { name: lower }
    }

    fn name(&self) -> &str {
        let len = self.name.iter().position(|byte| *byte == 0).unwrap_or(self.name.len());
        std::str::from_utf8(&self.name[..len]).unwrap_or_default()
    }

    fn is_known(&self) -> bool {
        !self.opening().is_empty() || matches!(self.name(), "html" | "body" | "head" | "img" | "script" | "style")
    }

    /// What the tag becomes; empty for tags without a text style.
    fn opening(&self) -> &'static str {
        match self.name() {
            "b" | "strong" => "<b>",
            "i" | "em" | "cite" => "<i>",
            "s" | "strike" | "del" => "<s>",
            "code" | "kbd" | "tt" => "<code>",
            "pre" => "<pre>",
            "a" => "<a href=\"#\">",
            "p" => "<p>",
            "ul" => "<ul>",
            "ol" => "<ol>",
            "li" => "<li>",
            "blockquote" => "<blockquote>",
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "<p><b>",
            "br" | "hr" => "<br>",
            "div" | "section" | "article" | "header" | "footer" | "main" | "table" | "tr" | "dl" | "dt" | "dd" => {
                "<div>"
            }
            // A cell becomes part of its row's line.
            "td" | "th" | "span" | "u" | "font" | "small" | "sub" | "sup" | "mark" | "ins" | "label" => "<span>",
            _ => "",
        }
    }

    fn closing(&self) -> &'static str {
        match self.opening() {
            "<b>" => "</b>",
            "<i>" => "</i>",
            "<s>" => "</s>",
            "<code>" => "</code>",
            "<pre>" => "</pre>",
            "<a href=\"#\">" => "</a>",
            "<p>" => "</p>",
            "<ul>" => "</ul>",
            "<ol>" => "</ol>",
            "<li>" => "</li>",
            "<blockquote>" => "</blockquote>",
            "<p><b>" => "</b></p>",
            "<div>" => "</div>",
            "<span>" if matches!(self.name(), "td" | "th") => "&nbsp; </span>",
            "<span>" => "</span>",
            _ => "",
        }
    }

    /// The tag that nests in the output; paragraphs and items close themselves.
    fn nests(&self) -> Option<&'static str> {
        match self.opening() {
            "" | "<br>" | "<p>" | "<li>" => None,
            opening => Some(opening),
        }
    }

    fn breaks_line(&self) -> bool {
        matches!(
            self.opening(),
            "<br>" | "<p>" | "<li>" | "<div>" | "<ul>" | "<ol>" | "<blockquote>" | "<p><b>" | "<pre>"
        )
    }

    /// Elements whose content is not the author's text.
    fn hides_content(&self) -> bool {
        matches!(self.name(), "script" | "style" | "title" | "template" | "noscript" | "iframe" | "svg" | "math")
    }
}

enum HtmlToken<'a> {
    Text(&'a str),
    Open(HtmlTag),
    Close(HtmlTag),
}

fn tokens(body: &str) -> impl Iterator<Item = HtmlToken<'_>> {
    let mut rest = body;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            let Some(markup) = markup(rest) else {
                // Text runs to the next `<`; one that begins no tag is text itself.
                let from = usize::from(rest.starts_with('<'));
                let end = rest[from..].find('<').map_or(rest.len(), |at| from + at);
                let (text, after) = rest.split_at(end);
                rest = after;
                return Some(HtmlToken::Text(text));
            };
            rest = &rest[markup.len..];
            if let Some(token) = markup.token {
                if let HtmlToken::Open(tag) = &token
                    && tag.hides_content()
                {
                    rest = behind_closing(rest, tag.name());
                }
                return Some(token);
            }
        }
    })
}

struct Markup<'a> {
    len: usize,
    /// `None` for a comment or declaration.
    token: Option<HtmlToken<'a>>,
}

/// The tag, comment or declaration that `text` begins with.
fn markup(text: &str) -> Option<Markup<'_>> {
    let inner = text.strip_prefix('<')?;
    if let Some(comment) = inner.strip_prefix("!--") {
        let len = comment.find("-->").map_or(text.len(), |at| "<!--".len() + at + "-->".len());
        return Some(Markup { len, token: None });
    }
    if inner.starts_with(['!', '?']) {
        return Some(Markup { len: text.find('>').map_or(text.len(), |at| at + 1), token: None });
    }
    let closing = inner.starts_with('/');
    let name_at = if closing { 2 } else { 1 };
    let name_len = text[name_at..].bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &text[name_at..name_at + name_len];
    let behind = text[name_at + name_len..].bytes().next();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic())
        || !behind.is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
    {
        return None;
    }
    let len = name_at + name_len + tag_end(&text[name_at + name_len..])?;
    let tag = HtmlTag::new(name);
    Some(Markup { len, token: Some(if closing { HtmlToken::Close(tag) } else { HtmlToken::Open(tag) }) })
}

/// The length of a tag's attributes and its `>`, respecting quotes.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate().take(16 * 1024) {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    // A quote that never closes: take the tag to the first `>`.
    text.find('>').map(|at| at + 1)
}

/// The text after the closing tag of `name`; empty if it is never closed.
fn behind_closing<'a>(text: &'a str, name: &str) -> &'a str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let inner = &text[from + at + 2..];
        if inner.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
            return inner.find('>').map_or("", |end| &inner[end + 1..]);
        }
        from += at + 2;
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_known_by_its_tags() {
        for body in ["<p>x</p>", "a<br/>b", "x <STRONG class='a>b'>y</STRONG>", "</div>", "<script>x</script>"] {
            assert!(looks_like_html(body), "{body}");
        }
        for body in ["a < b > c", "Ana <ana@example.com>", "AT&amp;T", "<", "</", "<3", "<custom>", "x <b"] {
            assert!(!looks_like_html(body), "{body}");
        }
    }

    #[test]
    fn only_the_known_comes_through() {
        for (body, expected) in [
            ("<p onclick=\"x>y\">a</p>", "<p>a</p>"),
            ("<SCRIPT>alert(1)</sCript>x", "x"),
            ("a<!-- <b> -->c", "ac"),
            ("<blink>a < b</blink>", "a &lt; b"),
            ("<td colspan=99999>a</td>", "<span>a&nbsp; </span>"),
            ("<hr>", "<br>"),
            ("<b class=\"never closed>x", "<b>x"),
            ("x<b", "x&lt;b"),
        ] {
            assert_eq!(sanitized(body).as_deref(), Some(expected), "{body}");
        }
    }

    #[test]
    fn the_depths_are_not_entered() {
        assert_eq!(sanitized(&"<div>".repeat(DEPTH + 1)), None);
        assert_eq!(sanitized(&format!("{}{}", "<b></i>".repeat(150), "<p>".repeat(15_000))), None);
        assert!(sanitized(&"<ul><li>x</li></ul>".repeat(1000)).is_some());
    }

    #[test]
    fn stripping_keeps_text_and_lines() {
        assert_eq!(stripped("<p>a &amp;amp; b</p><div>c<br>d &lt; e</div>&x"), "a &amp; b\nc\nd < e\n&x");
    }
}
