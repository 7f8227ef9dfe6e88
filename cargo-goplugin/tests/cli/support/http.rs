//! A file server on loopback, which can misbehave on demand and remembers what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use camino::{Utf8Path, Utf8PathBuf};

/// How the server misbehaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Paths that start so get no answer: the connection is closed.
    Down(String),
    /// Paths that end so are cut off in the middle.
    Cut(String),
    /// Paths that end so have one byte in the middle changed.
    Flip(String),
    /// Paths that end so are answered with 500 that many times.
    Busy(String, usize),
    /// Paths that end so are answered with 403, as some proxies do where they have the file.
    Refused(String),
}

/// Serves a folder until it is dropped.
pub(crate) struct Server {
    port: u16,
    state: Arc<State>,
}

struct State {
    folder: Utf8PathBuf,
    faults: Mutex<Vec<Fault>>,
    asked: Mutex<Vec<String>>,
}

impl Server {
    pub(crate) fn start(folder: &Utf8Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            folder: folder.to_owned(),
            faults: Mutex::default(),
            asked: Mutex::default(),
        });
        let shared = Arc::clone(&state);
        // The thread ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || state.answer(stream));
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The address of a path in the folder.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Misbehaves from now on, beside what was asked for before.
    pub(crate) fn fail(&self, fault: Fault) {
        lock(&self.state.faults).push(fault);
    }

    /// The paths asked for so far, each with a leading slash.
    pub(crate) fn asked(&self) -> Vec<String> {
        lock(&self.state.asked).clone()
    }
}

impl State {
    fn answer(&self, mut stream: TcpStream) {
        let Some(path) = requested_path(&stream) else { return };
        lock(&self.asked).push(path.clone());
        let Some((status, mut body)) = self.look_up(&path) else {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        };
        let promised = body.len();
        self.spoil(&path, &mut body);
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Length: {promised}\r\nConnection: close\r\n\r\n");
        // A client that went away is the client's business.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    }

    /// Status and body, or `None` when the server is down.
    fn look_up(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        for fault in lock(&self.faults).iter_mut() {
            match fault {
                Fault::Down(start) if path.starts_with(start.as_str()) => return None,
                Fault::Busy(end, times) if path.ends_with(end.as_str()) && *times > 0 => {
                    *times -= 1;
                    return Some(("500 Internal Server Error", Vec::new()));
                }
                Fault::Refused(end) if path.ends_with(end.as_str()) => {
                    return Some(("403 Forbidden", b"not here".to_vec()));
                }
                Fault::Down(_)
                | Fault::Busy(..)
                | Fault::Refused(_)
                | Fault::Cut(_)
                | Fault::Flip(_) => {}
            }
        }
        let below = path.trim_start_matches('/');
        let inside = !below.split('/').any(|part| part == "..");
        match std::fs::read(self.folder.join(below)) {
            Ok(body) if inside => Some(("200 OK", body)),
            _ => Some(("404 Not Found", Vec::new())),
        }
    }

    fn spoil(&self, path: &str, body: &mut Vec<u8>) {
        let middle = body.len() / 2;
        for fault in lock(&self.faults).iter() {
            match fault {
                Fault::Cut(end) if path.ends_with(end.as_str()) => body.truncate(middle),
                Fault::Flip(end) if path.ends_with(end.as_str()) && !body.is_empty() => {
                    body[middle] ^= 1;
                }
                Fault::Down(_)
                | Fault::Busy(..)
                | Fault::Refused(_)
                | Fault::Cut(_)
                | Fault::Flip(_) => {}
            }
        }
    }
}

fn requested_path(stream: &TcpStream) -> Option<String> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next()?.ok()?;
    for line in lines {
        if line.ok()?.is_empty() {
            break;
        }
    }
    let path = request.strip_prefix("GET ")?.split(' ').next()?;
    Some(percent_decoded(path.split('?').next()?))
}

fn percent_decoded(path: &str) -> String {
    let mut parts = path.split('%');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(byte.map_or('%', char::from));
        decoded.push_str(if byte.is_some() { &part[2..] } else { part });
    }
    decoded
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
