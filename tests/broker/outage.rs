//! The broker is not there, goes away, comes back, or cannot write: the service waits, says so, and loses nothing.

use std::time::{Duration, Instant};

use crate::harness::filings;
use crate::harness::front::Front;
use crate::harness::kafka::Kafka;
use crate::harness::lane::Lane;
use crate::harness::page::Page;
use crate::harness::service::Service;
use crate::harness::{await_some, shared};

const SMALL: &[(&str, &str)] = &[("delivery.batch_records", "100")];

#[test]
fn a_broker_that_comes_late_and_is_killed_stopped_and_frozen_in_the_middle() {
    if !shared::may_own("broker outages") {
        return;
    }
    let mut kafka = Kafka::prepare("kafka-outage");
    let lane = Lane::named("outage", kafka.bootstrap_servers());
    let mut service = Service::start(&lane, "a", SMALL);
    let reason = await_some("the service says that it waits for a broker", || service.unready_because("broker"));
    assert!(service.is_live(), "{reason}");

    kafka.start();
    lane.create_topics(6);
    service.await_ready();
    let mut fed = lane.feed(filings::mixed(4_000));
    lane.await_committed(500);
    kafka.kill();
    kafka.start();
    lane.await_done(&fed);

    fed.extend(lane.feed(filings::mixed(8_000).split_off(4_000)));
    lane.await_committed(5_000);
    kafka.stop();
    kafka.start();
    lane.await_done(&fed);

    // A broker that accepts connections and answers nothing is worse than none.
    fed.extend(lane.feed(filings::mixed(12_000).split_off(8_000)));
    lane.await_committed(9_000);
    kafka.freeze(Duration::from_secs(8));
    lane.await_done(&fed);
    let page = service.page_after(fed.len());
    assert!(page.adds_up());
    // Nobody else is in the group to commit over the mark of a batch whose commit was not answered.
    assert_eq!(page.sum("records_consumed_total"), 12_000.0);
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    lane.assert_exactly_once(&fed);
}

#[test]
fn a_full_disk_on_the_brokers_side() {
    if !shared::may_own("a broker with a full disk") {
        return;
    }
    let mut kafka = Kafka::prepare("kafka-full");
    // The input fits into three files of this size, and so do Kafka's own; what is made of it does not fit into one.
    kafka.start_with_largest_file(11 * 1024);
    let lane = Lane::named("full-disk", kafka.bootstrap_servers());
    lane.create_input(3);
    lane.create_outputs(1);
    let fed = lane.feed(filings::mixed(8_000));
    let mut service = Service::start(&lane, "a", SMALL);
    // Kafka ends itself when the last of its disks fails.
    kafka.await_end();
    assert!(service.runs() && service.is_live());
    kafka.start();
    lane.await_done(&fed);
    assert!(service.page().adds_up());
    lane.assert_exactly_once(&fed);
}

/// A consumer that believes it takes its last broker off its list, and may ask nobody again (librdkafka issue 5301, a race within the client: one time of
/// six or so, hence six workers, each of them told several times). The producers have nothing to send, so nothing fails, and nothing tells but
/// the statistics.
#[test]
fn an_idle_service_finds_back_from_a_cluster_that_told_of_no_broker() {
    if !shared::may_own("a broker behind a front") {
        return;
    }
    let kafka = Kafka::started("kafka-front");
    let mut lane = Lane::named("front", kafka.bootstrap_servers());
    lane.create_topics(6);
    let front = Front::of(&kafka.bootstrap_servers(), &lane.input, 6);
    lane.servers = front.address();
    let settings = [("delivery.workers", "6"), ("kafka.properties.topic.metadata.refresh.interval.ms", "500")];
    let mut service = Service::ready(&lane, "a", &settings);
    for _ in 0..4 {
        front.tell_of_no_broker(true, 6);
        front.tell_of_no_broker(false, 6);
    }
    lane.servers = kafka.bootstrap_servers();
    let fed = lane.feed(filings::mixed(600));
    lane.await_done(&fed);
    service.await_ready();
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    lane.assert_exactly_once(&fed);
}

#[test]
fn sigterm_without_a_broker_ends_in_time() {
    let Some(servers) = shared::servers() else { return };
    let mut lane = Lane::named("nowhere", servers);
    // A port on which nobody listens.
    lane.servers = format!("127.0.0.1:{}", crate::harness::kafka::free_port());
    let service = Service::start(&lane, "a", &[]);
    await_some("the service says that it waits for a broker", || service.unready_because("broker"));
    let asked = Instant::now();
    let (status, log) = service.terminate();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(asked.elapsed() < Duration::from_secs(20), "it took {:?}", asked.elapsed());
}

/// A loop that turns without waiting would take a whole core.
#[track_caller]
fn assert_rests(service: &Service) {
    let before = service.page();
    let turned = |page: &Page| page.last_turn().saturating_sub(before.last_turn());
    // By its own account: the worker says at each turn of its loop when that was.
    let page = await_some("the loop turns for a while", || {
        service.try_page().filter(|page| turned(page) >= Duration::from_secs(2))
    });
    let (used, watched) = (page.cpu().saturating_sub(before.cpu()), turned(&page));
    assert!(used < watched / 4, "{used:?} of CPU in {watched:?} without work");
}

#[test]
fn who_has_nothing_to_do_rests_with_a_broker_and_without_one() {
    let Some(mut lane) = Lane::open("rest", 6) else { return };
    let idle = Service::ready(&lane, "idle", &[]);
    lane.await_done(&lane.feed(filings::mixed(100)));
    assert_rests(&idle);
    idle.kill();
    lane.servers = format!("127.0.0.1:{}", crate::harness::kafka::free_port());
    let waiting = Service::start(&lane, "waiting", &[]);
    await_some("the service says that it waits for a broker", || waiting.unready_because("broker"));
    assert_rests(&waiting);
    waiting.kill();
}

#[test]
fn a_missing_topic_is_named_and_waited_for() {
    let Some(servers) = shared::servers() else { return };
    let lane = Lane::named("missing", servers);
    lane.create_input(2);
    let fed = lane.feed(filings::mixed(100));
    let mut service = Service::start(&lane, "a", &[]);
    await_some("the service names the missing topic", || service.unready_because(&lane.output));
    lane.create_outputs(2);
    service.await_ready();
    lane.await_done(&fed);
    lane.assert_exactly_once(&fed);
}
