//! Parts of a painted screen, found by the frames that are drawn around them: a picture of a pane or a pop-up holds
//! that alone, whatever stands in the header, the tabs and the footer.

use ghl_tui::text;
use ratatui::buffer::Buffer;

/// A screen as text, trailing spaces cut.
pub(crate) fn whole(buffer: &Buffer) -> String {
    let rows = 0..buffer.area.height;
    rows.map(|y| row(buffer, y, 0, buffer.area.width).trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The frame whose upper edge says this, with all that is painted in it. The focused one where several do.
pub(crate) fn framed(buffer: &Buffer, title: &str) -> Option<String> {
    let corners = (0..buffer.area.height).flat_map(|y| (0..buffer.area.width).map(move |x| (x, y)));
    let corners = corners.filter(|&at| matches!(buffer[at].symbol(), "┏" | "┌"));
    let found: Vec<(u16, u16, u16)> = corners
        .filter_map(|(x, y)| {
            let right = (x..buffer.area.width).find(|&x| matches!(buffer[(x, y)].symbol(), "┓" | "┐"))?;
            row(buffer, y, x, right + 1).contains(title).then_some((x, y, right + 1))
        })
        .collect();
    let focused = found.iter().find(|&&(x, y, _right)| buffer[(x, y)].symbol() == "┏");
    let &(x, y, right) = focused.or(found.first())?;
    let bottom = (y..buffer.area.height).find(|&y| matches!(buffer[(x, y)].symbol(), "┗" | "└"))?;
    Some(folded(&(y..=bottom).map(|y| row(buffer, y, x, right)).collect::<Vec<_>>()))
}

/// All frames of a screen and what is said below them, without the header, the tabs and the last line's keys.
pub(crate) fn body(buffer: &Buffer) -> String {
    let screen = whole(buffer);
    let lines: Vec<String> = screen.lines().map(str::to_owned).collect();
    let first = lines.iter().position(|line| line.starts_with(['┏', '┌'])).expect("a frame is drawn");
    folded(&lines[first..lines.len() - 1]).trim_end().to_owned()
}

fn row(buffer: &Buffer, y: u16, from: u16, to: u16) -> String {
    let mut line = String::new();
    let mut covered = 0;
    for x in from..to {
        let symbol = buffer[(x, y)].symbol();
        // The cells behind a wide character hold nothing of their own.
        if covered == 0 {
            line.push_str(symbol);
            covered = text::width(symbol).max(1);
        }
        covered -= 1;
    }
    line
}

/// Lines, with those counted that are there three times or more in a row.
fn folded(lines: &[String]) -> String {
    let told = lines.chunk_by(|a, b| a == b).flat_map(|run| match run {
        [line, _, _, ..] => vec![format!("{line} ×{}", run.len())],
        run => run.to_vec(),
    });
    told.collect::<Vec<_>>().join("\n")
}

/// Several pictures in one file, each under its name.
pub(crate) fn album(pictures: &[(&str, String)]) -> String {
    pictures.iter().map(|(name, picture)| format!("── {name}\n{picture}")).collect::<Vec<_>>().join("\n\n")
}
