//! Servers that say who they are and who asked, and clients that ask.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::node::{Node, Place, address};

const PATIENCE: Duration = Duration::from_secs(3);

/// A server that answers every request with its name and the sender's address.
#[derive(Debug)]
pub(crate) struct Server {
    at: SocketAddr,
    entry: crate::node::Entry,
    callers: Arc<Mutex<Vec<IpAddr>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at `at` in `place`.
    pub(crate) fn start(node: &Node, place: Place, at: &str, name: &'static str) -> Self {
        let at = address(at);
        let listener = node.inside(place, || TcpListener::bind(at)).unwrap();
        let callers = Arc::default();
        let stopped = Arc::default();
        let thread = {
            let (callers, stopped) = (Arc::clone(&callers), Arc::clone(&stopped));
            thread::spawn(move || accept(&listener, name, &callers, &stopped))
        };
        Server {
            at,
            entry: node.entry(place),
            callers,
            stopped,
            thread: Some(thread),
        }
    }

    /// The real metadata service, under both its addresses.
    pub(crate) fn imds(node: &Node) -> [Self; 2] {
        [crate::node::IMDS, crate::node::IMDS_6]
            .map(|at| Server::start(node, Place::Fabric, at, "imds"))
    }

    /// Who has asked so far.
    pub(crate) fn callers(&self) -> Vec<IpAddr> {
        self.callers.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let (at, entry) = (self.at, &self.entry);
        // A last connection wakes the thread.
        thread::scope(|scope| {
            scope.spawn(move || {
                entry.enter();
                let _ = TcpStream::connect_timeout(&at, PATIENCE);
            });
        });
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(
    listener: &TcpListener,
    name: &'static str,
    callers: &Arc<Mutex<Vec<IpAddr>>>,
    stopped: &AtomicBool,
) {
    for stream in listener.incoming() {
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let callers = Arc::clone(callers);
        // Ends with its connection.
        thread::spawn(move || serve(&stream, name, &callers));
    }
}

fn serve(stream: &TcpStream, name: &str, callers: &Mutex<Vec<IpAddr>>) -> io::Result<()> {
    let caller = stream.peer_addr()?.ip();
    let mut lines = BufReader::new(stream).lines();
    loop {
        // A request ends with an empty line.
        loop {
            match lines.next().transpose()? {
                None => return Ok(()),
                Some(line) if line.is_empty() => break,
                Some(_) => {}
            }
        }
        callers.lock().unwrap().push(caller);
        let body = format!("{name} {caller}");
        let length = body.len();
        let mut writer = stream;
        write!(
            writer,
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
    }
}

/// A connection on which several requests can be sent.
#[derive(Debug)]
pub(crate) struct Client(TcpStream);

impl Client {
    /// Connects from the calling thread's namespace.
    pub(crate) fn connect(to: &str) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address(to), PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client(stream))
    }

    /// Sends one request; the body of the answer.
    pub(crate) fn get(&mut self) -> io::Result<String> {
        self.0.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")?;
        let mut reader = BufReader::new(&self.0);
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if let Some(value) = line.strip_prefix("Content-Length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(String::from_utf8(body).unwrap())
    }
}

/// One request from `place` on a connection of its own.
pub(crate) fn get(node: &Node, place: Place, to: &str) -> io::Result<String> {
    node.inside(place, || Client::connect(to)?.get())
}
