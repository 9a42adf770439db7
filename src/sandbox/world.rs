//! The constant part of a location: its seed, users, fields and tokens.
//! Everything here is a pure function of the options; changes live in `state`.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    catalogue::{CustomFieldKind, Practice, SeedCatalogue, Texts, catalogue},
    ids::{ContactIds, hash, id, private_token},
};

pub(super) struct World {
    pub(super) seed: u64,
    pub(super) size: u32,
    /// The base of all seeded dates, in milliseconds since the epoch.
    pub(super) now: i64,
    pub(super) zone: TimeZone,
    pub(super) zone_name: String,
    /// The day of `now` in the location's zone.
    pub(super) today: Date,
    pub(super) ids: ContactIds,
    pub(super) location_id: String,
    pub(super) company_id: String,
    pub(super) token: String,
    pub(super) read_only_token: String,
    pub(super) users: Vec<UserRecord>,
    pub(super) fields: Vec<CustomFieldRecord>,
    pub(super) calendars: Vec<NamedRecord>,
    pub(super) campaigns: Vec<NamedRecord>,
    pub(super) workflows: Vec<NamedRecord>,
    pub(super) businesses: Vec<NamedRecord>,
    pub(super) stages: Vec<NamedRecord>,
    pub(super) practice: &'static Practice,
    pub(super) words: &'static SeedCatalogue,
    pub(super) texts: Texts,
    /// Area codes of the country outside the neighbourhood.
    pub(super) far_codes: Vec<&'static str>,
}

/// A thing of the location that can be chosen but never changed.
pub(super) struct NamedRecord {
    pub(super) id: String,
    pub(super) name: &'static str,
}

pub(super) struct UserRecord {
    pub(super) id: String,
    first: &'static str,
    last: &'static str,
    role: &'static str,
}

pub(super) struct CustomFieldRecord {
    pub(super) id: String,
    pub(super) kind: &'static CustomFieldKind,
}

/// The second location's time zone: the first of these that differs from the main one's.
const OTHER_ZONES: [&str; 2] = ["America/New_York", "America/Chicago"];

impl World {
    /// The main location.
    pub(super) fn new(seed: u64, size: u32, now: i64, zone: TimeZone, zone_name: String) -> Self {
        let [practice, _] = &catalogue().practices;
        Self::of(practice, id(seed, "company", 0, 0), seed, size, now, (zone, zone_name))
    }

    /// The second location of the same agency: about a tenth of the size, with a seed, a name and a time zone of its
    /// own.
    pub(super) fn other(main: &Self) -> Self {
        let [_, practice] = &catalogue().practices;
        let at = Timestamp::from_millisecond(main.now).unwrap_or(Timestamp::UNIX_EPOCH);
        let differs = |zone: &TimeZone| zone.to_offset(at) != main.zone.to_offset(at);
        let zone = OTHER_ZONES.into_iter().find_map(|name| Some((TimeZone::get(name).ok().filter(differs)?, name)));
        let (zone, name) = zone.unwrap_or((TimeZone::UTC, "UTC"));
        let seed = hash(main.seed, "other location", 0, 0);
        let size = (main.size / 10).clamp(25, 300);
        Self::of(practice, main.company_id.clone(), seed, size, main.now, (zone, name.to_owned()))
    }

    fn of(
        practice: &'static Practice,
        company_id: String,
        seed: u64,
        size: u32,
        now: i64,
        (zone, zone_name): (TimeZone, String),
    ) -> Self {
        let words = catalogue();
        let today = Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone()).date();
        let users = (0..).zip(&practice.users).map(|(n, (first, last, role))| UserRecord {
            id: id(seed, "user", n, 0),
            first,
            last,
            role,
        });
        let fields = (0..)
            .zip(&words.business.custom_fields)
            .map(|(n, kind)| CustomFieldRecord { id: id(seed, "field", n, 0), kind });
        let named = |purpose: &str, names: &'static [String]| -> Vec<NamedRecord> {
            (0..).zip(names).map(|(n, name)| NamedRecord { id: id(seed, purpose, n, 0), name }).collect()
        };
        let far = words.places.area_codes.iter().filter(|code| !practice.codes.contains(code));
        Self {
            users: users.collect(),
            fields: fields.collect(),
            calendars: named("calendar", &practice.calendars),
            campaigns: named("campaign", &words.business.campaigns),
            workflows: named("workflow", &words.business.workflows),
            businesses: named("business", &words.business.companies),
            stages: named("stage", &words.business.stages),
            location_id: id(seed, "location", 0, 0),
            company_id,
            token: private_token(seed, "token"),
            read_only_token: private_token(seed, "read-only token"),
            ids: ContactIds::new(seed),
            seed,
            size,
            now,
            zone,
            zone_name,
            today,
            texts: words.texts.of(practice),
            far_codes: far.map(String::as_str).collect(),
            practice,
            words,
        }
    }

    /// The hour `hour:minute` of the day `days` after today in the location's zone.
    pub(super) fn local(&self, days: i64, hour: i8, minute: i8) -> i64 {
        let day = self.today.checked_add(jiff::Span::new().days(days)).unwrap_or(self.today);
        let at = day.at(hour, minute, 0, 0).to_zoned(self.zone.clone());
        at.map_or(self.now, |zoned| zoned.timestamp().as_millisecond())
    }

    /// `2021-07-16 11:00:00`: local time without a zone, as answers give appointments.
    pub(super) fn wall(&self, ms: i64) -> String {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `2021-06-23T03:30:00-07:00`, as the calendar endpoints answer.
    pub(super) fn offset(&self, ms: i64) -> String {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    pub(super) fn location(&self, allow_duplicates: bool) -> Value {
        let business = self.practice;
        let (first, last, _) = &business.users[0];
        json!({
            "id": self.location_id, "companyId": self.company_id, "name": business.name,
            "address": business.address, "city": business.city, "state": business.state, "country": business.country,
            "postalCode": business.postal_code, "website": business.website, "timezone": self.zone_name,
            "firstName": first, "lastName": last, "email": business.email, "phone": business.phone,
            "business": {
                "name": business.name, "address": business.address, "city": business.city, "state": business.state,
                "country": business.country, "postalCode": business.postal_code, "website": business.website,
                "timezone": self.zone_name,
            },
            "social": {"facebookUrl": "https://www.facebook.com/", "instagram": "https://www.instagram.com/"},
            "settings": {
                "allowDuplicateContact": allow_duplicates, "allowDuplicateOpportunity": false,
                "allowFacebookNameMerge": false, "disableContactTimezone": false,
            },
        })
    }

    pub(super) fn users_json(&self) -> Vec<Value> {
        let domain = self.practice.website.trim_start_matches("https://www.");
        let one = |user: &UserRecord| {
            json!({
                "id": user.id, "name": format!("{} {}", user.first, user.last),
                "firstName": user.first, "lastName": user.last,
                "email": format!("{}@{domain}", user.first.to_lowercase().replace('á', "a")),
                "phone": self.practice.phone, "extension": "", "deleted": false,
                "permissions": {"contactsEnabled": true, "appointmentsEnabled": true, "assignedDataOnly": false},
                "roles": {"type": "account", "role": user.role, "locationIds": [self.location_id], "restrictSubAccount": false},
            })
        };
        self.users.iter().map(one).collect()
    }

    pub(super) fn tags_json(&self) -> Vec<Value> {
        let tag = |(n, name): (u64, &String)| json!({"id": id(self.seed, "tag", n, 0), "name": name, "locationId": self.location_id});
        (0..).zip(&self.words.business.tags).map(tag).collect()
    }

    pub(super) fn fields_json(&self) -> Vec<Value> {
        let one = |(position, field): (u64, &CustomFieldRecord)| {
            let mut json = json!({
                "id": field.id, "name": field.kind.name, "fieldKey": format!("contact.{}", field.kind.key),
                "placeholder": "", "dataType": field.kind.data_type, "position": position * 50,
                "locationId": self.location_id, "model": "contact",
            });
            if !field.kind.options.is_empty() {
                json["picklistOptions"] = json!(field.kind.options);
            }
            json
        };
        (0..).zip(&self.fields).map(one).collect()
    }
}
