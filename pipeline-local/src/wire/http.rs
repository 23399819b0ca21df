//! Request bodies and answers.

use std::io::Read as _;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::SqlError;

/// The largest body that is read, also after decompression: array binds can be large.
const MAX_BODY: usize = 512 << 20;

/// A request with its body.
pub(super) struct Incoming {
    pub(super) headers: HeaderMap,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl Incoming {
    /// Reads and decompresses the body.
    ///
    /// # Errors
    /// The answer to give when the body cannot be read.
    pub(super) async fn read(request: Request<Body>) -> Result<Self, Response<Body>> {
        let (parts, body) = request.into_parts();
        let raw = to_bytes(body, MAX_BODY)
            .await
            .map_err(|error| bad_request(&format!("The body cannot be read: {error}")))?;
        let encoding = parts.headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let body = match encoding.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "identity") => raw,
            Some("gzip") => {
                let mut plain = Vec::new();
                let read = GzDecoder::new(raw.as_ref()).take(MAX_BODY as u64 + 1).read_to_end(&mut plain);
                match read {
                    Ok(length) if length <= MAX_BODY => plain.into(),
                    Ok(_) => return Err(bad_request("The body is too large.")),
                    Err(error) => return Err(bad_request(&format!("The body is not gzip: {error}"))),
                }
            }
            Some(other) => return Err(bad_request(&format!("Content-Encoding {other} is not supported; use gzip."))),
        };
        let query = parse_query(parts.uri.query().unwrap_or_default());
        Ok(Self { headers: parts.headers, query, body })
    }

    /// The JSON body; an empty one reads as `{}`.
    ///
    /// # Errors
    /// The answer to give when the body is not the expected JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Response<Body>> {
        let body: &[u8] = if self.body.is_empty() { b"{}" } else { &self.body };
        serde_json::from_slice(body)
            .map_err(|error| bad_request(&format!("The body is not the expected JSON: {error}")))
    }

    /// A query parameter that is there and not empty.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Whether a query parameter says `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.parameter(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A header that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of `Authorization: Snowflake Token="…"`.
    pub(super) fn token(&self) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        value.strip_prefix("Snowflake Token=\"")?.strip_suffix('"')
    }
}

fn parse_query(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key), percent_decode(value))
        })
        .collect()
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// An answer of status 200 with this JSON text.
pub(super) fn answer_text(json: String) -> Response<Body> {
    with_status(StatusCode::OK, json)
}

/// The usual envelope around the data of a success.
pub(super) fn success(data: Value) -> Response<Body> {
    answer_text(json!({ "data": data, "code": null, "message": null, "success": true, "headers": null }).to_string())
}

/// The usual envelope of a failure that is not a statement's.
pub(super) fn failure(code: &str, message: &str) -> Response<Body> {
    failure_with(code, message, Value::Null)
}

/// Like [`failure`], with data.
pub(super) fn failure_with(code: &str, message: &str, data: Value) -> Response<Body> {
    answer_text(
        json!({ "data": data, "code": code, "message": message, "success": false, "headers": null }).to_string(),
    )
}

/// The answer to a statement that failed.
pub(super) fn sql_failure(error: &SqlError, query_id: &str) -> Response<Body> {
    let code = error.code_text();
    let kind = if error.message.starts_with("SQL compilation error") { "COMPILATION" } else { "EXECUTION" };
    let (line, position) = match error.position {
        Some((line, position)) => (i64::from(line), i64::from(position)),
        None => (-1, -1),
    };
    let data = json!({
        "internalError": error.code == 603, "unredactedFromSecureObject": false, "errorCode": code, "age": 0,
        "sqlState": error.sql_state, "queryId": query_id, "line": line, "pos": position, "type": kind,
    });
    failure_with(&code, &error.message, data)
}

/// 400 for what no driver sends.
pub(super) fn bad_request(message: &str) -> Response<Body> {
    let body = json!({ "data": null, "code": "390400", "message": message, "success": false, "headers": null });
    with_status(StatusCode::BAD_REQUEST, body.to_string())
}

/// 404 for an address that is not part of the protocol, or not supported.
pub(super) fn not_found(message: &str) -> Response<Body> {
    let body = json!({ "data": null, "code": "390404", "message": message, "success": false, "headers": null });
    with_status(StatusCode::NOT_FOUND, body.to_string())
}

/// A body in one piece: headers and body leave in one write.
pub(super) fn with_status(status: StatusCode, json: String) -> Response<Body> {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_strings_are_decoded() {
        let pairs = parse_query("requestId=1-2&roleName=%22My+role%22&empty=&x%");
        let expected = [("requestId", "1-2"), ("roleName", "\"My role\""), ("empty", ""), ("x%", "")];
        assert_eq!(pairs, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
    }
}
