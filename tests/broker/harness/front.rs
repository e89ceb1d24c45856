//! A front that takes the place of a broker: it passes everything on, or tells of a cluster without brokers, as a broker may that has just started.

use std::io::{Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::await_some;

const METADATA: i16 = 3;
const FIND_COORDINATOR: i16 = 10;
const LEADER_NOT_AVAILABLE: i16 = 5;

/// The version in which the client asks for metadata: with compact lengths (one more than there are) and tags, of which there are none.
const METADATA_VERSION: i16 = 13;

/// It serves until the process ends.
#[derive(Clone)]
pub(crate) struct Front(Arc<Inner>);

struct Inner {
    /// Its own address, and the broker's.
    own: SocketAddr,
    broker: SocketAddr,
    topic: String,
    partitions: u8,
    /// It knows of the topic, and of no broker.
    is_bare: AtomicBool,
    /// Metadata requests answered since that was last changed.
    answered: AtomicUsize,
}

impl Front {
    /// Begins to serve, passing everything on.
    pub(crate) fn of(broker: &str, topic: &str, partitions: u8) -> Front {
        let broker = broker.parse().expect("the address of one broker on loopback");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let own = listener.local_addr().expect("an address");
        let (is_bare, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
        let inner = Inner { own, broker, topic: topic.to_owned(), partitions, is_bare, answered };
        let front = Front(Arc::new(inner));
        let serving = front.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let front = serving.clone();
                thread::spawn(move || front.serve(client));
            }
        });
        front
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> String {
        self.0.own.to_string()
    }

    /// From now on it tells of no broker, or of itself again; returns once it has said so that often.
    pub(crate) fn tell_of_no_broker(&self, bare: bool, times: usize) {
        self.0.is_bare.store(bare, Ordering::SeqCst);
        self.0.answered.store(0, Ordering::SeqCst);
        await_some("metadata is asked for", || (self.0.answered.load(Ordering::SeqCst) >= times).then_some(()));
    }

    /// One request after another, until either side ends it.
    fn serve(&self, mut client: TcpStream) -> Result<()> {
        let mut broker = TcpStream::connect(self.0.broker)?;
        loop {
            let request = read(&mut client)?;
            let [kind, version] = [0, 2].map(|at| i16::from_be_bytes([request[at], request[at + 1]]));
            let answer = if kind == METADATA && self.0.is_bare.load(Ordering::SeqCst) {
                self.no_broker(&request[4..8], version)
            } else {
                write(&mut broker, &request)?;
                let mut answer = read(&mut broker)?;
                if matches!(kind, METADATA | FIND_COORDINATOR) {
                    self.take_the_place(&mut answer);
                }
                answer
            };
            write(&mut client, &answer)?;
            if kind == METADATA {
                self.0.answered.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Wherever the answer names the broker, it names this front.
    fn take_the_place(&self, answer: &mut [u8]) {
        let [broker, own] = [self.0.broker, self.0.own]
            .map(|at| [at.ip().to_string().as_bytes(), &i32::from(at.port()).to_be_bytes()].concat());
        let places: Vec<usize> = (0..answer.len()).filter(|at| answer[*at..].starts_with(&broker)).collect();
        places.into_iter().for_each(|at| answer[at..at + own.len()].copy_from_slice(&own));
    }

    /// The answer to a metadata request: no broker, one topic, whose partitions have no leader.
    fn no_broker(&self, correlation: &[u8], version: i16) -> Vec<u8> {
        assert_eq!(version, METADATA_VERSION, "another version has another layout");
        let (no_tags, none, one) = (0_u8, 1_u8, 2_u8);
        let mut answer = correlation.to_vec();
        let mut add = |part: &[u8]| answer.extend(part);
        add(&[no_tags, 0, 0, 0, 0]); // throttled for 0 ms
        add(&[none]); // brokers
        add(&[2, b'c']); // id of the cluster
        add(&(-1_i32).to_be_bytes()); // controller
        add(&[one, 0, 0]); // topics, of the first the error
        add(&[self.0.topic.len() as u8 + 1]);
        add(self.0.topic.as_bytes());
        add(&[0; 16]); // its id
        add(&[0, self.0.partitions + 1]); // not internal; its partitions
        for partition in 0..self.0.partitions {
            add(&LEADER_NOT_AVAILABLE.to_be_bytes());
            add(&i32::from(partition).to_be_bytes());
            add(&(-1_i32).to_be_bytes()); // leader
            add(&(-1_i32).to_be_bytes()); // epoch
            add(&[none, none, none, no_tags]); // replicas, those in sync, those offline
        }
        add(&i32::MIN.to_be_bytes()); // permissions: not asked for
        add(&[no_tags, 0, 0, no_tags]); // the topic's end, the error of all
        answer
    }
}

/// A request or an answer, behind its length.
fn read(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut frame)?;
    Ok(frame)
}

fn write(stream: &mut TcpStream, frame: &[u8]) -> Result<()> {
    let length = u32::try_from(frame.len()).expect("a frame below 4 GiB");
    stream.write_all(&[&length.to_be_bytes(), frame].concat())
}
