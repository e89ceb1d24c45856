//! A broker that asks who comes and looks at what they may: the service works with exactly the permissions that the README lists, and
//! whatever is missing ends it at once, with one line that names it.

use std::process::Command;
use std::time::Duration;

use crate::harness::filings;
use crate::harness::grants::{Grant, Operation, Resource};
use crate::harness::lane::Lane;
use crate::harness::secure::{Secure, Settings, least};
use crate::harness::service::Service;
use crate::harness::{await_some, shared};

/// A refusal is told within this time, on a busy machine too.
const PROMPTLY: Duration = Duration::from_secs(20);

fn borrowed(settings: &Settings) -> Vec<(&str, &str)> {
    settings.iter().map(|(path, value)| (path.as_str(), value.as_str())).collect()
}

/// Exit code and lines of `exdate check`, as a person sees them.
fn check(lane: &Lane, settings: &Settings) -> (Option<i32>, String) {
    let topics = [("input", &lane.input), ("output", &lane.output), ("dead_letter", &lane.dead_letter)];
    let topics = topics.map(|(name, topic)| (format!("kafka.{name}_topic"), topic.clone()));
    let group = ("kafka.group_id".to_owned(), lane.group.clone());
    let all: Vec<String> =
        topics.iter().chain([&group]).chain(settings).map(|(path, value)| format!("{path}={value}")).collect();
    let output = Command::new(env!("CARGO_BIN_EXE_exdate"))
        .arg("check")
        .args(all.iter().flat_map(|setting| ["--set", setting]))
        .current_dir(&lane.folder)
        .output()
        .expect("the program runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The service publishes, and a check finds everything in order.
fn works(lane: &Lane, settings: &Settings) {
    let fed = lane.feed(filings::mixed(200));
    let service = Service::ready(lane, "a", &borrowed(settings));
    lane.await_done(&fed);
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    lane.assert_exactly_once(&fed);
    let (code, report) = check(lane, settings);
    assert_eq!(code, Some(0), "{report}");
}

/// The service ends at once with code 5 and a single error, which holds these words.
#[track_caller]
fn ends(lane: &Lane, settings: &Settings, said: &[&str]) {
    let (status, log) = Service::start(lane, "a", &borrowed(settings)).wait(PROMPTLY);
    assert_eq!(status.code(), Some(5), "{log}");
    let errors: Vec<&str> = log.lines().filter(|line| line.contains(r#""level":"ERROR""#)).collect();
    let [error] = errors.as_slice() else { panic!("{} errors in:\n{log}", errors.len()) };
    assert!(said.iter().all(|word| error.contains(word)), "{said:?} is not in:\n{error}");
}

/// So it does, and the check says no, and holds those.
#[track_caller]
fn refused(lane: &Lane, settings: &Settings, said: &[&str], checked: &[&str]) {
    ends(lane, settings, said);
    let (code, report) = check(lane, settings);
    assert_eq!(code, Some(1), "{report}");
    assert!(checked.iter().all(|word| report.contains(word)), "{checked:?} is not in:\n{report}");
}

#[test]
fn scram_over_tls_with_the_least_permissions() {
    let Some(broker) = Secure::broker() else { return };
    works(&broker.lane("secure-scram", "least", least), &broker.scram("least"));
}

#[test]
fn certificates_of_clients_with_the_least_permissions() {
    let Some(broker) = Secure::broker() else { return };
    works(&broker.lane("secure-certificate", "CN=reader", least), &broker.certificate("reader"));
}

#[test]
fn the_readme_lists_exactly_the_least_permissions() {
    let readme = include_str!("../../README.md");
    let (_, after) = readme.split_once("| resource | operation |\n| --- | --- |\n").expect("a table of permissions");
    let table = after.split("\n\n").next().expect("its rows");
    let mut lane = Lane::named("secure-readme", String::new());
    lane.input = "kafka.input_topic".into();
    lane.output = "kafka.output_topic".into();
    lane.dead_letter = "kafka.dead_letter_topic".into();
    lane.group = "kafka.group_id".into();
    let rows: Vec<String> = least(&lane)
        .into_iter()
        .map(|(resource, operation)| {
            let resource = match resource {
                Resource::Topic(name) => format!("topic `{name}`"),
                Resource::Group(name) => format!("group `{name}`"),
                Resource::TransactionalIds(prefix) => {
                    format!("transactional ids with the prefix `{}` and a dot", prefix.trim_end_matches('.'))
                }
            };
            format!("| {resource} | {operation:?} |")
        })
        .collect();
    assert_eq!(table, rows.join("\n"));
}

#[test]
fn a_restart_of_the_broker_is_no_refusal() {
    if !shared::may_own("a restart of a broker with passwords") {
        return;
    }
    let mut broker = Secure::start("kafka-secure-restart");
    let lane = broker.lane("secure-restart", "least", least);
    let mut fed = lane.feed(filings::mixed(100));
    let mut service = Service::ready(&lane, "a", &borrowed(&broker.scram("least")));
    lane.await_done(&fed);
    broker.kafka.kill();
    await_some("the service says that it waits for the broker", || service.unready_because("broker"));
    broker.kafka.start();
    service.await_ready();
    fed.extend(lane.feed(filings::mixed(200).split_off(100)));
    lane.await_done(&fed);
    lane.assert_exactly_once(&fed);
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
}

/// A user who may do all, but makes a mistake with one of the settings.
#[track_caller]
fn mistaken(name: &str, settings: impl Fn(&Secure) -> Settings, said: &[&str], checked: &[&str]) {
    let Some(broker) = Secure::broker() else { return };
    refused(&broker.lane(name, "mistaken", least), &settings(broker), said, checked);
}

/// Those of the user with a password, but for one; of two settings of one name the later one counts.
fn but(broker: &Secure, path: &str, value: String) -> Settings {
    broker.scram("mistaken").into_iter().chain([(path.to_owned(), value)]).collect()
}

#[test]
fn err_a_wrong_password() {
    let said = ["login refused", "sasl.password", "invalid credentials"];
    let settings = |broker: &Secure| but(broker, "kafka.properties.sasl.password", "dawn".into());
    mistaken("secure-password", settings, &said, &["login refused"]);
}

#[test]
fn err_a_mechanism_that_the_broker_does_not_offer() {
    let said = ["login refused", "sasl.mechanism", "supported mechanisms: SCRAM-SHA-512"];
    let settings = |broker: &Secure| but(broker, "kafka.properties.sasl.mechanism", "SCRAM-SHA-256".into());
    mistaken("secure-mechanism", settings, &said, &["login refused", "SCRAM-SHA-512"]);
}

#[test]
fn err_a_wrong_authority() {
    let said = ["the broker's certificate is not trusted", "ssl.ca.location"];
    let settings = |broker: &Secure| but(broker, "kafka.properties.ssl.ca.location", broker.strange_authority());
    mistaken("secure-authority", settings, &said, &said);
}

#[test]
fn err_a_host_that_the_certificate_does_not_name() {
    let said = ["the broker's certificate is not trusted", "no entry at localhost:", "names the host"];
    let checked = ["the broker's certificate is not trusted", "names the host"];
    let address = |broker: &Secure| broker.scram_address().replace("127.0.0.1", "localhost");
    let settings = |broker: &Secure| but(broker, "kafka.bootstrap_servers", address(broker));
    mistaken("secure-host", settings, &said, &checked);
}

#[test]
fn err_no_certificate_where_one_is_required() {
    let said = ["the broker wants a certificate that it trusts", "ssl.keystore.location"];
    mistaken("secure-nameless", Secure::nameless, &said, &said);
}

#[test]
fn err_a_certificate_that_the_broker_does_not_know() {
    let said = ["the broker wants a certificate that it trusts", "ssl.keystore.location"];
    mistaken("secure-stranger", |broker| broker.certificate("stranger"), &said, &said);
}

/// A connection that the broker closes looks like that of a broker behind a proxy which is about to start. It is waited for, and the doubt told.
#[test]
fn err_a_listener_of_another_kind() {
    let Some(broker) = Secure::broker() else { return };
    let lane = broker.lane("secure-listener", "mistaken", least);
    let settings = vec![("kafka.bootstrap_servers".to_owned(), broker.scram_address())];
    let service = Service::start(&lane, "a", &borrowed(&settings));
    let reason = await_some("the reason names the setting", || service.unready_because("security.protocol"));
    assert!(reason.contains("closed by peer"), "{reason}");
    let (code, report) = check(&lane, &settings);
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("security.protocol does not fit the listener"), "{report}");
}

/// The least permissions without those on one resource, and these others on it.
fn least_but(lane: &Lane, resource: &Resource, instead: &[Operation]) -> Vec<Grant> {
    let others = least(lane).into_iter().filter(|(of, _)| of != resource);
    others.chain(instead.iter().map(|operation| (resource.clone(), *operation))).collect()
}

/// A user who lacks the permissions on one resource, and has these others on it; `said` in the service's line, `checked` in the check's advice.
#[track_caller]
fn denied(
    user: &str,
    resource: impl Fn(&Lane) -> Resource,
    instead: &[Operation],
    said: impl Fn(&Lane) -> String,
    checked: impl Fn(&Lane) -> String,
) {
    let Some(broker) = Secure::broker() else { return };
    let lane = broker.lane(&format!("secure-{user}"), user, |lane| least_but(lane, &resource(lane), instead));
    lane.feed(filings::mixed(40));
    refused(&lane, &broker.scram(user), &[&said(&lane)], &[&checked(&lane)]);
}

/// Without any permission a topic cannot even be seen; with this one it can.
const SEE: &[Operation] = &[Operation::Describe];

#[test]
fn err_the_input_may_not_be_read() {
    for (user, instead) in [("no-read", [].as_slice()), ("only-see-input", SEE)] {
        denied(
            user,
            |lane| Resource::Topic(lane.input.clone()),
            instead,
            |lane| format!("denies READ on the topic `{}` (kafka.input_topic)", lane.input),
            |lane| format!("allow Read on topic {} for this user", lane.input),
        );
    }
}

#[test]
fn err_the_output_may_not_be_written() {
    for (user, instead) in [("no-output", [].as_slice()), ("only-see-output", SEE)] {
        denied(
            user,
            |lane| Resource::Topic(lane.output.clone()),
            instead,
            |lane| format!("denies WRITE on the topic `{}` (kafka.output_topic)", lane.output),
            |lane| format!("allow Write on topic {} for this user", lane.output),
        );
    }
}

#[test]
fn err_dead_letters_may_not_be_written() {
    for (user, instead) in [("no-dead-letter", [].as_slice()), ("only-see-dead-letter", SEE)] {
        denied(
            user,
            |lane| Resource::Topic(lane.dead_letter.clone()),
            instead,
            |lane| format!("denies WRITE on the topic `{}` (kafka.dead_letter_topic)", lane.dead_letter),
            |lane| format!("allow Write on topic {} for this user", lane.dead_letter),
        );
    }
}

#[test]
fn err_the_group_may_not_be_used() {
    for (user, instead) in [("no-group", [].as_slice()), ("only-see-group", SEE)] {
        denied(
            user,
            |lane| Resource::Group(lane.group.clone()),
            instead,
            |lane| format!("denies READ on the consumer group `{}` (kafka.group_id)", lane.group),
            |lane| format!("allow Read on group {} for this user", lane.group),
        );
    }
}

#[test]
fn err_the_transactional_id_may_not_be_used() {
    for (user, instead) in [("no-id", [].as_slice()), ("only-see-id", SEE)] {
        denied(
            user,
            |lane| Resource::TransactionalIds(format!("{}.", lane.group)),
            instead,
            |lane| format!("on the transactional id `{}.a.0`", lane.group),
            |lane| format!("transactional ids with the prefix {}. for this user", lane.group),
        );
    }
}

/// Without transactions the broker refuses the records themselves.
#[test]
fn err_the_output_may_not_be_written_without_transactions() {
    let Some(broker) = Secure::broker() else { return };
    let output = |lane: &Lane| Resource::Topic(lane.output.clone());
    let lane = broker.lane("secure-no-transactions", "no-transactions", |lane| least_but(lane, &output(lane), SEE));
    lane.feed(filings::mixed(40));
    let mut settings = broker.scram("no-transactions");
    settings.push(("delivery.mode".into(), "at-least-once".into()));
    ends(&lane, &settings, &[&format!("denies WRITE on the topic `{}` (kafka.output_topic)", lane.output)]);
}
