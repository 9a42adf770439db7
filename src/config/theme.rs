//! Styles for the parts of the screen: named, read from a file, fitted to the terminal's colours.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// A style for each role. Colour never carries meaning alone: a word, a symbol or a modifier always goes with it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// The main text.
    pub text: RoleStyle,
    /// Secondary text: labels, hints, ages.
    pub dim: RoleStyle,
    /// The accent colour.
    pub accent: RoleStyle,
    /// Titles of panes.
    pub title: RoleStyle,
    pub border: RoleStyle,
    /// The border of the focused pane.
    pub focus: RoleStyle,
    /// The line under the cursor in the focused pane.
    pub cursor: RoleStyle,
    /// The line under the cursor in the other panes.
    pub cursor_idle: RoleStyle,
    /// Letters that the filter matched.
    pub hit: RoleStyle,
    /// Done, or successful.
    pub good: RoleStyle,
    pub warn: RoleStyle,
    pub bad: RoleStyle,
    /// The DEMO and read-only badges.
    pub badge: RoleStyle,
    /// A key's name in footer and help.
    pub key: RoleStyle,
}

/// A style in the form of the theme file: `{ fg = "#82aaff", bold = true }`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawStyle")]
pub struct RoleStyle(pub Style);

/// The number of colours that the terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    True,
    Indexed,
    Sixteen,
    /// `NO_COLOR`: bold, underline and reverse remain.
    None,
}

/// Why a theme was rejected.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("cannot read the theme: {0}")]
pub struct ThemeError(#[from] toml::de::Error);

impl Theme {
    /// Parses a theme file; every role must be present.
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
        for RoleStyle(style) in self.looks() {
            style.fg = style.fg.and_then(|color| fit(color, depth));
            style.bg = style.bg.and_then(|color| fit(color, depth));
        }
        self
    }

    fn looks(&mut self) -> [&mut RoleStyle; 14] {
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

/// The nearest colour at this depth; `None` keeps the terminal's own.
fn fit(color: Color, depth: Depth) -> Option<Color> {
    match (depth, color) {
        (Depth::Indexed, Color::Rgb(r, g, b)) => Some(Color::Indexed(nearest_index(r, g, b))),
        // The sixteen colours are the user's own palette, so no nearest match exists: leave RGB out.
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
struct RawStyle {
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    is: Vec<FontMark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FontMark {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl TryFrom<RawStyle> for RoleStyle {
    type Error = String;

    fn try_from(raw: RawStyle) -> Result<Self, Self::Error> {
        let color = |text: Option<String>| -> Result<Option<Color>, String> {
            let parse = |text: String| {
                text.parse().map_err(|_| format!("`{text}` is not a colour: write `#82aaff`, `blue` or `0` to `255`"))
            };
            text.map(parse).transpose()
        };
        let mut style = Style { fg: color(raw.fg)?, bg: color(raw.bg)?, ..Style::default() };
        for mark in raw.is {
            style = style.add_modifier(match mark {
                FontMark::Bold => Modifier::BOLD,
                FontMark::Dim => Modifier::DIM,
                FontMark::Italic => Modifier::ITALIC,
                FontMark::Underline => Modifier::UNDERLINED,
                FontMark::Reverse => Modifier::REVERSED,
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
                for RoleStyle(style) in theme.looks() {
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
