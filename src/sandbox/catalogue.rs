//! The words that seeded people are made of, read once from `assets/sandbox`.
//! It knows lists of names, places and texts; it must not know how a person is put together from them.

use std::{collections::HashMap, sync::OnceLock};

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct SeedCatalogue {
    pub(super) names: PersonNames,
    /// The businesses, one for each location of the agency.
    pub(super) practices: [Practice; 2],
    pub(super) business: Business,
    pub(super) places: Places,
    pub(super) texts: Texts,
    pub(super) hostile: Vec<Hostile>,
}

#[derive(Deserialize)]
pub(super) struct PersonNames {
    pub(super) cultures: Vec<Culture>,
    /// Names that are not written in plain Latin letters.
    pub(super) other_scripts: Vec<Script>,
    pub(super) nicknames: HashMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Culture {
    pub(super) weight: u32,
    #[serde(deserialize_with = "words")]
    pub(super) given: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(super) family: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Script {
    #[serde(deserialize_with = "words")]
    pub(super) given: Vec<String>,
    #[serde(deserialize_with = "words")]
    pub(super) family: Vec<String>,
}

/// One business of the agency.
#[derive(Deserialize)]
pub(super) struct Practice {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) postal_code: String,
    pub(super) country: String,
    /// The time zone of people nearby.
    pub(super) timezone: String,
    /// The local name of the neighbourhood.
    pub(super) region: String,
    pub(super) website: String,
    pub(super) email: String,
    pub(super) phone: String,
    /// First name, last name, role; the first one is the doctor.
    pub(super) users: Vec<(String, String, String)>,
    pub(super) calendars: Vec<String>,
    /// Where its people live: city, state, postal code, weight.
    pub(super) places: Vec<(String, String, String, u32)>,
    /// Nearby area codes.
    #[serde(deserialize_with = "words")]
    pub(super) codes: Vec<String>,
}

/// What all businesses of this trade have in common.
#[derive(Deserialize)]
pub(super) struct Business {
    pub(super) campaigns: Vec<String>,
    pub(super) workflows: Vec<String>,
    /// The stages of the only pipeline.
    pub(super) stages: Vec<String>,
    pub(super) sources: Vec<String>,
    pub(super) tags: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) companies: Vec<String>,
    pub(super) domains: Vec<String>,
    pub(super) custom_fields: Vec<CustomFieldKind>,
    pub(super) alerts: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct CustomFieldKind {
    pub(super) name: String,
    pub(super) key: String,
    #[serde(rename = "type")]
    pub(super) data_type: String,
    #[serde(default)]
    pub(super) options: Vec<String>,
    /// How many contacts in a hundred have a value.
    pub(super) share: u32,
}

#[derive(Deserialize)]
pub(super) struct Places {
    #[serde(deserialize_with = "bars")]
    pub(super) streets: Vec<String>,
    #[serde(deserialize_with = "bars")]
    pub(super) kinds: Vec<String>,
    /// Telephone codes of the country.
    #[serde(deserialize_with = "words")]
    pub(super) area_codes: Vec<String>,
    pub(super) abroad: Vec<Abroad>,
}

#[derive(Deserialize)]
pub(super) struct Abroad {
    pub(super) country: String,
    pub(super) timezone: String,
    /// E.164 with `#` for each free digit.
    pub(super) phone: String,
    /// City, state, postal code.
    pub(super) cities: Vec<(String, String, String)>,
    pub(super) streets: Vec<String>,
}

/// Texts of the business; `{website}` and `{doctor}` are placeholders.
#[derive(Deserialize)]
pub(super) struct Texts {
    /// Title and body.
    pub(super) tasks: Vec<(String, String)>,
    pub(super) notes: Vec<String>,
    pub(super) note_titles: Vec<String>,
    pub(super) appointments: Vec<String>,
    pub(super) appointment_notes: Vec<String>,
}

/// A person whose texts attack the terminal that shows them.
#[derive(Deserialize)]
pub(super) struct Hostile {
    pub(super) first: String,
    pub(super) last: String,
    pub(super) note: String,
    pub(super) task: String,
    /// Which text is ten thousand characters long: `company` or `note`.
    #[serde(default)]
    pub(super) long: String,
}

impl Texts {
    /// The texts with the placeholders of one business filled in.
    pub(super) fn of(&self, practice: &Practice) -> Self {
        let doctor = practice.users.first().map(|(_first, last, _role)| last.as_str()).unwrap_or_default();
        let one = |text: &String| text.replace("{website}", &practice.website).replace("{doctor}", doctor);
        let all = |list: &[String]| list.iter().map(one).collect();
        Self {
            tasks: self.tasks.iter().map(|(title, body)| (one(title), one(body))).collect(),
            notes: all(&self.notes),
            note_titles: all(&self.note_titles),
            appointments: all(&self.appointments),
            appointment_notes: all(&self.appointment_notes),
        }
    }
}

fn words<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    // Split at plain spaces only: a name may contain a no-break space.
    Ok(String::deserialize(from)?.split(' ').map(str::to_owned).collect())
}

fn bars<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(String::deserialize(from)?.split('|').map(str::to_owned).collect())
}

pub(super) fn catalogue() -> &'static SeedCatalogue {
    static CATALOGUE: OnceLock<SeedCatalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        const BUILT_IN: &str = "the built-in lists are valid, a test reads them";
        SeedCatalogue {
            names: serde_json::from_str(include_str!("../../assets/sandbox/names.json")).expect(BUILT_IN),
            practices: serde_json::from_str(include_str!("../../assets/sandbox/practices.json")).expect(BUILT_IN),
            business: serde_json::from_str(include_str!("../../assets/sandbox/business.json")).expect(BUILT_IN),
            places: serde_json::from_str(include_str!("../../assets/sandbox/places.json")).expect(BUILT_IN),
            texts: serde_json::from_str(include_str!("../../assets/sandbox/texts.json")).expect(BUILT_IN),
            hostile: serde_json::from_str(include_str!("../../assets/sandbox/hostile.json")).expect(BUILT_IN),
        }
    })
}
