//! What an integration is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A notification integration: an outbound queue, e-mail or a webhook. Integrations of other categories read as one that is
/// nothing of that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrationDef {
    /// ENABLED.
    pub enabled: bool,
    /// TYPE: `QUEUE`, `EMAIL` or `WEBHOOK`.
    pub integration_type: String,
    /// DIRECTION: `OUTBOUND` of queues.
    pub direction: String,
    /// NOTIFICATION_PROVIDER of queues: `AWS_SNS`, `GCP_PUBSUB` or `AZURE_EVENT_GRID`.
    pub provider: String,
    /// The properties of its kind, those that the engine generates included.
    #[serde(flatten)]
    pub settings: BTreeMap<String, Json>,
}

impl IntegrationDef {
    /// Whether it is one for notifications at all.
    pub(super) fn notifies(&self) -> bool {
        !self.integration_type.is_empty()
    }

    /// Whether tasks can report through it.
    pub fn is_outbound_queue(&self) -> bool {
        self.integration_type == "QUEUE" && self.direction == "OUTBOUND"
    }

    /// A property of its kind.
    pub(super) fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).and_then(Json::as_str)
    }

    /// A property that is a list.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let items = self.settings.get(key).and_then(Json::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    }
}
