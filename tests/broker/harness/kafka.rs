//! Apache Kafka as a single KRaft node on loopback: started, stopped, killed, started again on the same ports and data.

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use super::leash::Leash;
use super::{PATIENCE, await_within, fresh_folder, topics};

/// A broker of our own. Dropped, it is killed.
pub(crate) struct Kafka {
    folder: PathBuf,
    port: u16,
    process: Option<Leash>,
    has_served: bool,
}

/// How long the controller takes a silent broker for alive: `broker.session.timeout.ms`.
const LEASE: Duration = Duration::from_secs(2);

impl Kafka {
    /// Where `make kafka` puts the jars.
    pub(crate) fn jars() -> PathBuf {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        target.join("kafka/libs")
    }

    /// Whether [`Kafka::prepare`] has what it needs.
    pub(crate) fn is_installed() -> bool {
        Kafka::jars().is_dir() && Command::new("java").arg("-version").output().is_ok()
    }

    /// Chooses ports and formats the storage; nothing runs yet.
    pub(crate) fn prepare(name: &str) -> Kafka {
        Kafka::prepare_with(name, "")
    }

    /// The same with further lines of `server.properties`.
    pub(crate) fn prepare_with(name: &str, further: &str) -> Kafka {
        Kafka::prepare_in(fresh_folder(name), further, &[])
    }

    /// The same in a folder that may hold files for the broker already, with further lines of `server.properties` (in which
    /// `<broker>` and `<controller>` stand for the ports) and further arguments for the formatting of its storage.
    pub(crate) fn prepare_in(folder: PathBuf, further: &str, formatting: &[&str]) -> Kafka {
        let (port, controller) = (free_port(), free_port());
        let properties = format!("{PROPERTIES}{further}");
        let properties = properties.replace("<broker>", &port.to_string());
        let properties = properties.replace("<controller>", &controller.to_string());
        std::fs::write(folder.join("controller.properties"), controller_alone(&properties)).expect("a file");
        std::fs::write(folder.join("server.properties"), properties).expect("server.properties");
        std::fs::write(folder.join("log4j2.xml"), LOG4J).expect("log4j2.xml");
        let kafka = Kafka { folder, port, process: None, has_served: false };
        let format = ["kafka.tools.StorageTool", "format", "-t", "ZXhkYXRlLXRlc3QtMDAwMQ", "-c", "server.properties"];
        let formatted = kafka.java(&[&format, formatting].concat(), "").wait(PATIENCE);
        assert!(formatted.success(), "storage not formatted; see {}", kafka.folder.join("console.log").display());
        kafka
    }

    /// A broker that serves.
    pub(crate) fn started(name: &str) -> Kafka {
        let mut kafka = Kafka::prepare(name);
        kafka.start();
        kafka
    }

    /// `host:port`, whether it runs or not.
    pub(crate) fn bootstrap_servers(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The file that holds the first records of a partition.
    pub(crate) fn segment(&self, topic: &str, partition: i32) -> PathBuf {
        self.folder.join(format!("data/{topic}-{partition}/00000000000000000000.log"))
    }

    /// Starts the broker and waits until it serves.
    pub(crate) fn start(&mut self) {
        self.start_after("");
    }

    /// The same with a limit on the size of each file that the broker writes. Past it a write fails with an I/O error, which is how
    /// a full disk looks from inside; and no other process has to share that disk.
    pub(crate) fn start_with_largest_file(&mut self, kib: u64) {
        // POSIX counts in blocks of 512 bytes.
        self.start_after(&format!("ulimit -f {};", kib * 2));
    }

    fn start_after(&mut self, prelude: &str) {
        if self.has_served {
            self.fence();
        }
        let mut process = self.java(&["kafka.Kafka", "server.properties"], prelude);
        let servers = self.bootstrap_servers();
        await_within(PATIENCE, "the broker serves", || {
            let ended = process.ended();
            assert!(
                ended.is_none(),
                "the broker ended ({ended:?}); its log: {}",
                self.folder.join("server.log").display()
            );
            topics::serves(&servers).then_some(())
        });
        self.process = Some(process);
        self.has_served = true;
    }

    /// Lets the controller alone, without the broker, notice that the broker is gone: it takes the partitions' leadership away. In a cluster the
    /// other controllers have done that before a broker comes back. A lone node would find itself the leader of everything, load its transactions
    /// before anybody can connect to it, and be fenced by itself [`LEASE`] later: a transaction that was about to be committed or
    /// aborted is then complete for the coordinator, without a marker in any partition, and hangs for ever (seen on Kafka 4.3:
    /// CompleteCommit at the leader epoch from before the kill, 3.9 s after PrepareCommit; no marker in the segments).
    fn fence(&self) {
        let log = self.folder.join("server.log");
        let before = std::fs::metadata(&log).map_or(0, |log| log.len());
        let mut controller = self.java(&["kafka.Kafka", "controller.properties"], "");
        let told = || {
            let bytes = std::fs::read(&log).unwrap_or_default();
            String::from_utf8_lossy(bytes.get(before as usize..).unwrap_or_default()).into_owned()
        };
        let active =
            await_within(PATIENCE, "a controller", || told().contains("Becoming the active").then(Instant::now));
        // It may have been fenced while it still ran.
        await_within(PATIENCE, "the broker is fenced", || {
            (told().contains("Fencing broker") || active.elapsed() > 2 * LEASE).then_some(())
        });
        controller.signal("TERM");
        controller.wait(PATIENCE);
    }

    /// Stops it as an operator does: partitions closed, segments flushed.
    pub(crate) fn stop(&mut self) {
        let mut process = self.process.take().expect("a running broker");
        process.signal("TERM");
        process.wait(PATIENCE);
    }

    /// Stops it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.process.take().expect("a running broker").kill();
    }

    /// It runs on, and answers nobody for that long.
    pub(crate) fn freeze(&mut self, time: Duration) {
        let process = self.process.as_ref().expect("a running broker");
        process.signal("STOP");
        std::thread::sleep(time);
        process.signal("CONT");
    }

    /// Waits until the broker has ended by itself.
    pub(crate) fn await_end(&mut self) {
        self.process.take().expect("a running broker").wait(PATIENCE);
    }

    fn java(&self, arguments: &[&str], prelude: &str) -> Leash {
        let classes = Kafka::jars().join("*").display().to_string();
        // A test broker should take little memory and little of two cores.
        let options =
            ["-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-Dlog4j2.configurationFile=log4j2.xml", "-cp", &classes];
        let all: Vec<&str> = options.iter().chain(arguments).copied().collect();
        Leash::start("java", &all, prelude, &self.folder, &self.folder.join("console.log"))
    }
}

/// The properties of the same node as a controller only.
fn controller_alone(properties: &str) -> String {
    let own = ["listeners=", "advertised.listeners=", "inter.broker.listener.name=", "process.roles="];
    let shared = properties.lines().filter(|line| !own.iter().any(|name| line.starts_with(name)));
    let voter = properties.lines().find_map(|line| line.strip_prefix("controller.quorum.voters=1@"));
    let listeners = format!("listeners=CONTROLLER://{}", voter.expect("a controller"));
    shared.chain(["process.roles=controller", &listeners]).map(|line| format!("{line}\n")).collect()
}

/// A port that nobody listens on and that this process has not given out, below the range from which the system takes ports for
/// outgoing connections: so that it is still free when a broker comes back to it.
pub(crate) fn free_port() -> u16 {
    static GIVEN: LazyLock<Mutex<HashSet<u16>>> = LazyLock::new(Mutex::default);
    let mut given = GIVEN.lock().expect("no test panics while it chooses a port");
    // Two runs at a time begin at different places.
    let start = 11_000 + (std::process::id() * 37 % 20_000) as u16;
    let port = (start..32_000)
        .chain(11_000..start)
        .find(|port| !given.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let port = port.expect("a free port");
    given.insert(port);
    port
}

/// Timed-out transactions are aborted every five seconds, later than [`LEASE`] after a broker falls silent. Sooner, one that was frozen or killed
/// aborts them while it still has no leader for any partition; Kafka 4.3 then takes the partitions for deleted and skips their markers ("likely deleted already"
/// in its log), and the next commit of the same producer publishes what was aborted: a duplicate of the broker's own making.
///
/// No controlled shutdown: a lone broker has nobody to hand its partitions to, and hands them to nobody. A transaction that is committed in that
/// moment is then complete for the coordinator, and for the client, without a marker in any partition. Seen on Kafka 4.3 (`__transaction_state` has
/// CompleteCommit 2 ms after PrepareCommit, during the shutdown; the output's records were aborted after the restart, the group's offsets
/// stayed pending for ever). Without it the broker closes its logs in good order, and the client asks again.
const PROPERTIES: &str = "\
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:<broker>,CONTROLLER://127.0.0.1:<controller>
advertised.listeners=PLAINTEXT://127.0.0.1:<broker>
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:<controller>
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=data
auto.create.topics.enable=false
delete.topic.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
controlled.shutdown.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
transaction.abort.timed.out.transaction.cleanup.interval.ms=5000
log.segment.bytes=268435456
log.index.size.max.bytes=1048576
log.cleaner.dedupe.buffer.size=4194304
file.delete.delay.ms=1000
num.network.threads=2
num.io.threads=4
";

const LOG4J: &str = r#"<Configuration><Appenders><File name="file" fileName="server.log">
<PatternLayout pattern="%d{HH:mm:ss.SSS} %p %m (%c{1})%n%throwable"/></File></Appenders>
<Loggers><Root level="info"><AppenderRef ref="file"/></Root></Loggers></Configuration>
"#;
