//! How many colours the terminal shows, and on which background.

use crate::config::{Depth, Theme};

/// Asks for the background, and then what the terminal is, which every terminal answers.
pub(super) const QUESTION: &str = "\x1b]11;?\x1b\\\x1b[c";

/// The number of colours, in words.
pub(in crate::app) fn depth_name() -> &'static str {
    match depth(|name| std::env::var(name).ok()) {
        Depth::None => "no colours",
        Depth::Sixteen => "16 colours",
        Depth::Indexed => "256 colours",
        Depth::True => "16 million colours",
    }
}

/// The theme for this background; dark if the terminal did not say.
pub(super) fn theme(background: Option<[u16; 3]>) -> Theme {
    Theme::built_in(background.is_some_and(is_light), depth(|name| std::env::var(name).ok()))
}

/// Whether the terminal may be asked; some print the question.
pub(super) fn is_asked() -> bool {
    let term = std::env::var("TERM").unwrap_or_default();
    !["linux", "Eterm", "screen"].contains(&term.as_str()) && !term.starts_with("screen.")
}

/// By the weights that the eye gives to red, green and blue (Rec. 709).
fn is_light([red, green, blue]: [u16; 3]) -> bool {
    let weighed = u64::from(red) * 2126 + u64::from(green) * 7152 + u64::from(blue) * 722;
    weighed > 5000 * u64::from(u16::MAX)
}

/// The colour depth according to the environment.
fn depth(variable: impl Fn(&str) -> Option<String>) -> Depth {
    let holds =
        |name: &str, words: &[&str]| variable(name).is_some_and(|value| words.iter().any(|word| value.contains(word)));
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Depth::None
    } else if holds("COLORTERM", &["truecolor", "24bit"]) || holds("TERM", &["direct"]) {
        Depth::True
    } else if holds("TERM", &["256color", "kitty", "alacritty", "ghostty", "wezterm"]) {
        Depth::Indexed
    } else {
        Depth::Sixteen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_what_the_environment_says() {
        for (variables, expected) in [
            (vec![("NO_COLOR", "1"), ("COLORTERM", "truecolor")], Depth::None),
            (vec![("NO_COLOR", ""), ("COLORTERM", "truecolor")], Depth::True),
            (vec![("TERM", "xterm-256color")], Depth::Indexed),
            (vec![("TERM", "xterm")], Depth::Sixteen),
            (vec![], Depth::Sixteen),
        ] {
            let lookup =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(depth(lookup), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_background_is_light_or_dark() {
        assert!(is_light([0xffff; 3]) && is_light([0xfdfd, 0xf6f6, 0xe3e3]));
        assert!(!is_light([0; 3]) && !is_light([0x1e1e; 3]) && !is_light([0, 0, 0xffff]));
    }
}
