//! HTTP requests of any method, each made just once. No redirect is followed and no status counts as a
//! failure: who asks decides what to try again, and which server may see which header.

use std::io::Read;
use std::time::Duration;

use ureq::http::{self, HeaderMap};
use ureq::{Body as UreqBody, SendBody};

use super::network::STALL;
use super::{Network, NetworkError};

/// How long a server may think about what it was sent: it moves whole layers from one place to another.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is to be done with what stands at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Get it.
    Get,
    /// Get what is said about it.
    Head,
    /// Make something below it.
    Post,
    /// Put it there.
    Put,
}

/// A request. It has no `Debug`: its headers may hold secrets.
pub struct Request<'a> {
    /// What to do.
    pub method: Method,
    /// With what.
    pub url: &'a str,
    /// Names, and values without line breaks.
    pub headers: &'a [(&'static str, String)],
    /// What is sent along.
    pub body: Body<'a>,
    /// Whether the server is asked without a proxy.
    pub route: Route,
}

/// How a server is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// As the environment's proxy settings say.
    Usual,
    /// Directly: it is on this machine.
    Direct,
}

/// What is sent along with a request.
pub enum Body<'a> {
    /// Nothing.
    Empty,
    /// These bytes.
    Bytes(&'a [u8]),
    /// What a reader gives, which is so long. A reader that fails breaks the request off.
    Stream(&'a mut dyn Read, u64),
}

/// What a server answered, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    body: UreqBody,
}

impl Answer {
    /// The first header of that name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers of that name that are text.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok())
    }

    /// The whole body, at most `limit` bytes of it.
    pub fn read(&mut self, limit: u64) -> Result<Vec<u8>, NetworkError> {
        let mut bytes = Vec::new();
        let body = self.body.as_reader();
        body.take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| NetworkError::Unreachable(broken_off(&error)))?;
        if bytes.len() as u64 > limit {
            let why = format!("the answer is longer than {limit} bytes");
            return Err(NetworkError::Unreachable(why));
        }
        Ok(bytes)
    }

    /// The body as it comes.
    #[must_use]
    pub fn into_reader(self) -> Box<dyn Read + Send> {
        Box::new(self.body.into_reader())
    }
}

/// How it is said that a connection did not last.
#[must_use]
pub fn broken_off(error: &dyn std::fmt::Display) -> String {
    format!("the connection broke off: {error}")
}

/// How long to wait for the server, and on which way.
#[derive(Clone, Copy)]
struct Terms {
    route: Route,
    patience: Duration,
}

impl Network {
    /// Makes the request, once. Only without an answer it fails.
    pub fn send(&self, request: Request<'_>) -> Result<Answer, NetworkError> {
        if self.is_offline() {
            return Err(NetworkError::Offline);
        }
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Head => http::Method::HEAD,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
        };
        let mut builder = http::Request::builder().method(method).uri(request.url);
        for (name, value) in request.headers {
            builder = builder.header(*name, value);
        }
        let length = match &request.body {
            Body::Empty if matches!(request.method, Method::Get | Method::Head) => None,
            Body::Empty => Some(0),
            Body::Bytes(bytes) => Some(bytes.len() as u64),
            Body::Stream(_, length) => Some(*length),
        };
        if let Some(length) = length {
            builder = builder.header("Content-Length", length.to_string());
        }
        let terms = Terms {
            route: request.route,
            patience: if length.is_some() { PATIENCE } else { STALL },
        };
        match request.body {
            Body::Empty => self.run(builder, SendBody::none(), terms),
            Body::Bytes(mut bytes) => self.run(builder, SendBody::from_reader(&mut bytes), terms),
            Body::Stream(reader, _) => self.run(builder, SendBody::from_reader(reader), terms),
        }
    }

    fn run(
        &self,
        builder: http::request::Builder,
        body: SendBody<'_>,
        terms: Terms,
    ) -> Result<Answer, NetworkError> {
        let failed = |error: &dyn std::fmt::Display| NetworkError::Unreachable(error.to_string());
        let request = builder.body(body).map_err(|error| failed(&error))?;
        let agent = self.agent();
        let configured = agent
            .configure_request(request)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_per_write(Some(STALL))
            .timeout_recv_response(Some(terms.patience))
            .timeout_per_read(Some(terms.patience));
        let request = match terms.route {
            Route::Usual => configured.build(),
            Route::Direct => configured.proxy(None).build(),
        };
        let (head, body) = agent.run(request).map_err(|error| failed(&error))?.into_parts();
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
    }
}
