//! A text while it is read.

use crate::text;

/// A text with its title, and the first line in sight.
#[derive(Clone, Debug)]
pub(crate) struct TextReader {
    pub(crate) title: String,
    pub(crate) text: text::RichText,
    pub(crate) top: usize,
}
