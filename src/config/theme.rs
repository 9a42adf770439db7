//! What the parts of the screen look like: named styles, read from a file, fitted to the terminal's colours.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// A style for each role. Meaning never rests on colour alone: every role that says something is also
/// carried by a word, a symbol or a modifier.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// What people came to read.
    pub text: Look,
    /// Secondary text: labels, hints, ages.
    pub dim: Look,
    /// The one accent.
    pub accent: Look,
    /// Names at the head of a pane.
    pub title: Look,
    pub border: Look,
    /// The border of the pane that has the focus.
    pub focus: Look,
    /// The line under the cursor in the pane that has the focus.
    pub cursor: Look,
    /// The line under the cursor in the other panes.
    pub cursor_idle: Look,
    /// Letters that the filter matched.
    pub hit: Look,
    /// What is done or goes well.
    pub good: Look,
    pub warn: Look,
    pub bad: Look,
    /// The DEMO and read-only badges.
    pub badge: Look,
    /// The name of a key in footer and help.
    pub key: Look,
}

/// A style as the theme file writes it: `{ fg = "#82aaff", bold = true }`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawLook")]
pub struct Look(pub Style);

/// How many colours the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    True,
    Indexed,
    Sixteen,
    /// `NO_COLOR`: bold, underline and reverse remain.
    None,
}

/// Why a theme was not accepted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the theme cannot be read: {0}")]
pub struct ThemeError(#[from] toml::de::Error);

impl Theme {
    /// Reads a theme file; every role must be there.
    pub fn parse(source: &str) -> Result<Self, ThemeError> {
        Ok(toml::from_str(source)?)
    }

    /// The built-in theme for this terminal.
    pub fn built_in(light: bool, depth: Depth) -> Self {
        let source = match (depth, light) {
            (Depth::True | Depth::Indexed, true) => include_str!("../../assets/themes/light.toml"),
            (Depth::True | Depth::Indexed, false) => include_str!("../../assets/themes/dark.toml"),
            (Depth::Sixteen | Depth::None, _) => include_str!("../../assets/themes/sixteen.toml"),
        };
        Self::parse(source).expect("the built-in themes are parsed in a test").fitted(depth)
    }

    /// The same theme with colours that the terminal can show.
    #[must_use]
    pub fn fitted(mut self, depth: Depth) -> Self {
        for Look(style) in self.looks() {
            style.fg = style.fg.and_then(|color| fit(color, depth));
            style.bg = style.bg.and_then(|color| fit(color, depth));
        }
        self
    }

    fn looks(&mut self) -> [&mut Look; 14] {
        [
            &mut self.text,
            &mut self.dim,
            &mut self.accent,
            &mut self.title,
            &mut self.border,
            &mut self.focus,
            &mut self.cursor,
            &mut self.cursor_idle,
            &mut self.hit,
            &mut self.good,
            &mut self.warn,
            &mut self.bad,
            &mut self.badge,
            &mut self.key,
        ]
    }
}

/// The nearest colour at this depth; `None` leaves the terminal's own.
fn fit(color: Color, depth: Depth) -> Option<Color> {
    match (depth, color) {
        (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_index(r, g, b))),
        // Sixteen colours are the user's own palette: a near match cannot be computed, so RGB is left out.
        (Depth::None, _) | (Depth::Sixteen, Color::Rgb(..) | Color::Indexed(16..)) => None,
        (Depth::True | Depth::Indexed | Depth::Sixteen, color) => Some(color),
    }
}

/// The nearest entry of the 6×6×6 cube or the grey ramp of the 256-colour palette.
fn nearest_index(r: u8, g: u8, b: u8) -> u8 {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let step = |value: u8| (0u8..6).min_by_key(|&at| STEPS[usize::from(at)].abs_diff(value)).unwrap_or(0);
    let distance = |cr: u8, cg: u8, cb: u8| -> u32 {
        [(cr, r), (cg, g), (cb, b)].into_iter().map(|(x, y)| u32::from(x.abs_diff(y)).pow(2)).sum()
    };
    let (cr, cg, cb) = (step(r), step(g), step(b));
    let cube = distance(STEPS[usize::from(cr)], STEPS[usize::from(cg)], STEPS[usize::from(cb)]);
    let grey = |at: u8| 8 + 10 * at;
    let ramp = (0u8..24).min_by_key(|&at| distance(grey(at), grey(at), grey(at))).unwrap_or(0);
    if distance(grey(ramp), grey(ramp), grey(ramp)) < cube { 232 + ramp } else { 16 + 36 * cr + 6 * cg + cb }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLook {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    is: Vec<Mark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mark {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl TryFrom<RawLook> for Look {
    type Error = String;

    fn try_from(raw: RawLook) -> Result<Self, Self::Error> {
        let color = |text: Option<String>| -> Result<Option<Color>, String> {
            let parse = |text: String| {
                text.parse().map_err(|_| format!("`{text}` is not a colour: write `#82aaff`, `blue` or `0` to `255`"))
            };
            text.map(parse).transpose()
        };
        let mut style = Style { fg: color(raw.fg)?, bg: color(raw.bg)?, ..Style::default() };
        for mark in raw.is {
            style = style.add_modifier(match mark {
                Mark::Bold => Modifier::BOLD,
                Mark::Dim => Modifier::DIM,
                Mark::Italic => Modifier::ITALIC,
                Mark::Underline => Modifier::UNDERLINED,
                Mark::Reverse => Modifier::REVERSED,
            });
        }
        Ok(Self(style))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_fit_every_terminal() {
        for light in [false, true] {
            for depth in [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::None] {
                let mut theme = Theme::built_in(light, depth);
                for Look(style) in theme.looks() {
                    for color in [style.fg, style.bg].into_iter().flatten() {
                        match depth {
                            Depth::True => {}
                            Depth::Indexed => assert!(!matches!(color, Color::Rgb(..)), "{color:?}"),
                            Depth::Sixteen => assert!(!matches!(color, Color::Rgb(..) | Color::Indexed(16..))),
                            Depth::None => panic!("{color:?} without colours"),
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_cursor_is_seen_without_colours() {
        let theme = Theme::built_in(false, Depth::None);
        assert_ne!(theme.cursor.0, theme.text.0);
        assert_ne!(theme.bad.0, theme.text.0);
    }

    #[test]
    fn the_nearest_of_256() {
        for (rgb, index) in [((0, 0, 0), 16), ((255, 255, 255), 231), ((255, 0, 0), 196), ((128, 128, 128), 244)] {
            assert_eq!(nearest_index(rgb.0, rgb.1, rgb.2), index, "{rgb:?}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let good = include_str!("../../assets/themes/dark.toml");
        for (source, part) in [
            (good.replace("\naccent", "\naccident"), "accident"),
            (good.replace("bold", "loud"), "unknown variant `loud`"),
            (good.replacen('#', "#zz", 2).replacen("#zz", "#", 1), "is not a colour"),
        ] {
            let error = Theme::parse(&source).expect_err("a mistake").to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
