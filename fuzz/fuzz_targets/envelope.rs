#![no_main]
use serde_json::json;

libfuzzer_sys::fuzz_target!(|text: &str| {
    // One line of metadata, then the body, as text and as base64.
    let (metadata, body) = text.split_once('\n').unwrap_or(("", text));
    for encoding in ["identity", "base64"] {
        let envelope = json!({"envelope_version": 1, "filing_id": metadata, "source_url": metadata,
            "published_at": metadata, "content_type": metadata, "body_encoding": encoding, "body": body});
        exdate_fuzz::hold(envelope.to_string().as_bytes(), Some("application/json"));
    }
    exdate_fuzz::hold(format!("{{\"envelope_version\":1,{text}").as_bytes(), None);
});
