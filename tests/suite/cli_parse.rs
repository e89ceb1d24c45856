//! `exdate parse` as a user runs it: standard output, standard error and exit code.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::paper;

fn exdate(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exdate"));
    command.arg("parse").args(arguments).current_dir(folder).stdin(Stdio::null()).env_remove("NO_COLOR");
    command
}

fn parse(folder: &Path, arguments: &[&str]) -> Output {
    exdate(folder, arguments).output().expect("a run of exdate")
}

fn answers(output: &Output) -> Vec<Value> {
    let stdout = std::str::from_utf8(&output.stdout).expect("text");
    stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON object per line")).collect()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

/// A folder of files that need no form to be judged.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, value: &[u8]| fs::write(folder.path().join(name), value).expect("a file");
    fs::create_dir(folder.path().join("late")).expect("a folder");
    write("notice.txt", b"Notice of annual general meeting\n");
    write("empty.txt", b"");
    write("late/scan.pdf", b"%PDF-1.7");
    write("late/broken.txt", b"Stock code\n\xFF\n");
    folder
}

#[test]
fn a_folder_is_answered_in_order_and_summed_up() {
    let folder = folder();
    let output = parse(folder.path(), &["late", "."]);
    let seen: Vec<(Value, Value)> =
        answers(&output).iter().map(|a| (a["file"].clone(), a["outcome"].clone())).collect();
    let expected = [
        ("late/broken.txt", "dead-letter"),
        ("late/scan.pdf", "dead-letter"),
        ("./empty.txt", "dead-letter"),
        ("./late/broken.txt", "dead-letter"),
        ("./late/scan.pdf", "dead-letter"),
        ("./notice.txt", "skip"),
    ];
    assert_eq!(seen, expected.map(|(file, outcome)| (file.into(), outcome.into())));
    assert_eq!(
        stderr(&output),
        "6 documents: 0 published, 5 dead-lettered, 1 skipped\n  \
         error      undecodable-text 2, damaged-pdf 2, empty-document 1\n  \
         skipped    not-a-dividend-form 1\n"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_answer_has_every_key() {
    let folder = folder();
    let output = parse(folder.path(), &["late/broken.txt"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        concat!(
            r#"{"file":"late/broken.txt","outcome":"dead-letter","event":null,"findings":[{"code":"undecodable-text","#,
            r#""severity":"error","field":"","line":2,"found":"bytes FF at offset 11","#,
            r#""expected":"text in utf-8, or a declared charset","message":"Bytes could not be decoded in the declared or "#,
            r#"detected charset: found `bytes FF at offset 11`, expected text in utf-8, or a declared charset, line 2."}],"#,
            r#""reason":"Bytes could not be decoded in the declared or detected charset: found `bytes FF at offset 11`, "#,
            "expected text in utf-8, or a declared charset, line 2.\"}\n"
        )
    );
    assert_eq!((stderr(&output), output.status.code()), ("", Some(1)));
}

#[test]
fn a_document_that_is_no_form_is_no_failure() {
    let folder = folder();
    let output = parse(folder.path(), &["notice.txt"]);
    let expected =
        r#"{"file":"notice.txt","outcome":"skip","event":null,"findings":[],"reason":"not-a-dividend-form"}"#;
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{expected}\n"));
    assert_eq!((stderr(&output), output.status.code()), ("", Some(0)));
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_goes_on() {
    let folder = folder();
    let output = parse(folder.path(), &["missing.txt", "notice.txt"]);
    assert_eq!(answers(&output).len(), 1);
    assert_eq!(stderr(&output), "exdate: cannot read missing.txt: No such file or directory (os error 2)\n");
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn standard_input_is_one_document_of_the_type_that_is_said() {
    let folder = folder();
    let mut child = exdate(folder.path(), &["-", "--content-type", "application/pdf"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a run of exdate");
    child.stdin.take().expect("a pipe").write_all(b"Stock code 00001").expect("a reader");
    let output = child.wait_with_output().expect("an end");
    let answers = answers(&output);
    assert_eq!((answers.len(), &answers[0]["file"]), (1, &Value::from("-")));
    assert_eq!(answers[0]["findings"][0]["found"], "application/pdf");
}

#[test]
fn a_document_beyond_the_limit_is_counted_not_held() {
    let folder = folder();
    fs::write(folder.path().join("large.txt"), vec![b'a'; 9 * 1024 * 1024]).expect("a file");
    let output = parse(folder.path(), &["large.txt"]);
    assert_eq!(answers(&output)[0]["findings"][0]["found"], "9437184 bytes");
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let folder = folder();
    for number in 0..2000 {
        fs::write(folder.path().join(format!("{number}.txt")), "nothing").expect("a file");
    }
    let mut child =
        exdate(folder.path(), &["."]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a run of exdate");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!((stderr(&output), output.status.code()), ("", Some(0)));
}

#[test]
fn a_full_disk_is_told() {
    let folder = folder();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a disk that is full");
    let output = exdate(folder.path(), &["notice.txt"]).stdout(full).output().expect("a run of exdate");
    assert_eq!(stderr(&output), "exdate: cannot write to standard output: No space left on device (os error 28)\n");
    assert_eq!(output.status.code(), Some(4));
}

#[test]
fn the_schema_is_printed_as_it_is_committed() {
    let output = Command::new(env!("CARGO_BIN_EXE_exdate")).arg("schema").output().expect("a run of exdate");
    let committed =
        fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/schema/dividend-event.v1.json")).expect("the schema");
    assert!(output.stdout == committed && output.stderr.is_empty());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_explanation_names_place_finding_and_advice() {
    let folder = folder();
    let output = parse(folder.path(), &["--explain", "late/broken.txt", "notice.txt"]);
    let expected = "\
late/broken.txt

error[undecodable-text]: Bytes could not be decoded in the declared or detected charset.
--> late/broken.txt:2
 = found: bytes FF at offset 11
 = expected: text in utf-8, or a declared charset
 = help: declare the charset in content-type, or fix the extraction

dead-lettered at stage document: 1 error, 0 warnings

notice.txt: text/plain, utf-8, sha256 1a073be6ada5cbb35fbcbf5a0848ae1ab54e06efd5a95b083d0dfeac520ab005

   1 | Notice of annual general meeting

skipped: not-a-dividend-form

";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn an_explanation_shows_what_was_read_from_where() {
    let folder = folder();
    let form = "\
Cash Dividend Announcement for Equity Issuer\t
Issuer name\tLantau Kites Limited
Stock code\t09999
Announcement date\t20 August 2024
Status\tNew announcement
Information relating to the dividend\t
Dividend type\tInterim (Semi-annual)
Dividend nature\tOrdinary
Reporting period end for the dividend declared\t30 June 2024
Dividend declared\tHKD 0.10 per share
Information relating to Hong Kong share register\t
Default currency and amount in which the dividend will be paid\tHKD 0.10 per share
Exchange rate\tHKD 1 : HKD 1
Book close period\tNot applicable
Payment date\t21 September 2024
Share registrar and its address\tHarbour Registrars Limited
\t\x1b[31m1 Example Road
";
    fs::write(folder.path().join("form.txt"), form).expect("a file");
    let output = parse(folder.path(), &["--explain", "form.txt"]);
    let explained = String::from_utf8_lossy(&output.stdout);
    for expected in [
        "EF001 in en: Cash Dividend Announcement for Equity Issuer\n",
        "   3 | Stock code⇥09999\n     |     /instrument/stock_code = 09999\n",
        "   9 | Reporting period end for the dividend declared⇥30 June 2024\n     |     /dividend/reporting_period_end = 2024-06-30\n",
        "  12 | Default currency and amount in which the dividend will be paid⇥HKD 0.10 per share\n     |     /payment_options/0 = HKD 0.10 per 1\n",
        "  14 | Book close period⇥Not applicable\n     |     /dates/book_close_period : NOT_APPLICABLE\n",
        "  16 | Share registrar and its address⇥Harbour Registrars Limited\n     |     /registrar = Harbour Registrars Limited | [31m1 Example Road\n  17 | ⇥␛[31m1 Example Road\n",
        "\nnot on the form: /instrument/counters, ",
        "\nwarning[not-a-trading-day]: The exchange does not trade on this day.\n  --> form.txt:15:14\n   |\n\
         15 | Payment date⇥21 September 2024\n   |              ^^^^^^^^^^^^^^^^^ /dates/payment_date\n   |\n   = found: ",
        "\npublished XHKG:09999:DVCA:2024-06-30:INTE:ORDI: 0 errors, ",
    ] {
        assert!(explained.contains(expected), "no\n{expected}\nin\n{explained}");
    }
    assert!(!explained.contains('\x1b'), "the document speaks to the terminal");
    assert_eq!(output.status.code(), Some(0));
}

/// Chinese characters are two columns wide; of a line that holds a whole form, the part around the mark is shown.
#[test]
fn an_excerpt_is_marked_by_columns_and_cut_around_the_mark() {
    for (fixture, excerpt) in [
        (
            "amount-without-currency-zh",
            "  --> source.txt:21:15\n   |\n21 | 派息金額及公司預設派發貨幣 每 股 0.35\n   |                            ^^^^^^^^^^ /payment_options/0/amount\n",
        ),
        (
            "cut-off-inside-payment-date-one-line-zh",
            " --> source.txt:1:471\n  |\n1 | ...暫停辦理股份過戶登記手續之日期 由 2025年6月2日至 2025年6月5日 記錄日期 2025年6月5日 股息派發日 202...\n  |                                      ^^^^^^^^^^ /dates/payment_date\n",
        ),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms").join(fixture);
        let output = parse(&folder, &["--explain", "source.txt"]);
        let explained = String::from_utf8_lossy(&output.stdout);
        assert!(explained.contains(excerpt), "no\n{excerpt}\nin\n{explained}");
    }
}

#[test]
fn a_line_of_a_pdf_is_shown_with_its_place_on_paper() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/commands/demo/samples");
    let output = parse(&folder, &["--explain", "piers-final.en.pdf"]);
    let explained = std::str::from_utf8(&output.stdout).expect("text");
    for expected in [
        "piers-final.en.pdf: application/pdf, binary, sha256 ",
        "   6  p1  39 mm | Stock code⇥07908\n                |     /instrument/stock_code = 07908\n",
        "  p3 ",
    ] {
        assert!(explained.contains(expected), "no\n{expected}\nin\n{explained}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_finding_about_a_pdf_says_where_on_paper() {
    let folder = tempfile::tempdir().expect("a folder");
    let form = paper::drawn(&paper::SAMPLE.replace("Payment date\t22 June 2026", "Payment date\t31 June 2026"));
    fs::write(folder.path().join("form.pdf"), form).expect("a file");
    let output = parse(folder.path(), &["--explain", "form.pdf"]);
    let explained = String::from_utf8_lossy(&output.stdout);
    let row = explained.lines().find(|line| line.contains("| Payment date⇥31 June 2026")).expect("the row");
    // Line, page, millimetres, "mm".
    let words: Vec<&str> = row.split_whitespace().collect();
    let (page, mm) = (words[1].trim_start_matches('p'), words[2]);
    let note = format!("place: page {page}, {mm} mm below its top");
    assert!(explained.contains(&note), "no {note} in\n{explained}");
}

/// The form of a fixture whose ex-date is right under T+1 alone.
fn under_t_plus_1(flags: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms/ex-date-on-lodging-day-under-t-plus-1-en");
    parse(&folder, &[flags, &["source.txt"]].concat())
}

#[test]
fn it_reads_by_the_rules_that_are_configured() {
    let warnings = |flags: &[&str]| answers(&under_t_plus_1(flags))[0]["event"]["warnings"].clone();
    assert_eq!(warnings(&[])[0]["code"], "ex-date-off-settlement");
    assert_eq!(warnings(&["--set", "rules.t_plus_1_from=2025-01-02"]), serde_json::json!([]));
}

#[test]
fn err_settings_that_do_not_exist() {
    let output = under_t_plus_1(&["--set", "rules.t_plus_1_form=2025-01-02"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).contains("rules.t_plus_1_from"), "the nearest name in {}", stderr(&output));
}

#[test]
fn a_header_of_the_command_line_is_read_as_that_of_a_record() {
    let folder = folder();
    fs::write(folder.path().join("form.txt"), "EF999\nStock code\t03660\n").expect("a file");
    let output = parse(folder.path(), &["form.txt", "--header", "published-at=yesterday", "--header", "filing-id=1"]);
    let findings = answers(&output).remove(0)["findings"].clone();
    let codes: Vec<&str> = findings.as_array().expect("a list").iter().filter_map(|f| f["code"].as_str()).collect();
    assert!(codes.contains(&"invalid-header") && codes.contains(&"unsupported-template"), "{findings}");
}

#[test]
fn err_a_header_without_a_value_and_a_place_that_is_none() {
    let folder = folder();
    for (flag, value, told) in
        [("--header", "filing-id", "expected NAME=VALUE"), ("--record", "raw@3", "expected TOPIC/PARTITION@OFFSET")]
    {
        let output = parse(folder.path(), &[flag, value, "notice.txt"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(told), "{}", stderr(&output));
    }
}

#[test]
fn a_code_is_explained_with_an_example_and_all_are_listed() {
    let explain = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exdate"));
        command.arg("explain").args(arguments).output().expect("a run of exdate")
    };
    let output = explain(&["ex-date-after-record-date"]);
    let text = std::str::from_utf8(&output.stdout).expect("text");
    for part in [
        "error[ex-date-after-record-date]: The ex-date is after the record date.\n",
        "  effect:     the document becomes a dead letter\n",
        "  what to do: compare with the original document\n",
        "  example:    The ex-date is after the record date: found `",
    ] {
        assert!(text.contains(part), "{part} is not in:\n{text}");
    }
    let all = explain(&[]);
    let lines = std::str::from_utf8(&all.stdout).expect("text").lines().count();
    assert_eq!(lines, exdate::finding::Code::ALL.len());
    let unknown = explain(&["ex-date-wrong"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("`ex-date-wrong` is no code of the catalogue"), "{}", stderr(&unknown));
}
