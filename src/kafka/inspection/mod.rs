//! Looks over everything that the service needs of its cluster, without disturbing a live one: for `exdate check`.
//!
//! rdkafka cannot ask for permissions, so each is tried in a way that leaves nothing behind: metadata, offsets and
//! settings are read, one fetch is made at the end of the input, and a transaction of an own transactional id registers
//! the output partitions and is aborted before a record leaves the process.

mod access;
mod line;
mod listener;
mod reach;
mod reasons;
pub mod topics;
mod transaction;

use std::sync::mpsc;

use crate::config::{Config, Mode};
use crate::kafka::client::admin::Admin;
use crate::kafka::client::identity::Identity;
pub use line::{Line, Verdict};
use reach::Cluster;
use topics::{Needs, NewTopics, Role, State};

/// What the inspection sends, as it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// One thing was looked at.
    Line(Line),
    /// librdkafka refuses a property: the configuration is wrong, and nothing else can be looked at.
    Misconfigured(String),
}

/// Looks over the cluster on a thread of its own, and sends what it finds; ends by closing the channel.
///
/// Every call into librdkafka has a time limit; should one be overrun, the receiver notices that nothing comes.
pub fn start(config: Config, create: Option<NewTopics>) -> mpsc::Receiver<Note> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let send = |note| {
            // The receiver may have given up; then nobody wants to know.
            let _ = sender.send(note);
        };
        inspect(&config, create, &send);
    });
    receiver
}

fn inspect(config: &Config, create: Option<NewTopics>, send: &dyn Fn(Note)) {
    let line = |line| send(Note::Line(line));
    let identity = Identity::new(config, 0);
    let cluster = match reach::reach(config, &identity) {
        Ok(cluster) => cluster,
        Err(reach::Unreached::Misconfigured(why)) => return send(Note::Misconfigured(why)),
        Err(reach::Unreached::Silent(failed)) => return line(failed),
    };
    line(cluster.line());
    let admin = match Admin::open(&config.kafka) {
        Ok(admin) => admin,
        Err(trouble) => return line(Line::failed("broker", trouble.to_string(), "try again")),
    };
    match cluster.settings(&admin, config) {
        Ok(lines) => lines.into_iter().for_each(line),
        Err(unreachable) => {
            line(unreachable);
            return line(Line::untried("all else", "the brokers' own addresses come first"));
        }
    }
    let present = topics(config, create, &cluster, &admin, &line);
    access(config, &identity, &cluster, &present, &line);
}

/// Looks at the topics, makes those that are missing if it may, and gives those that are there.
fn topics(
    config: &Config,
    create: Option<NewTopics>,
    cluster: &Cluster,
    admin: &Admin,
    line: &dyn Fn(Line),
) -> Vec<Role> {
    let mut states = Vec::new();
    let mut made = Vec::new();
    for role in Role::ALL {
        let topic = role.topic(&config.kafka);
        let mut state = topics::state(&cluster.consumer, topic);
        if let (State::Missing, Some(plan)) = (&state, create) {
            if let Err(failed) = topics::create(admin, cluster.brokers.len(), config, role, plan) {
                line(failed);
                continue;
            }
            state = topics::state_once_made(&cluster.consumer, topic);
            made.push(role);
        }
        states.push((role, topics::with_settings(state, admin, topic)));
    }
    let needs = Needs::new(config, cluster.brokers.len(), &states);
    for (role, state) in &states {
        let topic = role.topic(&config.kafka);
        let name = if made.contains(role) { format!("{topic}, just made") } else { topic.to_owned() };
        topics::judge(*role, &name, state, &needs).into_iter().for_each(line);
    }
    let present = states.into_iter().filter(|(_, state)| matches!(state, State::Present(_)));
    present.map(|(role, _)| role).collect()
}

/// Tries whether the input may be read, the group used, transactions made, and the other topics written.
fn access(config: &Config, identity: &Identity, cluster: &Cluster, present: &[Role], line: &dyn Fn(Line)) {
    let mut group_is_idle = false;
    if present.contains(&Role::Input) {
        line(access::read(&config.kafka));
        let group = access::group(cluster, &config.kafka);
        group_is_idle = group.is_idle;
        line(group.line);
    } else {
        line(Line::untried("reading", "the input topic comes first"));
        line(Line::untried("group", "the input topic comes first"));
    }
    let writable: Vec<Role> = present.iter().copied().filter(|role| *role != Role::Input).collect();
    match config.delivery.mode {
        Mode::ExactlyOnce => transaction::try_out(config, identity, cluster, group_is_idle, &writable, line),
        Mode::AtLeastOnce => {
            line(Line::untried("writing", "without transactions, only a record would show whether it is allowed"));
        }
    }
}
