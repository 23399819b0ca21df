//! Stages, file formats, pipes and tags: they are kept, listed and described; no file is ever read or written.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageDef {
    /// Where an external stage points; none for an internal one.
    pub url: Option<String>,
    /// STORAGE_INTEGRATION.
    pub storage_integration: Option<String>,
    /// Whether CREDENTIALS were given; the credentials themselves are not kept.
    pub credentials: bool,
    /// Whether ENCRYPTION names a key of the customer.
    pub encryption_key: bool,
    /// Whether it has a directory table.
    pub directory: bool,
    /// Whether it is temporary.
    pub temporary: bool,
    /// What FILE_FORMAT, COPY_OPTIONS and ENCRYPTION said, as it was written.
    pub properties: BTreeMap<String, String>,
}

/// A file format.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileFormatDef {
    /// TYPE, such as `CSV`.
    pub format: String,
    /// The options that were set.
    pub options: BTreeMap<String, serde_json::Value>,
}

/// A pipe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PipeDef {
    /// The COPY statement.
    pub definition: String,
    /// AUTO_INGEST.
    pub auto_ingest: bool,
    /// PIPE_EXECUTION_PAUSED.
    pub paused: bool,
    /// INTEGRATION.
    pub integration: Option<String>,
    /// ERROR_INTEGRATION.
    pub error_integration: Option<String>,
    /// AWS_SNS_TOPIC.
    pub sns_topic: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagDef {
    /// ALLOWED_VALUES; empty when any value is allowed.
    pub allowed_values: Vec<String>,
    /// PROPAGATE, such as `ON_DEPENDENCY`.
    pub propagate: Option<String>,
    /// ON_CONFLICT.
    pub on_conflict: Option<String>,
}
