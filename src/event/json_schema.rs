//! The JSON Schema of the published event, generated from its own types.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::schema::{DividendEvent, SCHEMA_ID};

/// The JSON Schema (2020-12) of an event, as text: indented, with a line break at the end.
///
/// It describes what is written: every member is there, absent ones as null. It does not forbid further members, since
/// adding one is a minor version that a consumer must be able to read. `schema/dividend-event.v1.json` is this text; a test
/// says so.
pub fn json_schema() -> String {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<DividendEvent>();
    schema.insert("$id".into(), Value::from(SCHEMA_ID));
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
