use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::{CustomFieldId, TaskId};

fn text<T: Serialize>(value: &T) -> String {
    String::from_utf8(line(value).expect("plain data")).expect("JSON is UTF-8")
}

fn contact() -> Contact {
    Contact {
        first_name: Some("Ann".into()),
        additional_emails: vec!["a@example.com".into()],
        tags: vec!["vip".into()],
        dnd: Dnd { all: false, channels: Some(vec![("SMS".into(), true), ("Email".into(), false)]) },
        custom: vec![CustomValue { id: CustomFieldId::new("f"), value: json!({ "k\u{202e}": ["\u{7f}"] }) }],
        updated: Some("2026-11-24T18:00:00Z".parse().expect("a timestamp")),
        ..Contact::unknown(ContactId::new("c1"))
    }
}

#[test]
fn a_contact_has_the_api_s_names() {
    let line = text(&ContactLine::from(&contact()));
    assert!(
        line.starts_with(r#"{"id":"c1","firstName":"Ann","lastName":null,"companyName":null,"email":null"#),
        "{line}"
    );
    assert!(line.contains(r#""dndSettings":{"SMS":{"status":"active"},"Email":{"status":"inactive"}}"#), "{line}");
    assert!(line.contains(r#""customFields":[{"id":"f","value":{"k\u202e":["\u007f"]}}]"#), "{line}");
    assert!(line.ends_with(r#""dateAdded":null,"dateUpdated":"2026-11-24T18:00:00Z"}"#), "{line}");
}

#[test]
fn a_task_has_the_api_s_names() {
    let task = Task {
        id: TaskId::new("t"),
        contact: ContactId::new("c"),
        title: "x\u{9b}31m\n".into(),
        body: None,
        due: None,
        completed: true,
        assigned_to: None,
    };
    assert_eq!(
        text(&TaskJson::from(&task)),
        r#"{"id":"t","contactId":"c","title":"x\u009b31m\n","body":null,"dueDate":null,"completed":true,"assignedTo":null}"#
    );
}

#[test]
fn invisible_characters_are_escaped_and_those_that_shape_an_emoji_or_a_word_are_not() {
    let hidden = "a\u{200b}b\u{feff}c\u{2060}d\u{ad}e\u{e0041}f\u{e007f}";
    let line = text(&json!([hidden]));
    assert_eq!(line, r#"["a\u200bb\ufeffc\u2060d\u00ade\udb40\udc41f\udb40\udc7f"]"#);
    assert_eq!(serde_json::from_str::<Value>(&line).expect("valid JSON"), json!([hidden]));
    let shown = "👩\u{200d}💻 ❤\u{fe0f} می\u{200c}خواهم";
    assert_eq!(text(&json!([shown])), format!("[\"{shown}\"]"));
}

proptest! {
    #[test]
    fn a_line_is_harmless_and_gives_back_the_original(
        key in any::<String>(),
        parts in proptest::collection::vec(
            prop_oneof![any::<char>(), (0_u8..0xa0).prop_map(char::from), (0x2000_u32..0x2070).prop_map(|c| char::from_u32(c).expect("no surrogates here"))],
            0..40,
        ),
    ) {
        let value: String = parts.into_iter().collect();
        let original = json!({ key: [value] });
        let line = text(&original);
        prop_assert!(!line.chars().any(is_hostile), "{line:?}");
        prop_assert_eq!(serde_json::from_str::<Value>(&line).expect("valid JSON"), original);
    }
}
