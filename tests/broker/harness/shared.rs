//! The one broker that serves every test that does not need to stop it.

use std::sync::LazyLock;

use super::kafka::Kafka;
use super::topics;

static BROKER: LazyLock<Option<Broker>> = LazyLock::new(find);

enum Broker {
    /// From `KAFKA_BOOTSTRAP_SERVERS`.
    Given(String),
    /// Started here; its leash ends it with this process.
    Own(Kafka),
}

/// Where the broker is; `None` when there is none and `ALLOW_NO_KAFKA=1` accepts that.
///
/// # Panics
///
/// When there is none, or none that serves; the message says what to provide.
pub(crate) fn servers() -> Option<String> {
    match &*BROKER {
        Some(Broker::Given(servers)) => Some(servers.clone()),
        Some(Broker::Own(kafka)) => Some(kafka.bootstrap_servers()),
        None => None,
    }
}

/// Whether a test may start and stop a broker of its own; says so when not.
#[expect(clippy::print_stderr, reason = "what is not run must be said")]
pub(crate) fn may_own(test: &str) -> bool {
    let may = Kafka::is_installed();
    if !may {
        assert!(given().is_some() || is_absence_allowed(), "{NOTHING}");
        eprintln!("not run: {test} stops and starts a broker of its own, which `make kafka` installs");
    }
    may
}

#[expect(clippy::print_stderr, reason = "what is not run must be said")]
fn find() -> Option<Broker> {
    if let Some(servers) = given() {
        assert!(topics::serves(&servers), "no broker answers at KAFKA_BOOTSTRAP_SERVERS={servers}");
        return Some(Broker::Given(servers));
    }
    if Kafka::is_installed() {
        return Some(Broker::Own(Kafka::started("kafka-shared")));
    }
    assert!(is_absence_allowed(), "{NOTHING}");
    eprintln!("not run: the broker tests, for want of a broker (ALLOW_NO_KAFKA=1)");
    None
}

fn given() -> Option<String> {
    std::env::var("KAFKA_BOOTSTRAP_SERVERS").ok().filter(|servers| !servers.is_empty())
}

/// Whether these servers are somebody else's.
pub(crate) fn is_given(servers: &str) -> bool {
    given().is_some_and(|given| given == servers)
}

fn is_absence_allowed() -> bool {
    std::env::var_os("ALLOW_NO_KAFKA").is_some_and(|allowed| allowed == "1")
}

const NOTHING: &str = "no Apache Kafka to test against: `make kafka` installs one (Java 17 and Maven), \
    KAFKA_BOOTSTRAP_SERVERS=host:port names one that runs, ALLOW_NO_KAFKA=1 leaves these tests out";
