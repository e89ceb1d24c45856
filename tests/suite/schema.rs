//! The committed JSON Schema: it is the types' own, it accepts what is published, and refuses what is broken.

use std::path::Path;

use exdate::event::{json_schema, normalise, schema};
use exdate::form::{Form, Label};
use exdate::message::Rules;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::printed;

const FILE: &str = "schema/dividend-event.v1.json";

fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).expect("the schema is a schema")
}

fn event(form: &Form<'_>) -> Value {
    let (event, _) =
        normalise(&printed::document(), form, Vec::new(), &Rules::default()).expect("a form that is published");
    serde_json::to_value(event).expect("JSON")
}

/// After a change of the types: `EXDATE_BLESS=1 cargo test --test suite schema` writes the file, and the diff is reviewed.
#[test]
fn the_committed_file_is_generated_from_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if std::env::var_os("EXDATE_BLESS").is_some() {
        std::fs::write(&path, json_schema()).expect("a schema that can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the committed schema");
    assert!(committed == json_schema(), "{FILE} is not what the types say; see the doc comment of this test");
}

#[test]
fn it_names_its_dialect_and_itself() {
    let schema: Value = serde_json::from_str(&json_schema()).expect("JSON");
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$id"], schema::SCHEMA_ID);
    assert!(schema::SCHEMA_ID.ends_with(schema::SCHEMA_VERSION));
    jsonschema::draft202012::meta::validate(&schema).expect("valid against the dialect's own schema");
}

#[test]
fn events_of_every_kind_are_accepted() {
    let validator = validator();
    let golden: Value =
        serde_json::from_str(include_str!("../golden/03660-qifu-interim-2023.json")).expect("the golden event");
    let forms = [printed::form(), printed::withdrawal(), printed::scrip_form(), printed::currency_form()];
    for event in forms.iter().map(event).chain([golden]) {
        let errors: Vec<String> =
            validator.iter_errors(&event).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn what_is_broken_is_refused() {
    let validator = validator();
    let whole = event(&printed::form());
    for (pointer, value) in [
        ("/corporate_action_id", json!("09876")),
        ("/classification/event_type", json!("dvca")),
        ("/instrument/stock_code", json!("9876")),
        ("/dividend/declared/amount", json!(0.25)),
        ("/dividend/declared/amount", json!("-0.25")),
        ("/dividend/declared/currency", json!("HK$")),
        ("/payment_options/0/option_number", json!("1")),
        ("/payment_options/0/per_shares", json!("1")),
        ("/dates/ex_date", json!("2025-02-31")),
        ("/dates/ex_date", json!("26 May 2025")),
        ("/dates/lodgement_deadline", json!("2025-05-27T16:30:00Z")),
        ("/field_status", json!({"/dates/ex_date": "LOST"})),
        ("/warnings", json!(null)),
        ("/content_sha256", json!("")),
    ] {
        let mut broken = whole.clone();
        *broken.pointer_mut(pointer).expect("a field of the event") = value.clone();
        assert!(!validator.is_valid(&broken), "{pointer}: {value}");
    }
}

#[test]
fn no_member_may_be_missing_and_others_may_be_there() {
    let validator = validator();
    let whole = event(&printed::scrip_form());
    let members = whole.as_object().expect("an object");
    for name in members.keys() {
        let mut without = members.clone();
        without.remove(name);
        assert!(!validator.is_valid(&Value::Object(without)), "{name} is not required");
    }
    let mut later_version = members.clone();
    later_version.insert("isin".into(), json!("KYG000000000"));
    assert!(validator.is_valid(&Value::Object(later_version)));
}

/// Where each row of the form stands in the event: the table of rows and the schema name the same members.
#[test]
fn every_row_of_the_form_has_its_member() {
    let schema: Value = serde_json::from_str(&json_schema()).expect("JSON");
    for label in Label::ALL {
        let mut place = &schema;
        for step in label.path().split('/').skip(1) {
            let item = step.starts_with('{') || step.bytes().all(|byte| byte.is_ascii_digit());
            let object = resolved(&schema, place);
            place = if item { &object["items"] } else { &object["properties"][step] };
            assert!(!place.is_null(), "{label:?}: the schema has no {step} of {}", label.path());
        }
    }
}

/// What a schema refers to, or what it is when it is not null.
fn resolved<'s>(schema: &'s Value, place: &'s Value) -> &'s Value {
    let choice = place["anyOf"].as_array().and_then(|choices| choices.iter().find(|choice| !choice["$ref"].is_null()));
    match choice.unwrap_or(place)["$ref"].as_str() {
        Some(reference) => schema.pointer(reference.trim_start_matches('#')).expect("a definition of the schema"),
        None => place,
    }
}
