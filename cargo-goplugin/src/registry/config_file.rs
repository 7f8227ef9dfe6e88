//! What `docker login`, `podman login` and `skopeo login` note down: pure.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::BASE64;
use serde::Deserialize;

use super::secret::Secret;

/// The key under which Docker notes down what it has for its own registry.
const DOCKER_KEY: &str = "https://index.docker.io/v1/";
/// What else that registry is called.
const DOCKER_HOSTS: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];
/// The name with which a helper says that its secret is a token.
const TOKEN_USER: &str = "<token>";

/// Who somebody is to a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Login {
    /// A name and a password.
    Password { user: String, password: Secret },
    /// A token that is changed for another one.
    Identity(Secret),
    /// A token that the registry itself takes.
    Token(Secret),
}

/// Where to look next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// It stands in the file.
    Login(Login),
    /// A helper may know: the end of its program's name, and what it is asked about.
    Helper { name: String, about: String },
}

/// The file. Keys that have nothing to do with credentials are passed over.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ConfigFile {
    auths: BTreeMap<String, Noted>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Noted {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

/// Why a file or an answer is of no use. It never says what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl ConfigFile {
    /// Reads the file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(bytes).map_err(|error| unreadable(&error))
    }

    /// What to try for a registry's repository, in this order: a helper for just that registry, what is written
    /// in the file, the helper for all.
    pub(super) fn steps(&self, host: &str, repository: &str) -> Result<Vec<Step>, Unreadable> {
        let mut steps = Vec::new();
        let own = self.cred_helpers.iter().find(|(key, _)| is_for(key, host));
        if let Some((key, name)) = own {
            let (name, about) = (name.clone(), key.clone());
            steps.push(Step::Helper { name, about });
        }
        if let Some((key, noted)) = self.noted(host, repository) {
            steps.extend(noted.login(key)?.map(Step::Login));
        }
        if let Some(name) = self.creds_store.clone().filter(|name| !name.is_empty()) {
            let is_docker = DOCKER_HOSTS.contains(&host);
            let about = if is_docker { DOCKER_KEY } else { host }.to_owned();
            steps.push(Step::Helper { name, about });
        }
        Ok(steps)
    }

    /// The entry for the longest beginning of host and repository, as podman has them; else the host's.
    fn noted(&self, host: &str, repository: &str) -> Option<(&str, &Noted)> {
        let full = format!("{host}/{repository}");
        let ends = full.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at);
        let mut names: Vec<_> = ends.map(|end| &full[..end]).collect();
        names.push(&full);
        let exact = names.iter().rev().find_map(|name| self.auths.get_key_value(*name));
        let found = exact.or_else(|| self.auths.iter().find(|(key, _)| is_for(key, host)));
        found.map(|(key, noted)| (key.as_str(), noted))
    }
}

/// Whether an entry is for that registry. Old ones are whole addresses.
fn is_for(key: &str, host: &str) -> bool {
    let is_address = key.contains("://");
    let bare = key.split_once("://").map_or(key, |(_, rest)| rest);
    let (key_host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let is_whole = is_address || path.is_empty();
    let is_docker = |host: &str| DOCKER_HOSTS.contains(&host);
    is_whole && (key_host == host || (is_docker(key_host) && is_docker(host)))
}

impl Noted {
    fn login(&self, key: &str) -> Result<Option<Login>, Unreadable> {
        if !self.identitytoken.is_empty() {
            return Ok(Some(Login::Identity(Secret::new(&self.identitytoken))));
        }
        if !self.registrytoken.is_empty() {
            return Ok(Some(Login::Token(Secret::new(&self.registrytoken))));
        }
        if !self.auth.is_empty() {
            let decoded = BASE64.decode(self.auth.as_bytes()).ok();
            let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.as_deref().map(|text| text.trim_end_matches('\0'));
            let Some((user, password)) = text.and_then(|text| text.split_once(':')) else {
                let key = key.escape_debug();
                return Err(Unreadable(format!("`auth` of `{key}` is no name and password")));
            };
            return Ok(Some(login(user, password)));
        }
        let has_both = !self.username.is_empty() && !self.password.is_empty();
        Ok(has_both.then(|| login(&self.username, &self.password)))
    }
}

fn login(user: &str, secret: &str) -> Login {
    let secret = Secret::new(secret);
    if user == TOKEN_USER {
        Login::Identity(secret)
    } else {
        Login::Password { user: user.to_owned(), password: secret }
    }
}

/// What a helper answered to `get`.
pub(super) fn helper_answer(bytes: &[u8]) -> Result<Login, Unreadable> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Answer {
        username: String,
        secret: String,
    }
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| unreadable(&error))?;
    Ok(login(&answer.username, &answer.secret))
}

/// Serde's own words could quote the text.
fn unreadable(error: &serde_json::Error) -> Unreadable {
    Unreadable(format!(
        "it is not the JSON that is expected, from line {} column {} on",
        error.line(),
        error.column()
    ))
}

/// Whether a helper's name is one that leads to a program on `PATH` and to nothing else.
pub(super) fn is_helper_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !name.is_empty() && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(user: &str, password: &str) -> Step {
        let password = Secret::new(password);
        Step::Login(Login::Password { user: user.to_owned(), password })
    }

    fn helper(name: &str, about: &str) -> Step {
        Step::Helper { name: name.to_owned(), about: about.to_owned() }
    }

    #[test]
    fn what_is_noted_down_is_found_by_host() {
        // "u:p", "v:q:r" and "<token>:t".
        let file = r#"{
            "auths": {
                "r.example": {"auth": "dTpw"},
                "r.example/team/app": {"auth": "djpxOnI="},
                "https://old.example/v1/": {"auth": "dTpw"},
                "token.example": {"identitytoken": "i", "auth": "dTpw"},
                "user.example": {"auth": "PHRva2VuPjp0"},
                "plain.example": {"username": "u", "password": "p"},
                "direct.example": {"registrytoken": "d"},
                "empty.example": {},
                "https://index.docker.io/v1/": {"auth": "dTpw"}
            },
            "credHelpers": {"cloud.example": "cloud", "r.example:5000": "local"},
            "HttpHeaders": {"X": "y"}
        }"#;
        let file = ConfigFile::parse(file.as_bytes()).unwrap();
        for (host, repository, steps) in [
            ("r.example", "x", vec![password("u", "p")]),
            ("r.example", "team/app", vec![password("v", "q:r")]),
            ("r.example", "team/app/sub", vec![password("v", "q:r")]),
            ("r.example", "team/application", vec![password("u", "p")]),
            ("old.example", "x", vec![password("u", "p")]),
            ("token.example", "x", vec![Step::Login(Login::Identity(Secret::new("i")))]),
            ("user.example", "x", vec![Step::Login(Login::Identity(Secret::new("t")))]),
            ("plain.example", "x", vec![password("u", "p")]),
            ("direct.example", "x", vec![Step::Login(Login::Token(Secret::new("d")))]),
            ("docker.io", "library/x", vec![password("u", "p")]),
            ("registry-1.docker.io", "x", vec![password("u", "p")]),
            ("cloud.example", "x", vec![helper("cloud", "cloud.example")]),
            ("r.example:5000", "x", vec![helper("local", "r.example:5000")]),
            ("empty.example", "x", vec![]),
            ("other.example", "x", vec![]),
            ("evil-r.example", "x", vec![]),
            ("r.example.evil.example", "x", vec![]),
        ] {
            assert_eq!(file.steps(host, repository).unwrap(), steps, "{host}/{repository}");
        }
    }

    #[test]
    fn a_store_is_asked_last() {
        let file =
            r#"{"auths": {"r.example": {"auth": "dTpw"}, "s.example": {}}, "credsStore": "pass"}"#;
        let file = ConfigFile::parse(file.as_bytes()).unwrap();
        let steps = |host| file.steps(host, "x").unwrap();
        assert_eq!(steps("r.example"), [password("u", "p"), helper("pass", "r.example")]);
        assert_eq!(steps("s.example"), [helper("pass", "s.example")]);
        assert_eq!(steps("docker.io"), [helper("pass", DOCKER_KEY)]);
    }

    #[test]
    fn what_cannot_be_read_is_not_repeated() {
        for file in ["hunter2", r#"{"auths": {"hunter2": 1}}"#, r#"{"auths": "hunter2"}"#] {
            let error = ConfigFile::parse(file.as_bytes()).err().unwrap().to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let file = ConfigFile::parse(br#"{"auths": {"r.example": {"auth": "hunter2"}}}"#).unwrap();
        let error = file.steps("r.example", "x").unwrap_err().to_string();
        assert_eq!(error, "`auth` of `r.example` is no name and password");
        assert!(!helper_answer(b"hunter2").unwrap_err().to_string().contains("hunter2"));
        let answer = br#"{"ServerURL":"x","Username":"u","Secret":"p"}"#;
        assert_eq!(Step::Login(helper_answer(answer).unwrap()), password("u", "p"));
        let token = br#"{"Username":"<token>","Secret":"t"}"#;
        assert_eq!(helper_answer(token).unwrap(), Login::Identity(Secret::new("t")));
    }

    #[test]
    fn a_helper_s_name_leads_to_a_program_of_that_kind_alone() {
        for (name, is) in [
            ("ecr-login", true),
            ("osxkeychain", true),
            ("", false),
            ("../x", false),
            ("a b", false),
        ] {
            assert_eq!(is_helper_name(name), is, "{name}");
        }
    }
}
