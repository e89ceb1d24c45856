//! A broker that wants to know who comes: SCRAM over TLS on one listener, certificates of clients on another, permissions for both.
//!
//! A third listener takes anybody as a super-user: it is for the tests, which make topics and permissions there and read results back.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use super::fresh_folder;
use super::grants::{self, Grant, Operation, Resource};
use super::kafka::{Kafka, free_port};
use super::lane::Lane;
use super::shared;

/// Every user's password.
pub(crate) const PASSWORD: &str = "lanterns-at-dusk";

/// Users that may log in with a password; a test has one of its own.
const USERS: &[&str] = &[
    "least",
    "mistaken",
    "no-read",
    "no-output",
    "no-dead-letter",
    "no-group",
    "no-id",
    "only-see-input",
    "only-see-output",
    "only-see-dead-letter",
    "only-see-group",
    "only-see-id",
    "no-transactions",
];

static BROKER: LazyLock<Secure> = LazyLock::new(|| Secure::start("kafka-secure"));

/// Such a broker; that of all tests is ended by its leash, with this process.
pub(crate) struct Secure {
    pub(crate) kafka: Kafka,
    folder: PathBuf,
    scram_port: u16,
    tls_port: u16,
}

/// Settings of a service, as `--set` takes them.
pub(crate) type Settings = Vec<(String, String)>;

impl Secure {
    /// `None` where no broker can be started, and that is accepted; it is said then.
    pub(crate) fn broker() -> Option<&'static Secure> {
        shared::may_own("a broker with passwords, certificates and permissions").then(|| &*BROKER)
    }

    /// One that a test has to itself.
    pub(crate) fn start(name: &str) -> Secure {
        let folder = fresh_folder(name);
        make_certificates(&folder);
        let (scram_port, tls_port) = (free_port(), free_port());
        let properties = PROPERTIES.replace("<scram>", &scram_port.to_string()).replace("<tls>", &tls_port.to_string());
        let credential = |user: &&str| format!("SCRAM-SHA-512=[name={user},password={PASSWORD}]");
        let credentials: Vec<String> = USERS.iter().map(credential).collect();
        let formatting: Vec<&str> = credentials.iter().flat_map(|user| ["--add-scram", user]).collect();
        let mut kafka = Kafka::prepare_in(folder.clone(), &properties, &formatting);
        kafka.start();
        Secure { kafka, folder, scram_port, tls_port }
    }

    /// Topics and group of their own for one user, and exactly these of the permissions that the service needs, and more.
    pub(crate) fn lane(&self, name: &str, user: &str, wanted: impl Fn(&Lane) -> Vec<Grant>) -> Lane {
        let lane = Lane::named(name, self.kafka.bootstrap_servers());
        // Before the topics: who sees these, sees the permissions too.
        grants::grant(&lane.servers, &format!("User:{user}"), &wanted(&lane));
        lane.create_topics(2);
        lane
    }

    /// How a user logs in with a password.
    pub(crate) fn scram(&self, user: &str) -> Settings {
        let mut settings = self.common(self.scram_port, "sasl_ssl");
        for (name, value) in [("mechanism", "SCRAM-SHA-512"), ("username", user), ("password", PASSWORD)] {
            settings.push((format!("kafka.properties.sasl.{name}"), value.to_owned()));
        }
        settings
    }

    /// How one does with a certificate, of `reader` or of `stranger`: the user is `User:CN=reader`.
    pub(crate) fn certificate(&self, of: &str) -> Settings {
        let mut settings = self.nameless();
        for (name, value) in [("location", self.file(&format!("{of}.p12"))), ("password", STORE_PASSWORD.to_owned())] {
            settings.push((format!("kafka.properties.ssl.keystore.{name}"), value));
        }
        settings
    }

    /// How one does who has no certificate.
    pub(crate) fn nameless(&self) -> Settings {
        self.common(self.tls_port, "ssl")
    }

    /// A certificate authority that has signed nobody here.
    pub(crate) fn strange_authority(&self) -> String {
        self.file("stranger.pem")
    }

    /// The address of the first kind of listener.
    pub(crate) fn scram_address(&self) -> String {
        format!("127.0.0.1:{}", self.scram_port)
    }

    fn common(&self, port: u16, protocol: &str) -> Settings {
        vec![
            ("kafka.bootstrap_servers".into(), format!("127.0.0.1:{port}")),
            ("kafka.properties.security.protocol".into(), protocol.into()),
            ("kafka.properties.ssl.ca.location".into(), self.file("ca.pem")),
        ]
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

/// All that the service needs, and nothing else: the table in the README.
pub(crate) fn least(lane: &Lane) -> Vec<Grant> {
    vec![
        (Resource::Topic(lane.input.clone()), Operation::Read),
        (Resource::Topic(lane.output.clone()), Operation::Write),
        (Resource::Topic(lane.dead_letter.clone()), Operation::Write),
        (Resource::Group(lane.group.clone()), Operation::Read),
        (Resource::TransactionalIds(format!("{}.", lane.group)), Operation::Write),
    ]
}

const STORE_PASSWORD: &str = "kites-in-the-wind";

/// An authority, a broker and a client that it has signed, and a stranger; with the tool that every Java brings along.
fn make_certificates(folder: &Path) {
    let script = format!("set -e; PASSWORD={STORE_PASSWORD}\n{CERTIFICATES}");
    let made = Command::new("sh").args(["-c", &script]).current_dir(folder).output().expect("a shell");
    assert!(
        made.status.success(),
        "{}{}",
        String::from_utf8_lossy(&made.stdout),
        String::from_utf8_lossy(&made.stderr)
    );
}

const CERTIFICATES: &str = r#"
tool() { keytool "$@" -storetype PKCS12 -storepass "$PASSWORD"; }
key() { name=$1; shift; tool -genkeypair -keyalg EC -keystore all.p12 -alias "$name" -dname "CN=$name" -validity 3 "$@"; }
alone() { keytool -importkeystore -srckeystore all.p12 -srcstorepass "$PASSWORD" -srcalias "$1" -destkeystore "$1.p12" -deststoretype PKCS12 -deststorepass "$PASSWORD"; }
key ca -ext bc:c
key stranger -ext bc:c
key broker -signer ca -ext san=ip:127.0.0.1
key reader -signer ca
alone broker
alone reader
alone stranger
tool -exportcert -rfc -keystore all.p12 -alias ca >ca.pem
tool -exportcert -rfc -keystore all.p12 -alias stranger >stranger.pem
"#;

/// What comes on top of those of any test broker.
const PROPERTIES: &str = "\
listeners=PLAINTEXT://127.0.0.1:<broker>,CONTROLLER://127.0.0.1:<controller>,SASL_SSL://127.0.0.1:<scram>,SSL://127.0.0.1:<tls>
advertised.listeners=PLAINTEXT://127.0.0.1:<broker>,SASL_SSL://127.0.0.1:<scram>,SSL://127.0.0.1:<tls>
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.ssl.ssl.client.auth=required
ssl.keystore.type=PKCS12
ssl.keystore.location=broker.p12
ssl.keystore.password=kites-in-the-wind
ssl.key.password=kites-in-the-wind
ssl.truststore.type=PEM
ssl.truststore.location=ca.pem
";
