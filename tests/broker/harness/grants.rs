//! Permissions, granted over the wire: the command line tools of Kafka are not among its server's jars, and rdkafka does not ask for them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// What a permission is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Topic(String),
    Group(String),
    /// All transactional ids with this beginning.
    TransactionalIds(String),
}

/// What it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Read = 3,
    Write = 4,
    Describe = 8,
}

/// One permission.
pub(crate) type Grant = (Resource, Operation);

/// Grants all of these to a user, such as `User:reader`. The broker's listener must take anybody, and its authorizer anybody there for a super-user.
pub(crate) fn grant(server: &str, user: &str, grants: &[Grant]) {
    let answer = ask(server, &request(user, grants));
    // Correlation id, throttle time, count; then for each the code 0 and an empty message.
    let (head, results) = answer.split_at(12);
    assert_eq!(head.get(8..), Some((grants.len() as u32).to_be_bytes().as_slice()), "an answer for each");
    assert_eq!(results, [0; 4].repeat(grants.len()), "the broker takes each permission");
}

/// CreateAcls in version 1, the last one with plain lengths.
fn request(user: &str, grants: &[Grant]) -> Vec<u8> {
    let mut request = Vec::new();
    request.extend([0, 30, 0, 1, 0, 0, 0, 1]);
    string(&mut request, "exdate-grants");
    request.extend((grants.len() as u32).to_be_bytes());
    for (resource, operation) in grants {
        let (kind, name, pattern) = match resource {
            Resource::Topic(name) => (2, name, 3),
            Resource::Group(name) => (3, name, 3),
            Resource::TransactionalIds(prefix) => (5, prefix, 4),
        };
        request.push(kind);
        string(&mut request, name);
        request.push(pattern);
        string(&mut request, user);
        string(&mut request, "*");
        request.extend([*operation as u8, 3]);
    }
    request
}

fn string(to: &mut Vec<u8>, text: &str) {
    to.extend((text.len() as u16).to_be_bytes());
    to.extend(text.bytes());
}

/// Correlation id and body of the answer.
fn ask(server: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).expect("a broker");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a limit");
    stream.write_all(&(request.len() as u32).to_be_bytes()).and_then(|()| stream.write_all(request)).expect("sent");
    let mut size = [0; 4];
    stream.read_exact(&mut size).expect("the size of the answer");
    let mut answer = vec![0; u32::from_be_bytes(size) as usize];
    stream.read_exact(&mut answer).expect("the answer");
    answer
}
