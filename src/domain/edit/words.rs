//! Parts of the sentences that describe an edit.

/// `task "Call back"`; without a noun, only the quoted text.
pub(super) fn quoted(noun: &str, text: &str) -> String {
    let space = if noun.is_empty() { "" } else { " " };
    format!("{noun}{space}\"{}\"", first_words(text))
}

/// `a follower`, `3 followers`
pub(super) fn counted(noun: &str, count: usize) -> String {
    if count == 1 { format!("a {noun}") } else { format!("{count} {noun}s") }
}

/// The start of a text, short enough for a toast, without HTML tags.
fn first_words(body: &str) -> String {
    const CHARS: usize = 40;
    const LOOKED_AT: usize = 2_000;
    let mut inside = false;
    let bare: String = body
        .chars()
        .take(LOOKED_AT)
        .filter(|c| {
            inside = (inside || *c == '<') && *c != '>';
            !inside && *c != '>'
        })
        .collect();
    let text = if body.starts_with('<') { &bare } else { body };
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= CHARS {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(CHARS - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_of_html_are_its_text() {
        assert_eq!(first_words("<p>Prefers <b>SMS</b></p>"), "Prefers SMS");
        assert_eq!(first_words("a < b and b > c"), "a < b and b > c");
    }
}
