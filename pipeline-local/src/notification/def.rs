//! What an integration is.

use serde::{Deserialize, Serialize};

/// A notification integration: an outbound SNS topic, the one kind this engine has. Integrations of other categories read as
/// one that is nothing of that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrationDef {
    /// ENABLED.
    pub enabled: bool,
    /// TYPE: `QUEUE`.
    pub integration_type: String,
    /// DIRECTION: `OUTBOUND`.
    pub direction: String,
    /// NOTIFICATION_PROVIDER: `AWS_SNS`.
    pub provider: String,
    /// AWS_SNS_TOPIC_ARN.
    pub topic_arn: String,
    /// AWS_SNS_ROLE_ARN.
    pub role_arn: String,
    /// SF_AWS_IAM_USER_ARN: the identity that would publish.
    pub iam_user_arn: String,
    /// SF_AWS_EXTERNAL_ID: what the role's trust policy asks for; new with every CREATE.
    pub external_id: String,
}

impl IntegrationDef {
    /// Whether tasks can report through it.
    pub fn is_outbound_queue(&self) -> bool {
        self.integration_type == "QUEUE" && self.direction == "OUTBOUND"
    }
}
