//! Publishing to SNS: the Query API over HTTP, signed as AWS wants it.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;

/// How often publishing is tried.
const ATTEMPTS: u32 = 4;
/// The wait before the second attempt; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const TIMEOUT: Duration = Duration::from_secs(10);

/// What one attempt came to.
enum Failure {
    /// It may work later.
    Passing(String),
    /// It will not.
    Final(String),
}

/// Publishes, again when the endpoint cannot be reached or is busy; how often it was tried, and the last error.
pub(super) async fn publish_with_retries(endpoint: &str, topic: &str, message: &str) -> (u32, Result<(), String>) {
    let mut wait = FIRST_WAIT;
    for attempt in 1.. {
        match publish(endpoint, topic, message).await {
            Ok(()) => return (attempt, Ok(())),
            Err(Failure::Final(error)) => return (attempt, Err(error)),
            Err(Failure::Passing(error)) if attempt >= ATTEMPTS => return (attempt, Err(error)),
            Err(Failure::Passing(error)) => {
                tracing::warn!(topic, attempt, error, "a notification was not delivered, trying again");
                tokio::time::sleep(wait).await;
                wait *= 2;
            }
        }
    }
    (ATTEMPTS, Err("not tried".to_owned()))
}

async fn publish(endpoint: &str, topic: &str, message: &str) -> Result<(), Failure> {
    let body = form(&[("Action", "Publish"), ("Version", "2010-03-31"), ("TopicArn", topic), ("Message", message)]);
    let url = format!("{}/", endpoint.trim_end_matches('/'));
    let host =
        reqwest::Url::parse(&url)
            .ok()
            .and_then(|url| {
                Some(url.port().map_or(url.host_str()?.to_owned(), |port| {
                    format!("{}:{port}", url.host_str().unwrap_or_default())
                }))
            })
            .ok_or_else(|| Failure::Final(format!("the SNS endpoint {endpoint} is not a URL")))?;
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    let headers = signature(&url, topic, &host, content_type, body.as_bytes()).map_err(Failure::Final)?;
    let mut request = reqwest::Client::new().post(&url).timeout(TIMEOUT).header("content-type", content_type);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let response = request.body(body).send().await.map_err(|error| Failure::Passing(chain(&error)))?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let text = response.text().await.unwrap_or_default();
    let error = format!("the SNS endpoint answered {status}: {}", text.trim());
    if status.is_server_error() || status.as_u16() == 429 {
        Err(Failure::Passing(error))
    } else {
        Err(Failure::Final(error))
    }
}

/// The headers that sign a request. The keys are those of the environment; endpoints on one's own machine take any.
fn signature(
    url: &str,
    topic: &str,
    host: &str,
    content_type: &str,
    body: &[u8],
) -> Result<Vec<(String, String)>, String> {
    let key = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let credentials = Credentials::new(
        key("AWS_ACCESS_KEY_ID").unwrap_or_else(|| "local".to_owned()),
        key("AWS_SECRET_ACCESS_KEY").unwrap_or_else(|| "local".to_owned()),
        key("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let region = topic.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("us-east-1");
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sns")
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|error| error.to_string())?
        .into();
    let headers = [("host", host), ("content-type", content_type)];
    let request = SignableRequest::new("POST", url, headers.into_iter(), SignableBody::Bytes(body))
        .map_err(|error| error.to_string())?;
    let (instructions, _) = sign(request, &parameters).map_err(|error| error.to_string())?.into_parts();
    Ok(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn form(fields: &[(&str, &str)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    fields.join("&")
}

/// Percent-encoding of everything but unreserved characters.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Router;
    use axum::extract::State;
    use axum::http::{HeaderMap, StatusCode};
    use axum::routing::post;
    use parking_lot::Mutex;

    use super::*;

    type Seen = Arc<Mutex<Vec<(String, String)>>>;

    /// An endpoint that answers with these statuses, one after the other, then with 200.
    async fn endpoint(statuses: Vec<u16>) -> (String, Seen) {
        let seen: Seen = Arc::default();
        let state = (seen.clone(), Arc::new(Mutex::new(statuses)));
        let handler = |State((seen, statuses)): State<(Seen, Arc<Mutex<Vec<u16>>>)>,
                       headers: HeaderMap,
                       body: String| async move {
            let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
            seen.lock().push((authorization.to_owned(), body));
            let mut statuses = statuses.lock();
            let status = if statuses.is_empty() { 200 } else { statuses.remove(0) };
            StatusCode::from_u16(status).unwrap()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(handler)).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        (url, seen)
    }

    const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alerts";

    #[tokio::test]
    async fn a_message_arrives_signed() {
        let (url, seen) = endpoint(vec![]).await;
        assert_eq!(publish_with_retries(&url, TOPIC, "{\"a\": \"é & ü\"}").await, (1, Ok(())));
        let seen = seen.lock();
        let (authorization, body) = &seen[0];
        assert!(authorization.starts_with("AWS4-HMAC-SHA256 Credential="), "{authorization}");
        assert!(authorization.contains("/eu-west-1/sns/aws4_request"), "{authorization}");
        assert_eq!(
            body,
            "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalerts&Message=%7B%22a%22%3A%20%22%C3%A9%20%26%20%C3%BC%22%7D"
        );
    }

    #[tokio::test]
    async fn a_busy_endpoint_is_tried_again_and_a_refusal_is_not() {
        let (url, seen) = endpoint(vec![503, 500]).await;
        assert_eq!(publish_with_retries(&url, TOPIC, "{}").await, (3, Ok(())));
        assert_eq!(seen.lock().len(), 3);
        let (url, seen) = endpoint(vec![403]).await;
        let (attempts, outcome) = publish_with_retries(&url, TOPIC, "{}").await;
        assert_eq!(attempts, 1);
        assert!(outcome.unwrap_err().contains("403"));
        assert_eq!(seen.lock().len(), 1);
        let (attempts, outcome) = publish_with_retries("http://127.0.0.1:1", TOPIC, "{}").await;
        assert_eq!(attempts, ATTEMPTS);
        assert!(outcome.is_err());
    }
}
