//! Validates request bodies: which properties exist, which are required, and which values they take, in the words of
//! HighLevel's validator. It must not know what the values mean.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// One property of a body.
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) kind: PropertyKind,
    pub(super) required: bool,
    pub(super) nullable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PropertyKind {
    Text,
    Boolean,
    Number,
    Date,
    Texts,
    List,
    Object,
    Anything,
}

pub(super) const fn required(name: &'static str, kind: PropertyKind) -> Property {
    Property { name, kind, required: true, nullable: false }
}

/// Required, but may be null.
pub(super) const fn required_or_null(name: &'static str, kind: PropertyKind) -> Property {
    Property { name, kind, required: true, nullable: true }
}

pub(super) const fn optional(name: &'static str, kind: PropertyKind) -> Property {
    Property { name, kind, required: false, nullable: false }
}

pub(super) const fn nullable(name: &'static str, kind: PropertyKind) -> Property {
    Property { name, kind, required: false, nullable: true }
}

/// The body as an object of this `shape`, or one sentence for everything that is wrong with it.
pub(super) fn check(shape: &[Property], body: &Value) -> Result<Map<String, Value>, Refusal> {
    check_all(&[shape], body)
}

/// The same for a shape made of several lists.
pub(super) fn check_all(shapes: &[&[Property]], body: &Value) -> Result<Map<String, Value>, Refusal> {
    let properties = || shapes.iter().copied().flatten();
    let empty = Map::new();
    let given = body.as_object().unwrap_or(&empty);
    let mut wrong: Vec<String> = given
        .keys()
        .filter(|name| !properties().any(|property| property.name == *name))
        .map(|name| format!("property {name} should not exist"))
        .collect();
    for property in properties() {
        property.check(given.get(property.name), &mut wrong);
    }
    if wrong.is_empty() { Ok(given.clone()) } else { Err(Refusal::fields(wrong)) }
}

impl Property {
    fn check(&self, value: Option<&Value>, wrong: &mut Vec<String>) {
        let name = self.name;
        match value {
            None if !self.required => return,
            Some(Value::Null) if self.nullable => return,
            Some(Value::Null) if !self.required => {}
            None | Some(Value::Null) => wrong.push(format!("{name} should not be empty")),
            Some(Value::String(text)) if self.required && text.is_empty() => {
                wrong.push(format!("{name} should not be empty"));
            }
            Some(_) => {}
        }
        let value = value.unwrap_or(&Value::Null);
        if let Some(sentence) = self.kind.complaint(name, value) {
            wrong.push(sentence);
        }
    }
}

impl PropertyKind {
    fn complaint(self, name: &str, value: &Value) -> Option<String> {
        let fine = match self {
            Self::Text => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::Date => value.as_str().is_some_and(|text| date_ms(text).is_some()),
            Self::Texts => {
                let items = value.as_array();
                if items.is_some_and(|list| !list.iter().all(Value::is_string)) {
                    return Some(format!("each value in {name} must be a string"));
                }
                items.is_some()
            }
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
            Self::Anything => true,
        };
        (!fine).then(|| format!("{name} must be {}", self.article()))
    }

    fn article(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Boolean => "a boolean value",
            Self::Number => "a number conforming to the specified constraints",
            Self::Date => "a valid ISO 8601 date string",
            Self::Texts | Self::List => "an array",
            Self::Object | Self::Anything => "an object",
        }
    }
}

/// An ISO 8601 date in milliseconds since the epoch; without an offset it counts as UTC.
pub(super) fn date_ms(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_millisecond());
    }
    let utc =
        |at: jiff::civil::DateTime| at.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp().as_millisecond());
    text.parse::<jiff::civil::DateTime>().ok().and_then(utc)
}

pub(super) fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn texts(body: &Map<String, Value>, name: &str) -> Vec<String> {
    let list = body.get(name).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_breach_is_one_sentence_in_the_validators_words() {
        let shape = [
            required("title", PropertyKind::Text),
            required("completed", PropertyKind::Boolean),
            optional("dueDate", PropertyKind::Date),
            optional("tags", PropertyKind::Texts),
            nullable("email", PropertyKind::Text),
        ];
        for (body, sentences) in [
            (json!({"title": "x", "completed": true, "email": null}), vec![]),
            (json!({"title": "x", "completed": true, "locationId": 1}), vec!["property locationId should not exist"]),
            (
                json!({"completed": "yes"}),
                vec!["title should not be empty", "title must be a string", "completed must be a boolean value"],
            ),
            (
                json!({"title": "x", "completed": true, "dueDate": "tomorrow", "tags": [1]}),
                vec!["dueDate must be a valid ISO 8601 date string", "each value in tags must be a string"],
            ),
        ] {
            let said = check(&shape, &body).map_or_else(|refusal| refusal.body["message"].clone(), |_| json!([]));
            assert_eq!(said, json!(sentences), "{body}");
        }
    }
}
