//! Warehouses, roles and users.

use serde::{Deserialize, Serialize};

/// A warehouse. It is accounted for, nothing runs on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WarehouseDef {
    /// WAREHOUSE_SIZE in its long form, for example `X-Small`.
    pub size: String,
    /// WAREHOUSE_TYPE.
    pub warehouse_type: String,
    /// AUTO_SUSPEND in seconds; 0 and none mean never.
    pub auto_suspend: Option<u32>,
    /// AUTO_RESUME.
    pub auto_resume: bool,
    /// Whether it is suspended now.
    pub suspended: bool,
    /// MIN_CLUSTER_COUNT.
    pub min_cluster_count: u32,
    /// MAX_CLUSTER_COUNT.
    pub max_cluster_count: u32,
    /// SCALING_POLICY.
    pub scaling_policy: String,
    /// Every other property as it was set.
    pub properties: std::collections::BTreeMap<String, String>,
}

impl Default for WarehouseDef {
    fn default() -> Self {
        Self {
            size: "X-Small".to_owned(),
            warehouse_type: "STANDARD".to_owned(),
            auto_suspend: Some(600),
            auto_resume: true,
            suspended: false,
            min_cluster_count: 1,
            max_cluster_count: 1,
            scaling_policy: "STANDARD".to_owned(),
            properties: std::collections::BTreeMap::new(),
        }
    }
}

/// A role; what it may do are grants.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RoleDef {}

/// A user.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserDef {
    /// The name to log in with, upper case; the user's name unless set.
    pub login_name: String,
    /// The name to show.
    pub display_name: String,
    /// The password's Argon2 hash; none when there is no password.
    pub password_hash: Option<String>,
    /// The RSA public keys (PEM body, one line) that key-pair logins are checked with.
    pub rsa_public_keys: Vec<String>,
    /// The programmatic access tokens, also those that have expired.
    pub access_tokens: Vec<crate::auth::AccessToken>,
    /// Whether logins are refused.
    pub disabled: bool,
    /// DEFAULT_ROLE.
    pub default_role: Option<String>,
    /// DEFAULT_WAREHOUSE.
    pub default_warehouse: Option<String>,
    /// DEFAULT_NAMESPACE.
    pub default_namespace: Option<String>,
    /// DEFAULT_SECONDARY_ROLES = ('ALL').
    pub secondary_roles_all: bool,
    /// Every other property as it was set.
    pub properties: std::collections::BTreeMap<String, String>,
}
