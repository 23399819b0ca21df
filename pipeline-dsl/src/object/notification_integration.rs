use super::boolean;
use crate::check::Msg;
use crate::ident;
use crate::node::Node;

/// A way to send notifications out of Snowflake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotificationIntegrationDef {
    /// Whether it sends at all.
    pub enabled: bool,
    /// Where it sends to.
    pub provider: Provider,
}

/// Where notifications go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A topic of Amazon SNS. The Snowflake account must be hosted on AWS.
    AwsSns {
        /// The topic, `arn:aws:sns:<region>:<account>:<topic>`.
        topic_arn: &'static str,
        /// The role that Snowflake assumes to publish, `arn:aws:iam::<account>:role/<name>`.
        role_arn: &'static str,
    },
}

impl NotificationIntegrationDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let Provider::AwsSns { topic_arn, role_arn } = self.provider;
        let properties = vec![
            format!("ENABLED = {}", boolean(self.enabled)),
            "TYPE = QUEUE".to_owned(),
            "DIRECTION = OUTBOUND".to_owned(),
            "NOTIFICATION_PROVIDER = AWS_SNS".to_owned(),
            format!("AWS_SNS_TOPIC_ARN = {}", ident::literal(topic_arn)),
            format!("AWS_SNS_ROLE_ARN = {}", ident::literal(role_arn)),
        ];
        let head = format!("CREATE NOTIFICATION INTEGRATION IF NOT EXISTS {}", node.qualified_name());
        node.with_properties(head, properties)
    }
}

/// The parts of an ARN after `arn:`.
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

/// Takes an ARN apart, if it names a resource of `service`.
pub(crate) const fn arn<'a>(text: &'a str, service: &str) -> Option<Arn<'a>> {
    let (Some((arn, rest)), true) = (split(text), text.is_ascii()) else { return None };
    let Some((partition, rest)) = split(rest) else { return None };
    let Some((found, rest)) = split(rest) else { return None };
    let Some((region, rest)) = split(rest) else { return None };
    let Some((account, resource)) = split(rest) else { return None };
    let known = crate::check::same(partition, "aws")
        || crate::check::same(partition, "aws-us-gov")
        || crate::check::same(partition, "aws-cn");
    let right = crate::check::same(arn, "arn") && known && crate::check::same(found, service);
    if right && is_account(account) && !resource.is_empty() {
        Some(Arn { partition, region, account, resource })
    } else {
        None
    }
}

const fn split(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b':' {
            let (head, tail) = text.split_at(at);
            return Some((head, tail.split_at(1).1));
        }
        at += 1;
    }
    None
}

const fn is_account(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            return false;
        }
        at += 1;
    }
    bytes.len() == 12
}

/// Rules `sns-topic-arn` and `sns-topic-fifo`.
#[doc(hidden)]
#[track_caller]
pub const fn check_topic_arn(text: &'static str) -> &'static str {
    let Some(arn) = arn(text, "sns") else {
        let mut msg = Msg::<1024>::new();
        msg.name(text).push(" is not the ARN of an SNS topic");
        msg.rule("sns-topic-arn", "write `arn:aws:sns:<region>:<12 digits of the account>:<topic>`");
        panic!("{}", msg.as_str());
    };
    let name = arn.resource.as_bytes();
    let mut at = 0;
    let mut valid = !arn.region.is_empty() && name.len() <= 256;
    while at < name.len() {
        valid = valid && (name[at].is_ascii_alphanumeric() || matches!(name[at], b'-' | b'_' | b'.'));
        at += 1;
    }
    if name.len() > 5 && matches!(name.split_at(name.len() - 5).1, b".fifo") {
        let mut msg = Msg::<1024>::new();
        msg.push("topic ").name(text).push(" is a FIFO topic: Snowflake's messages would never arrive");
        msg.rule("sns-topic-fifo", "create a standard topic");
        panic!("{}", msg.as_str());
    }
    if !valid {
        let mut msg = Msg::<1024>::new();
        msg.name(text).push(" is not the ARN of an SNS topic: the region is missing, or the topic's name is not valid");
        msg.rule("sns-topic-arn", "a topic's name has up to 256 letters, digits, `-` and `_`");
        panic!("{}", msg.as_str());
    }
    text
}

/// Rule `sns-role-arn`.
#[doc(hidden)]
#[track_caller]
pub const fn check_role_arn(text: &'static str) -> &'static str {
    if let Some(arn) = arn(text, "iam")
        && arn.region.is_empty()
        && let Some(b"role/") = arn.resource.as_bytes().first_chunk::<5>()
        && arn.resource.len() > 5
    {
        return text;
    }
    let mut msg = Msg::<1024>::new();
    msg.name(text).push(" is not the ARN of an IAM role");
    msg.rule("sns-role-arn", "write `arn:aws:iam::<12 digits of the account>:role/<name>`");
    panic!("{}", msg.as_str());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_are_taken_apart() {
        let topic = arn("arn:aws:sns:us-east-1:123456789012:errors", "sns").unwrap();
        assert_eq!((topic.region, topic.account, topic.resource), ("us-east-1", "123456789012", "errors"));
        for text in [
            "",
            "errors",
            "arn:aws:sqs:us-east-1:123456789012:errors",
            "arn:aws:sns:us-east-1:12345:errors",
            "arn:azure:sns:us-east-1:123456789012:errors",
            "arn:aws:sns:us-east-1:123456789012:",
        ] {
            assert!(arn(text, "sns").is_none(), "{text}");
        }
    }

    #[test]
    fn wrong_arns_are_refused_by_rule() {
        for (check, text, rule) in [
            (check_topic_arn as fn(&'static str) -> &'static str, "arn:aws:sns:us-east-1:1:x", "sns-topic-arn"),
            (check_topic_arn, "arn:aws:sns::123456789012:x", "sns-topic-arn"),
            (check_topic_arn, "arn:aws:sns:us-east-1:123456789012:a b", "sns-topic-arn"),
            (check_topic_arn, "arn:aws:sns:us-east-1:123456789012:x.fifo", "sns-topic-fifo"),
            (check_role_arn, "arn:aws:iam::123456789012:user/x", "sns-role-arn"),
            (check_role_arn, "arn:aws:iam::123456789012:role/", "sns-role-arn"),
            (check_role_arn, "arn:aws:iam:us-east-1:123456789012:role/x", "sns-role-arn"),
        ] {
            let panic = std::panic::catch_unwind(|| check(text)).unwrap_err();
            let message = panic.downcast_ref::<String>().unwrap();
            assert!(message.contains(&format!("rule: {rule}")), "{text}: {message}");
        }
        check_topic_arn("arn:aws:sns:us-east-1:123456789012:snowflake-task-errors");
        check_role_arn("arn:aws-cn:iam::123456789012:role/path/SnowflakeNotificationRole");
    }
}
