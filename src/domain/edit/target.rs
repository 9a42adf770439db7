//! Which record an edit means: one that the server knows, or one that another edit is making.

use crate::domain::EditId;
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};

/// Which record is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Target<I> {
    Known(I),
    /// The record that this edit makes: its id is not known until the server has answered.
    MadeBy(EditId),
}

/// Older ledgers hold the plain id.
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
    /// The id, where it is known already.
    pub fn known(&self) -> Option<&I> {
        match self {
            Self::Known(id) => Some(id),
            Self::MadeBy(_) => None,
        }
    }
}
