//! The time from a form's bytes to the bytes of the record that publishes its event, and that of each step between.
//!
//! `cargo bench --bench process`, or with `-- --test` once through everything; without the default features quicker to
//! build, and with the system's allocator in place of the program's. The forms are our own, as large as real ones.

#![expect(clippy::expect_used, reason = "a benchmark of nothing fails by panicking")]
#![cfg_attr(feature = "service", expect(clippy::print_stdout, reason = "memory, which criterion does not measure"))]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use exdate::form::Reading;
use exdate::message::{Message, Rules};
use exdate::pipeline::{Outcome, process};
use exdate::{document, event, form, record};

/// The program's own.
#[cfg(feature = "service")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FORMS: [(&str, &str); 3] = [
    ("tabbed-en", include_str!("forms/tabbed.en.txt")),
    ("wrapped-zh", include_str!("forms/wrapped.zh.txt")),
    ("one-line-en", include_str!("forms/one-line.en.txt")),
];

/// A PDF of three pages: the demo's.
const PAPER: &[u8] = include_bytes!("../src/commands/demo/samples/piers-final.en.pdf");

fn message(text: &str) -> Message<'_> {
    Message {
        topic: "hkex.announcements.raw",
        timestamp_ms: Some(1_724_150_400_000),
        key: Some(b"09999"),
        value: Some(text.as_bytes()),
        headers: vec![("content-type", Some(b"text/plain; charset=utf-8")), ("filing-id", Some(b"2024082000123"))],
        ..Message::default()
    }
}

/// Bytes to record, as the service does it.
fn publish(message: &Message<'_>, rules: &Rules) -> Option<record::Record> {
    match process(message, rules) {
        Outcome::Publish(event, _) => Some(record::event::encode(&event, message)),
        _ => None,
    }
}

fn whole(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("process");
    for (name, text) in FORMS {
        let message = message(text);
        assert!(publish(&message, &rules).is_some(), "{name} is not published");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| publish(black_box(&message), &rules)));
    }
    group.finish();
}

fn steps(criterion: &mut Criterion) {
    let rules = Rules::default();
    for (name, text) in FORMS {
        let message = message(text);
        let document = document::read(&message, text.as_bytes(), &rules).expect("a document");
        let Reading::Form(read, _) = form::read(&document.text) else { unreachable!("a form") };
        let (normal, _) = event::normalise(&document, &read, Vec::new(), &rules).expect("an event");

        let mut group = criterion.benchmark_group(name);
        group.bench_function("1 document", |b| {
            b.iter(|| document::read(black_box(&message), black_box(text.as_bytes()), &rules))
        });
        group.bench_function("2 form", |b| b.iter(|| form::read(black_box(&document.text))));
        group.bench_function("3 event", |b| {
            b.iter(|| event::normalise(&document, black_box(&read), Vec::new(), &rules))
        });
        group.bench_function("4 record", |b| b.iter(|| record::event::encode(black_box(&normal), &message)));
        group.finish();
    }
}

/// Documents that are read before they are text: HTML, and bytes whose charset nobody declared.
fn documents(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("document");
    for (name, bytes) in [
        ("html", &include_bytes!("../tests/forms/html-two-columns-en/source.html")[..]),
        ("undeclared big5", include_bytes!("../tests/forms/big5-undeclared-zh/source.txt")),
    ] {
        let message = Message::default();
        assert!(document::read(&message, bytes, &rules).is_ok(), "{name} is not read");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| document::read(&message, black_box(bytes), &rules)));
    }
    group.finish();
}

/// A form as PDF, from its bytes to its record.
fn paper(criterion: &mut Criterion) {
    let rules = Rules::default();
    let message = Message { value: Some(PAPER), headers: Vec::new(), ..message("") };
    assert!(publish(&message, &rules).is_some(), "the PDF is not published");
    criterion.bench_function("process/pdf-of-three-pages", |b| b.iter(|| publish(black_box(&message), &rules)));
    #[cfg(feature = "service")]
    by_another_process(criterion);
}

/// The same file read as the service does it, and the most memory that its process has taken for that.
#[cfg(feature = "service")]
fn by_another_process(criterion: &mut Criterion) {
    use exdate::reader::{Bounds, Reader};
    let reader = Reader::new(env!("CARGO_BIN_EXE_exdate").into(), Bounds::default());
    let read = || reader.read(black_box(PAPER));
    assert!(read().is_ok_and(|read| read.is_ok()), "the PDF is not read");
    criterion.bench_function("reader/pdf-of-three-pages", |b| b.iter(read));
    let status = format!("/proc/{}/status", reader.process_id().expect("a process"));
    let status = std::fs::read_to_string(status).expect("what Linux says of it");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak of memory");
    println!("reader/pdf-of-three-pages peak memory: [{}]", peak.trim());
}

/// Time per byte must stay the same while a text grows.
fn growth(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("growth");
    group.sample_size(10);
    for (kind, filler) in
        [("directors", "Ms. Anna Example and Mr. Bertram Example; "), ("labels", "Record date 9 September 2024\n")]
    {
        for kilobytes in [16, 64, 256, 1024] {
            let mut text = FORMS[0].1.to_owned();
            text.push('\n');
            text.extend(std::iter::repeat_n(filler, (kilobytes * 1024 - text.len()) / filler.len()));
            let message = message(&text);
            group.throughput(Throughput::Bytes(text.len() as u64));
            let id = BenchmarkId::new(kind, format!("{kilobytes} KiB"));
            group.bench_function(id, |bencher| bencher.iter(|| process(black_box(&message), &rules)));
        }
    }
    group.finish();
}

criterion_group!(benches, whole, steps, documents, paper, growth);
criterion_main!(benches);
