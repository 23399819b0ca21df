use super::boolean;
use crate::check::Msg;
use crate::ident;
use crate::node::{Node, NodeRef};
use crate::object::Definition;
use crate::rule::value;

/// A way to send notifications out of Snowflake. See "CREATE NOTIFICATION INTEGRATION" in Snowflake's documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotificationIntegrationDef {
    /// Whether it sends at all.
    pub enabled: bool,
    /// Where it sends to.
    pub provider: Provider,
}

/// Where notifications go. Tasks can report to the queues only: SNS, Pub/Sub and Event Grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A topic of Amazon SNS. The Snowflake account must be hosted on AWS.
    AwsSns {
        /// The topic, `arn:aws:sns:<region>:<account>:<topic>`.
        topic_arn: &'static str,
        /// The role that Snowflake assumes to publish, `arn:aws:iam::<account>:role/<name>`.
        role_arn: &'static str,
    },
    /// A topic of Google Cloud Pub/Sub. The Snowflake account must be hosted on Google Cloud.
    GcpPubsub {
        /// The topic, `projects/<project>/topics/<topic>`.
        topic_name: &'static str,
    },
    /// A topic of Azure Event Grid. The Snowflake account must be hosted on Azure.
    AzureEventGrid {
        /// The topic's endpoint, `https://<topic>.<region>.eventgrid.azure.net/api/events`.
        topic_endpoint: &'static str,
        /// The tenant of the topic, a UUID.
        tenant_id: &'static str,
    },
    /// Mail to verified users of the account.
    Email {
        /// Who may receive mail, at most 50; empty means every verified user.
        allowed_recipients: &'static [&'static str],
        /// Who receives mail that names nobody.
        default_recipients: &'static [&'static str],
        /// The subject of mail that has none, at most 256 characters; `Snowflake Email Notification` by default.
        default_subject: Option<&'static str>,
    },
    /// A request to an HTTPS address, such as Slack's.
    Webhook {
        /// The address, in which `SNOWFLAKE_WEBHOOK_SECRET` stands for the secret.
        url: &'static str,
        /// The qualified name of the secret: `DB.SCHEMA.NAME`.
        secret: Option<&'static str>,
        /// The body, in which `SNOWFLAKE_WEBHOOK_MESSAGE` stands for the message. Needs a header `Content-Type`.
        body_template: Option<&'static str>,
        /// Headers by name.
        headers: &'static [(&'static str, &'static str)],
    },
}

impl Provider {
    /// Whether tasks can report to it.
    pub const fn is_queue(&self) -> bool {
        matches!(self, Self::AwsSns { .. } | Self::GcpPubsub { .. } | Self::AzureEventGrid { .. })
    }

    /// The provider in running text.
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::AwsSns { .. } => "Amazon SNS",
            Self::GcpPubsub { .. } => "Google Cloud Pub/Sub",
            Self::AzureEventGrid { .. } => "Azure Event Grid",
            Self::Email { .. } => "email",
            Self::Webhook { .. } => "a webhook",
        }
    }

    /// What is particular to the provider, as CREATE and ALTER write it: property and value.
    pub fn properties(&self) -> Vec<(&'static str, String)> {
        let text = ident::literal;
        let list = |texts: &[&str]| format!("({})", texts.iter().map(|one| text(one)).collect::<Vec<_>>().join(", "));
        match *self {
            Self::AwsSns { topic_arn, role_arn } => {
                vec![("AWS_SNS_TOPIC_ARN", text(topic_arn)), ("AWS_SNS_ROLE_ARN", text(role_arn))]
            }
            Self::GcpPubsub { topic_name } => vec![("GCP_PUBSUB_TOPIC_NAME", text(topic_name))],
            Self::AzureEventGrid { topic_endpoint, tenant_id } => {
                vec![("AZURE_EVENT_GRID_TOPIC_ENDPOINT", text(topic_endpoint)), ("AZURE_TENANT_ID", text(tenant_id))]
            }
            Self::Email { allowed_recipients, default_recipients, default_subject } => {
                let mut properties = Vec::new();
                if !allowed_recipients.is_empty() {
                    properties.push(("ALLOWED_RECIPIENTS", list(allowed_recipients)));
                }
                if !default_recipients.is_empty() {
                    properties.push(("DEFAULT_RECIPIENTS", list(default_recipients)));
                }
                properties.extend(default_subject.map(|subject| ("DEFAULT_SUBJECT", text(subject))));
                properties
            }
            Self::Webhook { url, secret, body_template, headers } => {
                let mut properties = vec![("WEBHOOK_URL", text(url))];
                properties.extend(secret.map(|secret| ("WEBHOOK_SECRET", secret.to_owned())));
                properties.extend(body_template.map(|body| ("WEBHOOK_BODY_TEMPLATE", text(body))));
                if !headers.is_empty() {
                    let headers: Vec<_> =
                        headers.iter().map(|(name, value)| format!("{}={}", text(name), text(value))).collect();
                    properties.push(("WEBHOOK_HEADERS", format!("({})", headers.join(", "))));
                }
                properties
            }
        }
    }
}

impl NotificationIntegrationDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let mut properties = vec![format!("ENABLED = {}", boolean(self.enabled))];
        let queue = match self.provider {
            Provider::AwsSns { .. } => Some("AWS_SNS"),
            Provider::GcpPubsub { .. } => Some("GCP_PUBSUB"),
            Provider::AzureEventGrid { .. } => Some("AZURE_EVENT_GRID"),
            Provider::Email { .. } => {
                properties.insert(0, "TYPE = EMAIL".to_owned());
                None
            }
            Provider::Webhook { .. } => {
                properties.insert(0, "TYPE = WEBHOOK".to_owned());
                None
            }
        };
        if let Some(provider) = queue {
            properties.push("TYPE = QUEUE".to_owned());
            properties.push("DIRECTION = OUTBOUND".to_owned());
            properties.push(format!("NOTIFICATION_PROVIDER = {provider}"));
        }
        properties.extend(self.provider.properties().into_iter().map(|(name, value)| format!("{name} = {value}")));
        let head = format!("CREATE NOTIFICATION INTEGRATION IF NOT EXISTS {}", node.qualified_name());
        node.with_properties(head, properties)
    }
}

/// Rule `task-integration-kind`: tasks report to queues only.
#[doc(hidden)]
#[track_caller]
pub const fn check_task_integration(task: NodeRef, integration: NodeRef) {
    let (task, integration) = (task.get(), integration.get());
    if let Definition::NotificationIntegration(definition) = &integration.definition
        && !definition.provider.is_queue()
    {
        let mut msg = Msg::<1024>::new();
        msg.push("task ").name(task.rust_name).push(" reports to ").name(integration.rust_name).push(" (");
        msg.push(integration.at).push("), which sends to ").push(definition.provider.noun());
        msg.rule(
            "task-integration-kind",
            "use an integration with a queue: `aws_sns`, `gcp_pubsub` or `azure_event_grid`",
        );
        panic!("{}", msg.as_str());
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
    value::raise(value::topic_arn(text));
    text
}

/// Rule `sns-role-arn`.
#[doc(hidden)]
#[track_caller]
pub const fn check_role_arn(text: &'static str) -> &'static str {
    value::raise(value::role_arn(text));
    text
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
