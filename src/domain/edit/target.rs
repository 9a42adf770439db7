//! The record that an edit changes: one on the server, or one that another edit will create.

use crate::domain::EditId;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

/// The record that an edit changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target<I> {
    Known(I),
    /// The record that this edit creates: its id is unknown until the server answers.
    MadeBy(EditId),
}

/// Also reads a plain id, as in older ledgers.
impl<'de, I: Deserialize<'de>> Deserialize<'de> for Target<I> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<I> {
            Known {
                #[serde(rename = "Known")]
                id: I,
            },
            MadeBy {
                #[serde(rename = "MadeBy")]
                by: EditId,
            },
            Plain(I),
        }
        Ok(match Form::deserialize(from)? {
            Form::Known { id } | Form::Plain(id) => Self::Known(id),
            Form::MadeBy { by } => Self::MadeBy(by),
        })
    }
}

impl<I> Target<I> {
    /// The id, if it is known.
    pub fn known(&self) -> Option<&I> {
        match self {
            Self::Known(id) => Some(id),
            Self::MadeBy(_) => None,
        }
    }
}
