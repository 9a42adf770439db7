//! A text while it is read.

use crate::text;

/// A note while it is read.
#[derive(Clone, Debug)]
pub(crate) struct TextReader {
    pub(crate) title: String,
    pub(crate) text: text::RichText,
    pub(crate) top: usize,
}
