//! A caller of the service under test.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A caller with one set of credentials.
#[derive(Clone)]
pub struct Client {
    base: String,
    token: Option<String>,
    http: reqwest::Client,
}

/// A response.
#[derive(Debug)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body as text.
    pub text: String,
    /// Body as JSON; null if it is not JSON.
    pub json: Value,
}

impl Client {
    /// A caller with a token, or without credentials.
    pub fn new(base: &str, token: Option<String>) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // The service closes connections after five seconds of idleness. Do not reuse one at that moment.
            .pool_idle_timeout(Duration::from_secs(2))
            .tls_backend_preconfigured(trusting_nobody())
            .no_proxy()
            .build()
            .expect("a client");
        Self { base: base.into(), token, http }
    }

    /// The token that the caller sends.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a caller with a token")
    }

    /// A request to complete, with the credentials.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// POST without a body, for this version of the record.
    pub async fn post_if_match(&self, path: &str, etag: &str) -> Answer {
        send(self.request(Method::POST, path).header("If-Match", etag)).await
    }

    /// Publishes the initiative at this path in this version, with the reason that admins need for their own text.
    pub async fn publish(&self, path: &str, etag: &str) -> Answer {
        let reason = serde_json::json!({ "reason": "Entered by the network." });
        send(self.request(Method::POST, &format!("{path}/publish")).header("If-Match", etag).json(&reason)).await
    }

    /// PUT with a JSON body, for this version of the record.
    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).header("If-Match", etag).json(body)).await
    }

    /// PATCH with a merge patch, for this version of the record.
    pub async fn patch(&self, path: &str, etag: &str, patch: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header("If-Match", etag);
        send(request.header("Content-Type", "application/merge-patch+json").body(patch.to_string())).await
    }

    /// The records of a list from its first page to the last, and back again. `check` tests every page.
    pub async fn there_and_back(&self, first: &str, check: impl Fn(&Answer)) -> (Vec<Value>, Vec<Value>) {
        let read = async |address: &str| {
            let page = self.get(&address[address.find("/v1/").unwrap()..]).await.expect(200);
            check(&page);
            page
        };
        let records = |page: &Answer| page.json["data"].as_array().unwrap().clone();
        let mut page = read(first).await;
        let mut there = records(&page);
        while let Some(next) = page.json["page"]["next"].as_str() {
            page = read(next).await;
            there.extend(records(&page));
        }
        let mut back = records(&page);
        while let Some(prev) = page.json["page"]["prev"].as_str() {
            page = read(prev).await;
            back.splice(0..0, records(&page));
        }
        (there, back)
    }

    /// DELETE, for this version of the record.
    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        send(self.request(Method::DELETE, path).header("If-Match", etag)).await
    }
}

/// The service under test uses plain HTTP, so skip reading the machine's certificate authorities for each client.
fn trusting_nobody() -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth()
}

/// Sends a request and reads the whole response.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.expect("a body");
    let json = serde_json::from_str(&text).unwrap_or_default();
    Answer { status, headers, text, json }
}

impl Answer {
    /// Returns the response if it has this status; otherwise fails and shows it.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Returns the response if it is a problem document with this status and code; otherwise fails.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json["code"], code, "{}", answer.text);
        assert_eq!(answer.json["status"], status);
        assert_eq!(answer.json["instance"], answer.header("x-request-id"));
        answer
    }

    /// A header; empty if missing.
    pub fn header(&self, name: &str) -> &str {
        let name: HeaderName = name.parse().expect("a header name");
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The ETag.
    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// Pointers (or parameters) and codes of all faults, in order.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.json["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|fault| {
                let place = if fault["pointer"].is_string() { &fault["pointer"] } else { &fault["parameter"] };
                (text(place), text(&fault["code"]))
            })
            .collect()
    }

    /// A member of each record on a page.
    pub fn each(&self, member: &str) -> Vec<Value> {
        self.json["data"].as_array().into_iter().flatten().map(|record| record[member].clone()).collect()
    }
}
