//! The default rules for merging; the configuration file can change them.

use serde::{Deserialize, Serialize};

/// Which member stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SurvivorRule {
    /// The one with the most data: fields, tasks, notes, appointments.
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
    /// The longest that is not all capitals.
    #[default]
    Longest,
    Survivor,
}

/// Which value stays in a field that holds only one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueRule {
    /// The survivor's; if it has none, the newest.
    #[default]
    Survivor,
    /// The value of the member that was changed last.
    Newest,
}

/// Where to keep a value that does not fit on the survivor, such as a second phone number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// In a note on the survivor.
    #[default]
    Note,
    /// In a text custom field, by its id or name.
    Field(String),
    /// Nowhere: it stays on the loser.
    Nowhere,
}

/// All settings for merging.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct MergeRules {
    /// The first rule that prefers one of two members decides.
    pub survivor: Vec<SurvivorRule>,
    pub name: NameRule,
    /// For e-mail and phone; an address that looks made up comes last.
    pub address: ValueRule,
    /// For every other field.
    pub value: ValueRule,
    pub keep: Keep,
    /// The tag on archived contacts; empty for none.
    pub set_aside_tag: String,
    /// Sets archived contacts to "do not disturb".
    pub set_aside_silent: bool,
    /// Days from a purge until the pre-images are wiped.
    pub wipe_after_days: u16,
    /// Bulk merging skips groups with a lower score.
    pub bulk_score: f64,
    /// Bulk merging skips larger groups.
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
