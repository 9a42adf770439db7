//! The official description, made strict: a property it does not name is a breach.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

/// Where it lies; `None`, said on stderr, where nobody named it.
pub(super) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("GHL_OPENAPI_DIR").map(PathBuf::from);
    assert!(
        folder.is_some() || std::env::var_os("GHL_TUI_REQUIRE_DATA").is_none(),
        "GHL_OPENAPI_DIR must name the folder of the official description here"
    );
    folder
}

pub(super) struct Description {
    documents: Vec<Value>,
}

/// One operation of the description.
pub(super) struct Described<'a> {
    document: &'a Value,
    operation: &'a Value,
}

const FILES: [&str; 6] = ["contacts", "businesses", "calendars", "locations", "oauth", "users"];

impl Description {
    pub(super) fn read(folder: &Path) -> Self {
        let one = |name: &str| {
            let path = folder.join(format!("{name}.json"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            serde_json::from_str(&text).expect("JSON")
        };
        Self { documents: FILES.into_iter().map(one).collect() }
    }

    /// The operation with this method and path; fixed words go before parameters.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Described<'_>> {
        let method = method.to_lowercase();
        let mut found: Option<(usize, Described<'_>)> = None;
        for document in &self.documents {
            for (template, operations) in document["paths"].as_object().expect("paths") {
                let Some(operation) = operations.get(&method).filter(|_| fits(template, path)) else { continue };
                let loose = template.matches('{').count();
                if found.as_ref().is_none_or(|(best, _)| loose < *best) {
                    found = Some((loose, Described { document, operation }));
                }
            }
        }
        found.map(|(_, described)| described)
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path) = (template.trim_matches('/'), path.trim_matches('/'));
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

impl Described<'_> {
    /// What is wrong with a request.
    pub(super) fn request(&self, query: &[(String, String)], version: &str, body: Option<&Value>) -> Vec<String> {
        let mut wrong = Vec::new();
        let parameters = self.operation["parameters"].as_array().cloned().unwrap_or_default();
        let of = |place: &str| -> Vec<Value> { parameters.iter().filter(|one| one["in"] == place).cloned().collect() };
        for parameter in of("query") {
            let name = parameter["name"].as_str().expect("a name");
            if parameter["required"] == true && !query.iter().any(|(given, _)| given == name) {
                wrong.push(format!("query: {name} is required"));
            }
        }
        for (name, value) in query {
            match of("query").iter().find(|one| one["name"] == name.as_str()) {
                None => wrong.push(format!("query: {name} is not described")),
                Some(one) if one["schema"]["type"] == "number" && value.parse::<f64>().is_err() => {
                    wrong.push(format!("query: {name} is no number"));
                }
                Some(_) => {}
            }
        }
        for header in of("header").iter().filter(|one| one["name"] == "Version") {
            let allowed = header["schema"]["enum"].as_array().cloned().unwrap_or_default();
            if !allowed.is_empty() && !allowed.contains(&json!(version)) {
                wrong.push(format!("Version: {version} is none of {allowed:?}"));
            }
        }
        let described = &self.operation["requestBody"]["content"]["application/json"]["schema"];
        match (body, described.is_null()) {
            (Some(body), false) => wrong.extend(self.breaches(described, body)),
            (Some(body), true) => wrong.push(format!("no body is described: {body}")),
            // Whether a body may be missing is the server's to say: several that are required hold nothing.
            (None, _) => {}
        }
        wrong
    }

    /// What is wrong with the fields of a form.
    pub(super) fn form(&self, fields: &[(String, String)]) -> Vec<String> {
        let schema = &self.operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        let fields = fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        self.breaches(schema, &Value::Object(fields))
    }

    /// What is wrong with a successful answer.
    pub(super) fn answer(&self, status: u16, body: &Value) -> Vec<String> {
        let response = &self.operation["responses"][status.to_string()];
        if response.is_null() {
            return vec![format!("status {status} is not described")];
        }
        let schema = &response["content"]["application/json"]["schema"];
        if schema.is_null() { Vec::new() } else { self.breaches(schema, body) }
    }

    /// The scopes that the description asks for.
    pub(super) fn scopes(&self) -> Vec<String> {
        let all = self.operation["security"].as_array().into_iter().flatten();
        let lists = all.flat_map(|one| one.as_object().into_iter().flatten()).map(|(_, scopes)| scopes);
        lists
            .flat_map(|scopes| scopes.as_array().cloned().unwrap_or_default())
            .filter_map(|s| s.as_str().map(str::to_owned))
            .collect()
    }

    fn breaches(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut root = strict(schema).as_object().cloned().unwrap_or_default();
        let schemas = self.document["components"]["schemas"].as_object().cloned().unwrap_or_default();
        let schemas: Map<String, Value> = schemas.iter().map(|(name, schema)| (name.clone(), strict(schema))).collect();
        root.insert("components".into(), json!({ "schemas": schemas }));
        let validator = jsonschema::draft7::new(&Value::Object(wrapped(root))).expect("a schema");
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }
}

/// Beside a reference draft 7 reads nothing, so the reference goes inside.
fn wrapped(mut root: Map<String, Value>) -> Map<String, Value> {
    if let Some(reference) = root.remove("$ref") {
        root.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
    root
}

/// A schema of the description as JSON Schema, closed against properties that it does not name.
fn strict(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.as_array().map_or_else(|| schema.clone(), |list| list.iter().map(strict).collect());
    };
    let mut out = Map::new();
    for (key, value) in map {
        match key.as_str() {
            "properties" => {
                let properties = value.as_object().expect("properties are a map");
                let properties: Map<String, Value> = properties.iter().map(|(k, v)| (k.clone(), strict(v))).collect();
                out.insert(key.clone(), Value::Object(properties));
            }
            // Examples show what is meant, and are no rules; the formats are not JSON Schema's.
            "example" | "examples" | "description" | "default" | "format" | "xml" | "nullable" | "deprecated" => {}
            _ => {
                out.insert(key.clone(), strict(value));
            }
        }
    }
    let named = out.contains_key("properties");
    if named && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".into(), json!(false));
    }
    // The description calls dates and custom values objects where its own examples are texts.
    if out.get("type") == Some(&json!("object")) && !named && !map.get("example").is_none_or(Value::is_object) {
        out.remove("type");
    }
    if map.get("nullable") == Some(&json!(true)) {
        return json!({ "anyOf": [Value::Object(out), { "type": "null" }] });
    }
    Value::Object(out)
}
