//! The filters of a search: a tree of groups and tests, parsed strictly, with the documented errors.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::IndexRow;
use crate::sandbox::{contact::ContactRecord, world::World};

/// Only these operators.
const IS: &[&str] = &["eq", "not_eq"];
const IS_OR_THERE: &[&str] = &["eq", "not_eq", "exists", "not_exists"];
const TEXT: &[&str] = &["eq", "not_eq", "exists", "not_exists", "contains", "not_contains"];
const TIME: &[&str] = &["range", "exists", "not_exists"];
const NUMBER: &[&str] = &["range", "exists", "not_exists", "eq", "not_eq"];

#[derive(Clone, Debug)]
pub(in crate::sandbox) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Test { field: FilterField, negated: bool, test: FilterTest },
}

#[derive(Clone, Debug)]
pub(in crate::sandbox) enum FilterTest {
    /// One of these, lower-cased.
    Is(Vec<String>),
    Contains(String),
    Exists,
    Range {
        from: Option<f64>,
        above: Option<f64>,
        to: Option<f64>,
        below: Option<f64>,
    },
}

#[derive(Clone, PartialEq, Eq)]
pub(in crate::sandbox) enum FilterField {
    Id(Option<u32>),
    Plain(&'static str),
    Custom(String),
}

impl fmt::Debug for FilterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(_) => write!(f, "id"),
            Self::Plain(name) => write!(f, "{name}"),
            Self::Custom(id) => write!(f, "customFields.{id}"),
        }
    }
}

/// Every filterable field with its operators.
const FIELDS: &[(&str, &[&str])] = &[
    ("id", IS),
    ("assignedTo", IS_OR_THERE),
    ("country", IS_OR_THERE),
    ("dnd", IS_OR_THERE),
    ("email", IS_OR_THERE),
    ("followers", IS_OR_THERE),
    ("isValidWhatsapp", IS_OR_THERE),
    ("timezone", IS_OR_THERE),
    ("type", IS_OR_THERE),
    ("validEmail", IS_OR_THERE),
    ("website", IS_OR_THERE),
    ("activeWorkflows", IS_OR_THERE),
    ("finishedWorkflows", IS_OR_THERE),
    ("address", TEXT),
    ("businessName", TEXT),
    ("city", TEXT),
    ("companyName", TEXT),
    ("firstNameLowerCase", TEXT),
    ("lastNameLowerCase", TEXT),
    ("phone", TEXT),
    ("postalCode", TEXT),
    ("source", TEXT),
    ("state", TEXT),
    ("tags", TEXT),
    ("dateAdded", TIME),
    ("dateUpdated", TIME),
    ("lastEmailClickedDate", TIME),
    ("lastEmailOpenedDate", TIME),
    ("lastAppointment", TIME),
];

impl Filter {
    /// The error is the message of a 400.
    pub(in crate::sandbox) fn read(list: &[Value], world: &World) -> Result<Self, String> {
        list.iter().map(|node| Self::node(node, world)).collect::<Result<_, _>>().map(Self::All)
    }

    fn node(node: &Value, world: &World) -> Result<Self, String> {
        if let Some(group) = node.get("group") {
            let inner = node["filters"].as_array().ok_or("filters must be an array")?;
            let inner = inner.iter().map(|node| Self::node(node, world)).collect::<Result<_, _>>()?;
            return match group.as_str() {
                Some("AND") => Ok(Self::All(inner)),
                Some("OR") => Ok(Self::Any(inner)),
                _ => Err(format!("Invalid group {group}")),
            };
        }
        let name = node["field"].as_str().ok_or("field should not be empty")?;
        let operator = node["operator"].as_str().ok_or("operator should not be empty")?;
        let (plain, allowed) = field(name, world)?;
        if !allowed.contains(&operator) {
            return Err(format!("Invalid operator {operator} for field {name}"));
        }
        let positive = operator.strip_prefix("not_").unwrap_or(operator);
        let test = FilterTest::read(positive, node.get("value"))?;
        let field = match (&plain, &test) {
            (FilterField::Id(_), FilterTest::Is(values)) if values.len() == 1 => {
                FilterField::Id(node["value"].as_str().and_then(|id| world.ids.index(id)))
            }
            _ => plain,
        };
        Ok(Self::Test { field, negated: positive != operator, test })
    }

    pub(in crate::sandbox) fn is_everything(&self) -> bool {
        matches!(self, Self::All(inner) if inner.is_empty())
    }

    pub(super) fn fits(&self, row: &IndexRow, index: u32, version: &dyn Fn() -> Arc<ContactRecord>) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(|filter| filter.fits(row, index, version)),
            Self::Any(inner) => inner.iter().any(|filter| filter.fits(row, index, version)),
            Self::Test { field, negated, test } => test.passes(field, row, index, version) != *negated,
        }
    }
}

fn field(name: &str, world: &World) -> Result<(FilterField, &'static [&'static str]), String> {
    if let Some(id) = name.strip_prefix("customFields.") {
        let kind = world.fields.iter().find(|field| field.id == id).map_or("TEXT", |field| &field.kind.data_type);
        let operators = match kind {
            "DATE" => TIME,
            "NUMERICAL" | "MONETORY" => NUMBER,
            "CHECKBOX" | "MULTIPLE_OPTIONS" => IS_OR_THERE,
            _ => TEXT,
        };
        return Ok((FilterField::Custom(id.to_owned()), operators));
    }
    let known = FIELDS.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("Invalid field {name}"))?;
    Ok((if name == "id" { FilterField::Id(None) } else { FilterField::Plain(known.0) }, known.1))
}

impl FilterTest {
    fn read(operator: &str, value: Option<&Value>) -> Result<Self, String> {
        let bound = |name: &str| value.and_then(|value| value[name].as_f64());
        match operator {
            "exists" => Ok(Self::Exists),
            "range" => {
                let range =
                    Self::Range { from: bound("gte"), above: bound("gt"), to: bound("lte"), below: bound("lt") };
                let any = ["gte", "gt", "lte", "lt"].into_iter().any(|name| bound(name).is_some());
                if any { Ok(range) } else { Err("range needs gte, gt, lte or lt as a number".into()) }
            }
            "contains" => {
                let text = value.and_then(Value::as_str).unwrap_or_default();
                if text.chars().count() < 3 {
                    return Err("Min. 3 characters required for contains and not_contains".into());
                }
                if text.contains(['*', '?', '"', '\\', '(', ')', '[', ']', '{', '}', '^', '~', '<', '>']) {
                    return Err("Special characters are not allowed for contains and not_contains".into());
                }
                Ok(Self::Contains(text.to_lowercase()))
            }
            _ => match value {
                None | Some(Value::Null) => Err("value should not be empty".into()),
                Some(Value::Array(list)) => Ok(Self::Is(list.iter().map(plain_text).collect())),
                Some(value) => Ok(Self::Is(vec![plain_text(value)])),
            },
        }
    }

    fn passes(
        &self,
        field: &FilterField,
        row: &IndexRow,
        index: u32,
        version: &dyn Fn() -> Arc<ContactRecord>,
    ) -> bool {
        let lone = |text: &Option<Box<str>>| self.holds(text.as_deref().into_iter());
        match field {
            FilterField::Id(Some(wanted)) => *wanted == index,
            FilterField::Id(None) => self.holds([version().id.to_lowercase().as_str()].into_iter()),
            FilterField::Plain("dateAdded") => self.holds_number(Some(row.added)),
            FilterField::Plain("dateUpdated") => self.holds_number(Some(row.updated)),
            FilterField::Plain("email") => lone(&row.email),
            FilterField::Plain("phone") => lone(&row.phone),
            FilterField::Plain("firstNameLowerCase") => lone(&row.first),
            FilterField::Plain("lastNameLowerCase") => lone(&row.last),
            FilterField::Plain("source") => lone(&row.source),
            FilterField::Plain("businessName" | "companyName") => lone(&row.company),
            FilterField::Plain("dnd") => self.holds([if row.dnd { "true" } else { "false" }].into_iter()),
            FilterField::Plain(name) => {
                let values = values(name, &version());
                self.holds(values.iter().map(String::as_str))
            }
            FilterField::Custom(id) => {
                let contact = version();
                let value = contact.custom.iter().find(|(field, _)| field == id).map(|(_, value)| value);
                self.holds_custom(value)
            }
        }
    }

    fn holds<'a>(&self, mut values: impl Iterator<Item = &'a str>) -> bool {
        match self {
            Self::Is(wanted) => values.any(|value| wanted.iter().any(|wanted| wanted == value)),
            Self::Contains(part) => values.any(|value| value.contains(part.as_str())),
            Self::Exists => values.next().is_some(),
            Self::Range { .. } => false,
        }
    }

    fn holds_number(&self, value: Option<i64>) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 for 285,000 years")]
        let value = value.map(|number| number as f64);
        match (self, value) {
            (Self::Range { from, above, to, below }, Some(value)) => {
                from.is_none_or(|bound| value >= bound)
                    && above.is_none_or(|bound| value > bound)
                    && to.is_none_or(|bound| value <= bound)
                    && below.is_none_or(|bound| value < bound)
            }
            (Self::Exists, value) => value.is_some(),
            _ => false,
        }
    }

    fn holds_custom(&self, value: Option<&Value>) -> bool {
        let texts: Vec<String> = match value {
            None | Some(Value::Null) => vec![],
            Some(Value::Array(list)) => list.iter().map(plain_text).collect(),
            Some(value) => vec![plain_text(value)],
        };
        if matches!(self, Self::Range { .. }) {
            let date = |text: &str| text.parse::<jiff::civil::Date>().ok().map(|date| date.at(0, 0, 0, 0));
            let day =
                value.and_then(Value::as_str).and_then(date).and_then(|at| at.to_zoned(jiff::tz::TimeZone::UTC).ok());
            let number = value.and_then(Value::as_f64).and_then(|n| format!("{n:.0}").parse().ok());
            return self.holds_number(day.map(|at| at.timestamp().as_millisecond()).or(number));
        }
        self.holds(texts.iter().map(String::as_str))
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase()
}

fn values(field: &str, contact: &ContactRecord) -> Vec<String> {
    let lone = match field {
        "assignedTo" => &contact.assigned_to,
        "country" => &contact.country,
        "timezone" => &contact.timezone,
        "website" => &contact.website,
        "address" => &contact.address,
        "city" => &contact.city,
        "postalCode" => &contact.postal_code,
        "state" => &contact.state,
        "type" => return vec![contact.kind.to_lowercase()],
        "tags" => return contact.tags.iter().map(|tag| tag.to_lowercase()).collect(),
        "followers" => return contact.followers.iter().map(|user| user.to_lowercase()).collect(),
        _ => &None,
    };
    lone.iter().map(|text| text.to_lowercase()).collect()
}
