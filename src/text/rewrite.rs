//! An edited text back into the HTML it came from: what was not touched stays as it was.

use super::rich::rich;

/// A part of a body that stands on lines of its own.
struct Block<'a> {
    raw: &'a str,
    lines: Vec<String>,
}

/// The body that says `edited`, where `original` is rich text: blocks whose lines are still there are taken over as
/// they were, byte by byte; other lines become paragraphs. A plain body is replaced as it is.
pub fn rewrite(original: &str, edited: &str) -> String {
    if !super::html::looks_like_html(original) {
        return edited.to_owned();
    }
    let read = |body: &str| rich(body).plain();
    if read(original).trim_end() == edited.trim_end() {
        return original.to_owned();
    }
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

/// The elements of the outermost level, and the text between them.
fn blocks(body: &str) -> Vec<Block<'_>> {
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
            // Words before an element of their own are a block; before bold or a link they are its line.
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
    blocks.into_iter().map(|raw| Block { raw, lines: read(raw) }).collect()
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
        let shown = rich(body).plain();
        assert_eq!(rewrite(body, &shown), body);
        let edited = shown.replace("Call after five", "Call after <six> & seven");
        assert_eq!(
            rewrite(body, &edited),
            "<p>Prefers <b style=\"color:red\">SMS</b></p><p>Call after &lt;six&gt; &amp; seven</p><ul><li>one</li><li>two</li></ul>"
        );
        let longer = format!("{shown}\nA new line");
        assert_eq!(rewrite(body, &longer), format!("{body}<p>A new line</p>"));
    }

    #[test]
    fn plain_bodies_are_replaced_as_they_are() {
        assert_eq!(rewrite("a < b", "a < c"), "a < c");
    }
}
