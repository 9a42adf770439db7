//! What a merge keeps where nobody says otherwise; a configuration file can change it.

use serde::{Deserialize, Serialize};

/// Which of the members stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurvivorRule {
    /// The one of whom most is known: fields, tasks, notes, appointments.
    MostComplete,
    /// The one that was added first.
    Oldest,
    Newest,
    /// The one that was changed last.
    LastUpdated,
}

/// Which name stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameRule {
    /// The longest that is not shouting.
    #[default]
    Longest,
    Survivor,
}

/// Which value stays, of fields that hold only one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueRule {
    /// The survivor's, and where it has none the newest.
    #[default]
    Survivor,
    /// Of the member that was changed last.
    Newest,
}

/// Where a value goes that has no place on the survivor, such as a second phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Into a note on the survivor.
    #[default]
    Note,
    /// Into a custom field of text, by its id or name.
    Field(String),
    /// Nowhere: it stays on the loser, and goes with it.
    Nowhere,
}

/// Everything that can be set about merging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct MergeRules {
    /// The first that tells two members apart decides.
    pub survivor: Vec<SurvivorRule>,
    pub name: NameRule,
    /// E-mail and phone; one that was made up for a form goes behind all others.
    pub address: ValueRule,
    /// Every other field.
    pub value: ValueRule,
    pub keep: Keep,
    /// The tag of what is set aside; empty for none.
    pub set_aside_tag: String,
    /// What is set aside is not to be disturbed.
    pub set_aside_silent: bool,
    /// Pre-images are wiped so many days after a purge.
    pub wipe_after_days: u16,
    /// Groups less sure than this are never merged many at once.
    pub bulk_score: f64,
    /// Nor larger ones.
    pub bulk_members: usize,
}

impl Default for MergeRules {
    fn default() -> Self {
        Self {
            survivor: vec![SurvivorRule::MostComplete, SurvivorRule::Oldest],
            name: NameRule::default(),
            address: ValueRule::Newest,
            value: ValueRule::default(),
            keep: Keep::default(),
            set_aside_tag: "merged-duplicate".to_owned(),
            set_aside_silent: false,
            wipe_after_days: 90,
            bulk_score: 0.98,
            bulk_members: 10,
        }
    }
}
