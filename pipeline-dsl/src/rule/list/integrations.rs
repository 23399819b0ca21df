use super::{Rule, error, warning};

pub(super) const RULES: &[Rule] = &[
    error(
        "integration-provider",
        "an integration with no provider, or with two",
        "R149",
        "integration_has_no_provider",
    ),
    error("sns-topic-arn", "text that is not the ARN of an SNS topic", "R149", "topic_arn_is_no_arn"),
    error("sns-topic-fifo", "a FIFO topic, to which Snowflake's messages never arrive", "R150", "topic_is_fifo"),
    error("sns-role-arn", "text that is not the ARN of an IAM role", "R149", "role_arn_is_that_of_a_user"),
    error(
        "gcp-topic-name",
        "text that is not the name of a Pub/Sub topic",
        "the topic is `projects/<project>/topics/<topic>`",
        "topic_of_google_is_no_topic",
    ),
    error(
        "azure-topic-endpoint",
        "text that is not the endpoint of an Event Grid topic",
        "the endpoint is an address under `eventgrid.azure.net`",
        "topic_of_azure_is_no_endpoint",
    ),
    error(
        "azure-tenant-id",
        "text that is not the identifier of a tenant",
        "a tenant is a UUID",
        "tenant_of_azure_is_no_uuid",
    ),
    error("email-address", "text that is not an email address", "R153", "recipient_is_no_address"),
    error(
        "email-recipients",
        "more than 50 recipients, or default recipients that are not allowed",
        "R153",
        "recipients_are_more_than_fifty",
    ),
    error("email-subject", "a subject of more than 256 characters", "R153", "subject_is_longer_than_256_characters"),
    error("webhook-url", "an address that is not HTTPS, or names port 443", "R154", "webhook_is_not_https"),
    warning(
        "webhook-content-type",
        "a webhook with a body template but no header `Content-Type`",
        "R154",
        "webhook_has_a_body_of_unknown_type",
    ),
];
