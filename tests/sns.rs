//! A stand-in for Amazon SNS: it takes every message and keeps it.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};

/// What was published, in the form of AWS's query protocol.
#[derive(Debug, Clone)]
pub struct Published {
    /// The fields of the form, decoded.
    pub fields: Vec<(String, String)>,
    /// Whether the request was signed.
    pub signed: bool,
}

impl Published {
    /// A field of the request.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
}

type Inbox = Arc<Mutex<Vec<Published>>>;

/// A local HTTP endpoint that answers as SNS does.
pub struct Sns {
    url: String,
    inbox: Inbox,
}

impl Sns {
    /// Starts to listen on a free port.
    ///
    /// # Panics
    ///
    /// When there is none.
    pub async fn start() -> Self {
        let inbox = Inbox::default();
        let router = Router::new().route("/", post(publish)).with_state(inbox.clone());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inbox }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What has been published so far.
    ///
    /// # Panics
    ///
    /// When the endpoint itself has panicked.
    pub fn published(&self) -> Vec<Published> {
        self.inbox.lock().expect("the inbox is in order").clone()
    }
}

async fn publish(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> String {
    let fields = body
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    let signed = headers.contains_key("authorization");
    inbox.lock().expect("the inbox is in order").push(Published { fields, signed });
    "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>\
     94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>\
     f187a3c1-376f-11df-8963-01868b7c937a</RequestId></ResponseMetadata></PublishResponse>"
        .to_owned()
}

/// Undoes percent encoding.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                bytes.push(u8::from_str_radix(&String::from_utf8_lossy(&hex), 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
