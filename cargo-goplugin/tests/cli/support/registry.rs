//! A registry on loopback, after the OCI distribution protocol: it keeps what it gets, can want to know who is
//! asking, misbehaves on demand and remembers what it was asked.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use cargo_goplugin::vocab::Sha256;
use serde_json::{Value, json};

/// Who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Door {
    Open,
    /// Whoever says so in base64.
    Basic(&'static str),
    /// Whoever has a token, which is had for that authorization (`None`: by anybody). The realm is this
    /// server's own unless another one is named.
    Token {
        wants: Option<&'static str>,
        realm: Option<String>,
        life: u64,
    },
}

/// What happens to a request in place of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// The connection is closed.
    Drop,
    /// That many bytes of what is sent are taken, then the connection is closed.
    Cut(usize),
    /// The same, and the registry forgets the upload.
    CutAndForget(usize),
    /// That is answered: status, further headers, body.
    Answer(u16, Vec<(&'static str, String)>, &'static str),
    /// All is done as it should be, and that digest is told.
    Tell(String),
}

/// A request that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) sent: usize,
}

/// How it speaks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Manners {
    /// Locations are relative.
    pub(crate) relative: bool,
    /// It lists what says something about a manifest.
    pub(crate) lists: bool,
}

pub(crate) struct Registry {
    port: u16,
    state: Arc<Mutex<State>>,
}

pub(crate) struct State {
    pub(crate) door: Door,
    pub(crate) manners: Manners,
    /// Method, a part of the path, how often, and what.
    pub(crate) acts: Vec<(&'static str, String, usize, Act)>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    /// By repository and tag or digest.
    pub(crate) manifests: BTreeMap<String, (String, Vec<u8>)>,
    uploads: BTreeMap<String, Vec<u8>>,
    tokens: usize,
    port: u16,
}

struct Incoming {
    method: String,
    path: String,
    query: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
    act: Option<Act>,
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn reply(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: Vec::new() }
}

impl Reply {
    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Registry {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(State {
            door: Door::Open,
            manners: Manners::default(),
            acts: Vec::new(),
            asked: Vec::new(),
            blobs: BTreeMap::new(),
            manifests: BTreeMap::new(),
            uploads: BTreeMap::new(),
            tokens: 0,
            port,
        }));
        let shared = Arc::clone(&state);
        // The thread ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                thread::spawn(move || while serve(&state, &stream).is_some() {});
            }
        });
        Self { port, state }
    }

    /// Host and port.
    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next request of that kind, or the next few, are treated so.
    pub(crate) fn act(&self, method: &'static str, part: &str, times: usize, act: Act) {
        self.state().acts.push((method, part.to_owned(), times, act));
    }

    /// What was asked since the last time this was called: method and path.
    pub(crate) fn take_asked(&self) -> Vec<String> {
        let asked = std::mem::take(&mut self.state().asked);
        asked.iter().map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }
}

/// Answers one request; `None` when the connection is over.
fn serve(state: &Mutex<State>, mut stream: &TcpStream) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let (method, target) = line.trim_end().rsplit_once(' ')?.0.split_once(' ')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut incoming = Incoming {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: BTreeMap::new(),
        body: Vec::new(),
        act: None,
    };
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        incoming.headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = incoming.headers.get("content-length");
    let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    incoming.act = state.lock().unwrap().next_act(method, path);
    let taken = match incoming.act {
        Some(Act::Cut(bytes) | Act::CutAndForget(bytes)) => bytes.min(length),
        _ => length,
    };
    incoming.body = vec![0; taken];
    reader.read_exact(&mut incoming.body).ok()?;
    let answer = state.lock().unwrap().answer(&incoming)?;
    let length = answer.body.len();
    let mut head = format!("HTTP/1.1 {} Said\r\nContent-Length: {length}\r\n", answer.status);
    for (name, value) in &answer.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let is_head = incoming.method == "HEAD";
    if is_head { Some(()) } else { stream.write_all(&answer.body).ok() }
}

impl State {
    fn next_act(&mut self, method: &str, path: &str) -> Option<Act> {
        let is_meant = |(wanted, part, times, _): &&mut (&str, String, usize, Act)| {
            *wanted == method && path.contains(part.as_str()) && *times > 0
        };
        let found = self.acts.iter_mut().find(is_meant)?;
        found.2 -= 1;
        Some(found.3.clone())
    }

    fn answer(&mut self, incoming: &Incoming) -> Option<Reply> {
        self.asked.push(Asked {
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            authorization: incoming.headers.get("authorization").cloned(),
            sent: incoming.body.len(),
        });
        if incoming.path == "/token" {
            return Some(self.token(incoming));
        }
        if let Some(challenge) = self.challenge(incoming) {
            return Some(reply(401).with("WWW-Authenticate", challenge));
        }
        match &incoming.act {
            Some(Act::Drop) => return None,
            Some(Act::Cut(_)) => {
                let upload = self.uploads.get_mut(&incoming.path)?;
                upload.extend_from_slice(&incoming.body);
                return None;
            }
            Some(Act::CutAndForget(_)) => {
                self.uploads.remove(&incoming.path);
                return None;
            }
            Some(Act::Answer(status, headers, body)) => {
                let body = body.as_bytes().to_vec();
                return Some(Reply { status: *status, headers: headers.clone(), body });
            }
            Some(Act::Tell(_)) | None => {}
        }
        let mut reply = self.route(incoming);
        if let Some(Act::Tell(digest)) = &incoming.act {
            reply.headers.retain(|(name, _)| *name != "Docker-Content-Digest");
            reply.headers.push(("Docker-Content-Digest", digest.clone()));
        }
        Some(reply)
    }

    /// What is asked of whoever has not said who it is.
    fn challenge(&self, incoming: &Incoming) -> Option<String> {
        let shown = incoming.headers.get("authorization").map(String::as_str);
        match &self.door {
            Door::Open => None,
            Door::Basic(word) => {
                (shown != Some(&format!("Basic {word}"))).then(|| "Basic realm=\"here\"".to_owned())
            }
            Door::Token { realm, .. } => {
                let token = format!("Bearer token-{}", self.tokens);
                let own = format!("http://127.0.0.1:{}/token", self.port);
                let realm = realm.clone().unwrap_or(own);
                (self.tokens == 0 || shown != Some(&token)).then(|| {
                    format!("Bearer realm=\"{realm}\",service=\"fake\",scope=\"repository:x:pull\"")
                })
            }
        }
    }

    fn token(&mut self, incoming: &Incoming) -> Reply {
        let Door::Token { wants, life, .. } = &self.door else { return reply(404) };
        let shown = incoming.headers.get("authorization").cloned();
        let form = String::from_utf8_lossy(&incoming.body).into_owned();
        let is_known = match wants {
            None => true,
            Some(word) => {
                shown == Some(format!("Basic {word}"))
                    || form.ends_with(&format!("refresh_token={word}"))
            }
        };
        if !is_known {
            let body = format!(
                r#"{{"errors":[{{"code":"NO","message":"not {}"}}]}}"#,
                shown.unwrap_or_default()
            );
            return Reply { body: body.into_bytes(), ..reply(401) };
        }
        let life = *life;
        self.tokens += 1;
        let body = format!(r#"{{"token":"token-{}","expires_in":{life}}}"#, self.tokens);
        Reply { body: body.into_bytes(), ..reply(200) }
    }

    fn route(&mut self, incoming: &Incoming) -> Reply {
        let Some(rest) = incoming.path.strip_prefix("/v2/") else { return reply(404) };
        if let Some((repository, which)) = rest.split_once("/manifests/") {
            return self.manifest(incoming, repository, which);
        }
        if let Some((repository, id)) = rest.split_once("/blobs/uploads/") {
            return self.upload(incoming, repository, id);
        }
        if let Some((repository, subject)) = rest.split_once("/referrers/") {
            return self.referrers(repository, subject);
        }
        match rest
            .split_once("/blobs/")
            .and_then(|(repository, digest)| self.blobs.get(&format!("{repository}@{digest}")))
        {
            Some(blob) => Reply { body: blob.clone(), ..reply(200) },
            None => reply(404),
        }
    }

    fn manifest(&mut self, incoming: &Incoming, repository: &str, which: &str) -> Reply {
        let key = |which: &str| format!("{repository}@{which}");
        if incoming.method == "PUT" {
            let digest = format!("sha256:{}", Sha256::of(&incoming.body));
            let kind = incoming.headers["content-type"].clone();
            let text = String::from_utf8_lossy(&incoming.body).into_owned();
            let names =
                text.split("\"sha256:").skip(1).map(|rest| format!("sha256:{}", &rest[..64]));
            let lacking = names.filter(|name| {
                let has = |name: &String| self.manifests.contains_key(&key(name));
                !self.blobs.contains_key(&key(name)) && !has(name)
            });
            // What a list names may come later, and so may what something is about.
            if !which.starts_with("sha256-") && !text.contains("\"subject\"") && lacking.count() > 0
            {
                let body =
                    r#"{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown"}]}"#;
                return Reply { body: body.into(), ..reply(400) };
            }
            for which in [which, &digest] {
                self.manifests.insert(key(which), (kind.clone(), incoming.body.clone()));
            }
            let reply = reply(201).with("Docker-Content-Digest", digest.clone());
            let noted = self.manners.lists && text.contains("\"subject\"");
            return if noted { reply.with("OCI-Subject", digest) } else { reply };
        }
        let Some((kind, bytes)) = self.manifests.get(&key(which)) else { return reply(404) };
        let digest = format!("sha256:{}", Sha256::of(bytes));
        let reply = Reply { body: bytes.clone(), ..reply(200) };
        reply.with("Content-Type", kind).with("Docker-Content-Digest", digest)
    }

    /// The list of what is about a manifest, by a registry that keeps such lists.
    fn referrers(&self, repository: &str, subject: &str) -> Reply {
        if !self.manners.lists {
            return reply(404);
        }
        let entries = self.manifests.iter().filter_map(|(key, (kind, bytes))| {
            let digest = key.strip_prefix(&format!("{repository}@"))?;
            let read: Value = serde_json::from_slice(bytes).unwrap();
            let is_listed = digest.contains(':') && read["subject"]["digest"] == subject;
            is_listed.then(|| json!({ "mediaType": kind, "digest": digest, "size": bytes.len(), "artifactType": read["artifactType"] }))
        });
        let entries: Vec<_> = entries.collect();
        let list = json!({ "schemaVersion": 2, "manifests": entries });
        Reply { body: list.to_string().into_bytes(), ..reply(200) }
    }

    fn upload(&mut self, incoming: &Incoming, repository: &str, id: &str) -> Reply {
        let query = |name: &str| {
            let mut pairs = incoming.query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value.replace("%3A", ":"))
        };
        let location = |path: &str| {
            let host = format!("http://127.0.0.1:{}", self.port);
            let host = if self.manners.relative { "" } else { &host };
            format!("{host}{path}?state=secret")
        };
        match incoming.method.as_str() {
            "POST" => {
                if let (Some(digest), Some(from)) = (query("mount"), query("from"))
                    && let Some(blob) = self.blobs.get(&format!("{from}@{digest}")).cloned()
                {
                    self.blobs.insert(format!("{repository}@{digest}"), blob);
                    return reply(201);
                }
                let path = format!("/v2/{repository}/blobs/uploads/{}", self.asked.len());
                let reply = reply(202).with("Location", location(&path));
                self.uploads.insert(path, Vec::new());
                reply
            }
            "GET" => match self.uploads.get(&incoming.path) {
                Some(got) => reply(204)
                    .with("Location", location(&incoming.path))
                    .with("Range", format!("0-{}", got.len().saturating_sub(1))),
                None => reply(404),
            },
            "PUT" if !id.is_empty() => {
                let Some(mut got) = self.uploads.remove(&incoming.path) else { return reply(404) };
                got.extend_from_slice(&incoming.body);
                let digest = format!("sha256:{}", Sha256::of(&got));
                if query("digest").as_ref() != Some(&digest) || query("state").is_none() {
                    return Reply {
                        body: br#"{"errors":[{"code":"DIGEST_INVALID"}]}"#.into(),
                        ..reply(400)
                    };
                }
                self.blobs.insert(format!("{repository}@{digest}"), got);
                reply(201).with("Docker-Content-Digest", digest)
            }
            _ => reply(405),
        }
    }
}
