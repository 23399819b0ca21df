//! Rules about single values. The compiler runs them on literals; call them yourself on values that a program meets only
//! at run time, such as an ARN from the environment: the same function, the same text.
//!
//! ```
//! use pipeline_dsl::rule::value;
//!
//! let arn = "arn:aws:sns:us-east-1:123456789012:errors.fifo"; // from the environment
//! let broken = value::topic_arn(arn).unwrap_err();
//! assert!(broken.to_string().contains("= rule: sns-topic-fifo"));
//! ```
#![expect(clippy::result_large_err, reason = "a message made in a constant cannot be on the heap")]

use crate::check::{Broken, Msg, same};
use crate::object::arn;
use crate::schedule::{Schedule, ScheduleError, field_text, nearest, parse_cron};

/// Whether a value keeps its rules.
pub type Checked = Result<(), Broken>;

/// Panics with the message of a broken rule, which in a constant is an error of the compiler.
#[doc(hidden)]
#[track_caller]
pub const fn raise(checked: Checked) {
    if let Err(broken) = checked {
        panic!("{}", broken.as_str());
    }
}

/// `text`, what is wrong with it, the rule and the way out.
const fn broken(text: &str, what: &str, rule: &str, help: &str) -> Checked {
    let mut msg = Msg::<1024>::new();
    msg.name(text).push(" ").push(what);
    msg.rule(rule, help);
    Err(Broken::new(msg))
}

/// Rule `javascript-file`: the text of a JavaScript body, which stands between two `$$`; `name` is that of its file.
///
/// # Errors
/// If the text contains `$$`.
pub const fn javascript_file(name: &str, text: &str) -> Checked {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at - 1] == b'$' && bytes[at] == b'$' {
            return broken(
                name,
                "contains `$$`, which would end the body of the procedure",
                "javascript-file",
                "write `$` twice with something between, such as `\"$\" + \"$\"`",
            );
        }
        at += 1;
    }
    Ok(())
}

/// Rules `sns-topic-arn` and `sns-topic-fifo`: `arn:aws:sns:<region>:<account>:<topic>`.
///
/// # Errors
/// If the text is no such ARN, or names a FIFO topic.
pub const fn topic_arn(text: &str) -> Checked {
    let Some(arn) = arn(text, "sns") else {
        return broken(
            text,
            "is not the ARN of an SNS topic",
            "sns-topic-arn",
            "write `arn:aws:sns:<region>:<12 digits of the account>:<topic>`",
        );
    };
    let name = arn.resource.as_bytes();
    let mut at = 0;
    let mut valid = !arn.region.is_empty() && name.len() <= 256;
    while at < name.len() {
        valid = valid && (name[at].is_ascii_alphanumeric() || matches!(name[at], b'-' | b'_' | b'.'));
        at += 1;
    }
    if name.len() > 5 && matches!(name.split_at(name.len() - 5).1, b".fifo") {
        return broken(
            text,
            "is a FIFO topic: Snowflake's messages would never arrive",
            "sns-topic-fifo",
            "create a standard topic",
        );
    }
    if !valid {
        return broken(
            text,
            "is not the ARN of an SNS topic: the region is missing, or the topic's name is not valid",
            "sns-topic-arn",
            "a topic's name has up to 256 letters, digits, `-` and `_`",
        );
    }
    Ok(())
}

/// Rule `sns-role-arn`: `arn:aws:iam::<account>:role/<name>`.
///
/// # Errors
/// If the text is no such ARN.
pub const fn role_arn(text: &str) -> Checked {
    if let Some(arn) = arn(text, "iam")
        && arn.region.is_empty()
        && let Some(b"role/") = arn.resource.as_bytes().first_chunk::<5>()
        && arn.resource.len() > 5
    {
        return Ok(());
    }
    broken(
        text,
        "is not the ARN of an IAM role",
        "sns-role-arn",
        "write `arn:aws:iam::<12 digits of the account>:role/<name>`",
    )
}

/// Rule `gcp-topic-name`: `projects/<project>/topics/<topic>`.
///
/// # Errors
/// If the text has another form.
pub const fn gcp_topic_name(text: &str) -> Checked {
    let bytes = text.as_bytes();
    let mut slashes = [0; 3];
    let mut count = 0;
    let mut at = 0;
    let mut valid = true;
    while at < bytes.len() {
        if bytes[at] == b'/' {
            if count < 3 {
                slashes[count] = at;
            }
            count += 1;
        } else if !(bytes[at].is_ascii_alphanumeric()
            || matches!(bytes[at], b'-' | b'_' | b'.' | b'~' | b'+' | b'%' | b':'))
        {
            valid = false;
        }
        at += 1;
    }
    if valid && count == 3 {
        let project = part(text, slashes[0] + 1, slashes[1]);
        let topic = part(text, slashes[2] + 1, bytes.len());
        if same(part(text, 0, slashes[0]), "projects")
            && same(part(text, slashes[1] + 1, slashes[2]), "topics")
            && !project.is_empty()
            && topic.len() >= 3
        {
            return Ok(());
        }
    }
    broken(text, "is not the name of a Pub/Sub topic", "gcp-topic-name", "write `projects/<project>/topics/<topic>`")
}

/// Rule `azure-topic-endpoint`: `https://<topic>.<region>.eventgrid.azure.net/api/events`.
///
/// # Errors
/// If the text has another form.
pub const fn azure_topic_endpoint(text: &str) -> Checked {
    if let Some(rest) = after(text, "https://")
        && ends_with(rest, ".eventgrid.azure.net/api/events")
        && !has_byte(rest, b' ')
    {
        return Ok(());
    }
    broken(
        text,
        "is not the endpoint of an Event Grid topic",
        "azure-topic-endpoint",
        "write `https://<topic>.<region>.eventgrid.azure.net/api/events`",
    )
}

/// Rule `azure-tenant-id`: a UUID.
///
/// # Errors
/// If the text is none.
pub const fn azure_tenant_id(text: &str) -> Checked {
    if is_uuid(text) {
        return Ok(());
    }
    broken(text, "is not a tenant of Azure", "azure-tenant-id", "write its UUID: 8, 4, 4, 4 and 12 hexadecimal digits")
}

/// Rule `email-address`: one address.
///
/// # Errors
/// If the text has no `@` between a name and a domain, or has blanks.
pub const fn email_address(text: &str) -> Checked {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut signs = 0;
    let mut place = 0;
    let mut dot = false;
    let mut valid = true;
    while at < bytes.len() {
        match bytes[at] {
            b'@' => {
                signs += 1;
                place = at;
            }
            b'.' if signs == 1 && at > place + 1 && at + 1 < bytes.len() => dot = true,
            b' ' | b',' | b';' | b'<' | b'>' => valid = false,
            _ => {}
        }
        at += 1;
    }
    if valid && signs == 1 && place > 0 && dot {
        return Ok(());
    }
    broken(text, "is not an email address", "email-address", "write one address: `name@example.com`")
}

/// Rule `email-subject`: at most 256 characters.
///
/// # Errors
/// If the text is longer.
pub const fn email_subject(text: &str) -> Checked {
    if crate::object::characters(text) <= 256 {
        return Ok(());
    }
    let mut msg = Msg::<1024>::new();
    msg.push("the subject has ").number(crate::object::characters(text) as u64).push(" characters");
    msg.rule("email-subject", "shorten it to 256 characters");
    Err(Broken::new(msg))
}

/// Rule `webhook-url`: `https`, without port 443.
///
/// # Errors
/// If the address has another scheme, no host, blanks, or names port 443.
pub const fn webhook_url(text: &str) -> Checked {
    let Some(rest) = after(text, "https://") else {
        return broken(text, "is not an HTTPS address", "webhook-url", "write `https://<host>/<path>`");
    };
    let host = match position(rest, b'/') {
        Some(at) => part(rest, 0, at),
        None => rest,
    };
    if ends_with(host, ":443") {
        return broken(text, "names port 443, which Snowflake refuses", "webhook-url", "leave the port out");
    }
    if host.is_empty() || has_byte(text, b' ') {
        return broken(text, "is not an HTTPS address", "webhook-url", "write `https://<host>/<path>`");
    }
    Ok(())
}

/// Rule `stream-timestamp`: a time `2026-01-31 12:00:00`.
///
/// # Errors
/// If the text has another form.
pub const fn timestamp(text: &str) -> Checked {
    const FORM: &[u8] = b"0000-00-00 00:00:00";
    let bytes = text.as_bytes();
    let mut valid = bytes.len() == FORM.len();
    let mut at = 0;
    while valid && at < FORM.len() {
        valid = if FORM[at] == b'0' {
            bytes[at].is_ascii_digit()
        } else {
            bytes[at] == FORM[at] || (FORM[at] == b' ' && bytes[at] == b'T')
        };
        at += 1;
    }
    if valid {
        let month = two(bytes, 5);
        let day = two(bytes, 8);
        valid = 1 <= month && month <= 12 && 1 <= day && day <= 31;
        valid = valid && two(bytes, 11) < 24 && two(bytes, 14) < 60 && two(bytes, 17) < 60;
    }
    if valid {
        return Ok(());
    }
    broken(text, "is not a time", "stream-timestamp", "write `2026-01-31 12:00:00`")
}

/// Rule `stream-statement`: the identifier of a query, a UUID.
///
/// # Errors
/// If the text is none.
pub const fn query_id(text: &str) -> Checked {
    if is_uuid(text) {
        return Ok(());
    }
    broken(
        text,
        "is not the identifier of a query",
        "stream-statement",
        "write the UUID that LAST_QUERY_ID() or the query history shows",
    )
}

/// Rule `interval`: a whole number, one blank and a unit, from `low` to `high` seconds. `what` names the value in messages.
///
/// # Errors
/// If the text is no interval, or out of bounds.
pub const fn interval(what: &str, text: &str, low: u64, high: u64) -> Checked {
    let mut msg = Msg::<1024>::new();
    match Schedule::parse_interval(text) {
        Ok(Schedule::Every { amount, unit }) => {
            let seconds = amount as u64 * unit.seconds();
            if seconds >= low && seconds <= high {
                return Ok(());
            }
            msg.push(what).push(" ").name(text).push(" is not between ");
            duration(duration(&mut msg, low).push(" and "), high);
            msg.rule("interval", if seconds < low { "choose a longer one" } else { "choose a shorter one" });
        }
        _ => {
            msg.push(what).push(" ").name(text).push(" is not an interval");
            msg.rule("interval", "write a whole number and a unit: `30 seconds`, `2 minutes`, `1 hour`");
        }
    }
    Err(Broken::new(msg))
}

/// A number of seconds, in the largest unit that it has a whole number of.
const fn duration(msg: &mut Msg<1024>, seconds: u64) -> &mut Msg<1024> {
    if seconds >= 3600 && seconds.is_multiple_of(3600) {
        msg.number(seconds / 3600).push(if seconds == 3600 { " hour" } else { " hours" })
    } else if seconds >= 60 && seconds.is_multiple_of(60) {
        msg.number(seconds / 60).push(if seconds == 60 { " minute" } else { " minutes" })
    } else {
        msg.number(seconds).push(if seconds == 1 { " second" } else { " seconds" })
    }
}

/// Rules `cron-fields`, `cron-field`, `cron-zone` and `cron-never`: five fields and a time zone.
///
/// # Errors
/// If Snowflake would refuse the expression.
pub const fn cron(text: &str) -> Checked {
    let mut msg = Msg::<1024>::new();
    msg.push("cron expression ").name(text);
    match parse_cron(text) {
        Ok(()) => return Ok(()),
        Err(ScheduleError::CronField(field)) => {
            msg.push(": the field for the ").push(field).push(" is not valid");
            msg.rule(
                "cron-field",
                "use numbers in range, names such as `MON`, lists `a,b`, ranges `a-b` and steps `*/n`; \
                 Snowflake knows no `?`, `#` or `W`, and Sunday is 0",
            );
        }
        Err(ScheduleError::CronZone) => {
            let zone = field_text(text, 5);
            msg.push(": ").name(zone).push(" is no time zone that Snowflake takes");
            match nearest(zone) {
                Some(near) => {
                    let mut help = Msg::<256>::new();
                    help.push("did you mean ").name(near).push("?");
                    msg.rule("cron-zone", help.as_str());
                }
                None => {
                    let help = "name an IANA zone such as `UTC` or `Europe/Zurich`, not an abbreviation or offset";
                    msg.rule("cron-zone", help);
                }
            }
        }
        Err(ScheduleError::CronNever) => {
            msg.push(" never fires: no month it names has such a day");
            msg.rule("cron-never", "write `L` for the last day of a month");
        }
        Err(ScheduleError::CronFields | ScheduleError::Interval) => {
            msg.push(" does not have five fields and a time zone");
            msg.rule("cron-fields", "write minute, hour, day of month, month, day of week and zone: `0 5 * * * UTC`");
        }
    }
    Err(Broken::new(msg))
}

/// Rule `identifier-length`: 1 to 255 characters.
///
/// # Errors
/// If the name is empty or longer.
pub const fn identifier(name: &str) -> Checked {
    let length = crate::object::characters(name);
    if length > 0 && length <= crate::ident::MAX_LENGTH {
        return Ok(());
    }
    let mut msg = Msg::<1024>::new();
    msg.push("a name must have 1 to 255 characters, this one has ").number(length as u64);
    msg.rule("identifier-length", "");
    Err(Broken::new(msg))
}

const fn part(text: &str, start: usize, end: usize) -> &str {
    text.split_at(end).0.split_at(start).1
}

const fn after<'a>(text: &'a str, head: &str) -> Option<&'a str> {
    if text.len() >= head.len() && text.as_bytes().split_at(head.len()).0.eq_ignore_ascii_case(head.as_bytes()) {
        Some(text.split_at(head.len()).1)
    } else {
        None
    }
}

const fn ends_with(text: &str, tail: &str) -> bool {
    text.len() > tail.len() && text.as_bytes().split_at(text.len() - tail.len()).1.eq_ignore_ascii_case(tail.as_bytes())
}

const fn position(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == wanted {
            return Some(at);
        }
        at += 1;
    }
    None
}

const fn has_byte(text: &str, wanted: u8) -> bool {
    position(text, wanted).is_some()
}

const fn two(bytes: &[u8], at: usize) -> u8 {
    (bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0')
}

const fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let valid = match at {
            8 | 13 | 18 | 23 => bytes[at] == b'-',
            _ => bytes[at].is_ascii_hexdigit(),
        };
        if !valid {
            return false;
        }
        at += 1;
    }
    bytes.len() == 36
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_rules_or_name_them() {
        let uuid = "01b2c3d4-0000-0000-0000-000000000000";
        let long = "x".repeat(257);
        for (check, text, rule) in [
            (gcp_topic_name as fn(&str) -> Checked, "projects/my-project/topics/errors", None),
            (gcp_topic_name, "my-project/errors", Some("gcp-topic-name")),
            (gcp_topic_name, "projects//topics/errors", Some("gcp-topic-name")),
            (gcp_topic_name, "projects/p/subscriptions/errors", Some("gcp-topic-name")),
            (azure_topic_endpoint, "https://errors.westeurope-1.eventgrid.azure.net/api/events", None),
            (
                azure_topic_endpoint,
                "http://errors.westeurope-1.eventgrid.azure.net/api/events",
                Some("azure-topic-endpoint"),
            ),
            (azure_topic_endpoint, "https://example.com/api/events", Some("azure-topic-endpoint")),
            (azure_tenant_id, uuid, None),
            (azure_tenant_id, "example", Some("azure-tenant-id")),
            (email_address, "ops@example.com", None),
            (email_address, "ops@example", Some("email-address")),
            (email_address, "@example.com", Some("email-address")),
            (email_address, "a@b.c, d@e.f", Some("email-address")),
            (email_subject, "Failed", None),
            (email_subject, &long, Some("email-subject")),
            (webhook_url, "https://hooks.slack.com/services/SNOWFLAKE_WEBHOOK_SECRET", None),
            (webhook_url, "http://hooks.slack.com/services/x", Some("webhook-url")),
            (webhook_url, "https://hooks.slack.com:443/services/x", Some("webhook-url")),
            (webhook_url, "https://", Some("webhook-url")),
            (timestamp, "2026-01-31 12:00:00", None),
            (timestamp, "2026-13-31 12:00:00", Some("stream-timestamp")),
            (timestamp, "yesterday", Some("stream-timestamp")),
            (query_id, uuid, None),
            (query_id, "last", Some("stream-statement")),
            (cron, "0 5 * * * UTC", None),
            (cron, "0 5 30 2 * UTC", Some("cron-never")),
            (identifier, "ORDERS", None),
            (identifier, "", Some("identifier-length")),
            (identifier, &long, Some("identifier-length")),
        ] {
            match (check(text), rule) {
                (Ok(()), None) => {}
                (Err(broken), Some(rule)) if broken.to_string().contains(&format!("= rule: {rule}")) => {}
                (found, _) => panic!("{text}: {found:?} instead of {rule:?}"),
            }
        }
    }
}
