//! Reading of whole documents: real forms in every charset they come in, and HTML that is made to hurt.

use std::fs;

use encoding_rs::{BIG5, Encoding, GBK};
use exdate::document::{self, Document};
use exdate::finding::Finding;
use exdate::message::{Message, Rules};

fn read(value: &[u8]) -> Result<Document<'_>, Vec<Finding>> {
    document::read(&Message { value: Some(value), ..Message::default() }, value, &Rules::default())
}

/// The real forms, when they lie beside the checkout.
fn shared_forms() -> Vec<(String, String)> {
    let entries = crate::machine::shared_forms().map(|folder| fs::read_dir(folder).expect("a folder of forms"));
    let paths = entries.into_iter().flatten().map(|entry| entry.expect("a directory entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a form in utf-8")))
        .collect()
}

#[test]
fn the_seed_is_read_as_it_stands() {
    for (path, text) in shared_forms().iter().filter(|(path, _)| path.contains("03660")) {
        let document = read(text.as_bytes()).expect(path);
        assert_eq!(document.checksum.hex(), "15cca2a1fea580266bd7104258e139eae157b50879026451731ff3c99157e96b");
        assert_eq!((&*document.text, document.charset, document.warnings.len()), (text.as_str(), "utf-8", 0));
    }
}

/// The text in another charset, without the characters that this does not have.
fn written_in(encoding: &'static Encoding, text: &str) -> (String, Vec<u8>) {
    let possible: String = text.chars().filter(|c| !encoding.encode(&c.to_string()).2).collect();
    let bytes = encoding.encode(&possible).0.into_owned();
    (possible, bytes)
}

#[test]
fn real_forms_are_told_apart_by_their_characters() {
    for (path, text) in shared_forms().iter().filter(|(_, text)| !text.is_ascii()) {
        for (encoding, charset) in [(BIG5, "big5"), (GBK, "gbk")] {
            let (text, bytes) = written_in(encoding, text);
            if bytes.is_ascii() {
                continue;
            }
            let document = read(&bytes).expect(path);
            assert_eq!((&*document.text, document.charset), (text.as_str(), charset), "{path}");
        }
    }
}

#[test]
fn every_line_of_a_real_form_is_told_apart_or_given_up() {
    let (mut told, mut given_up) = (0, 0);
    for (path, text) in shared_forms() {
        for line in text.lines().filter(|line| line.chars().filter(|c| !c.is_ascii()).count() >= 4) {
            for (encoding, charset) in [(BIG5, "big5"), (GBK, "gbk")] {
                let (text, bytes) = written_in(encoding, line);
                match read(&bytes) {
                    Ok(document) => {
                        assert_eq!(document.text, text, "{path}: `{line}` in {charset}");
                        told += 1;
                    }
                    Err(_) => given_up += 1,
                }
            }
        }
    }
    assert!(given_up * 20 <= told, "{told} lines told apart, {given_up} given up");
}

#[test]
fn html_that_is_made_to_hurt_costs_what_its_length_does() {
    let hostile = [
        "<table><tr><td>x".repeat(100_000),
        format!("<table><tr>{}{}", "<td>x".repeat(100_000), "<table></table>".repeat(100_000)),
        "<a b=\">\"".repeat(200_000),
        "<a b=\"".repeat(200_000),
        "<a ='>' =\"".repeat(100_000),
        "<!--".repeat(200_000),
        "<".repeat(1_000_000),
        format!("<table><td {}>x", (0..200_000).map(|n| format!("a{n} ")).collect::<String>()),
        "<b>&#x1".repeat(200_000),
        format!("<table>{}", "<tr><td rowspan=1000>x".repeat(100_000)),
        "<script>".repeat(200_000),
        "<p> ".repeat(300_000),
    ];
    let start = std::time::Instant::now();
    for html in &hostile {
        if let Ok(document) = read(html.as_bytes()) {
            assert!(document.text.len() <= 2 * html.len());
        }
    }
    // Well above what an unoptimised build needs on a busy machine, far below what quadratic growth would take.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
