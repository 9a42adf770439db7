//! What someone else does to many at once.

use super::*;

#[tokio::test]
async fn many_are_changed_deleted_and_added_at_once() {
    let stage = stage(quick()).await;
    let (before, _) = walk(&stage, 100, json!({})).await;
    let done = stage
        .control(Method::POST, "/__sandbox/others", json!({ "change": 40, "delete": 10, "add": 5, "seed": 3 }))
        .await;
    let of = |name: &str| -> HashSet<String> {
        let list = done[name].as_array().expect("ids");
        list.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
    };
    let (changed, deleted, added) = (of("changed"), of("deleted"), of("added"));
    assert_eq!((changed.len(), deleted.len(), added.len()), (40, 10, 5));
    let (after, _) = walk(&stage, 100, json!({})).await;
    let (were, are) = (ids(&before), ids(&after));
    assert_eq!(after.len(), 295);
    assert!(deleted.iter().all(|id| were.contains(&**id) && !are.contains(&**id)));
    assert!(added.iter().all(|id| !were.contains(&**id) && are.contains(&**id)));
    for row in &after {
        let id = row["id"].as_str().expect("an id");
        let same = before.iter().find(|old| old["id"] == row["id"]).is_none_or(|old| old == row);
        assert_eq!(same, !changed.contains(id), "{row}");
    }
    // More than there are.
    let refused = stage.client.post(stage.url("/__sandbox/others")).body(r#"{"delete": 296}"#).send().await;
    assert_eq!(refused.expect("an answer").status(), 400);
}
