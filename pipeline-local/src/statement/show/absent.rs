//! SHOW of kinds that can be in no account of this engine, because nothing creates them: an empty list is the true answer.
//!
//! Tools that manage accounts ask for all kinds before they do anything. Columns are those of Snowflake's documentation:
//! <https://docs.snowflake.com/en/sql-reference/sql/show>.

use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::Context;

use super::Rows;

const POLICY: &[&str] =
    &["created_on", "name", "database_name", "schema_name", "kind", "owner", "comment", "owner_role_type", "options"];

/// Kinds by the words that are written behind SHOW, with their columns.
const ABSENT: &[(&str, &[&str])] = &[
    ("AGGREGATION POLICIES", POLICY),
    ("AUTHENTICATION POLICIES", POLICY),
    ("JOIN POLICIES", POLICY),
    ("MASKING POLICIES", POLICY),
    ("PACKAGES POLICIES", POLICY),
    ("PASSWORD POLICIES", POLICY),
    ("PRIVACY POLICIES", POLICY),
    ("PROJECTION POLICIES", POLICY),
    ("ROW ACCESS POLICIES", POLICY),
    ("SESSION POLICIES", POLICY),
    (
        "ALERTS",
        &[
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "owner",
            "comment",
            "warehouse",
            "schedule",
            "state",
            "condition",
            "action",
            "owner_role_type",
            "last_suspended_on",
            "last_suspended_reason",
        ],
    ),
    (
        "DYNAMIC TABLES",
        &[
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "cluster_by",
            "rows",
            "bytes",
            "owner",
            "target_lag",
            "refresh_mode",
            "refresh_mode_reason",
            "warehouse",
            "comment",
            "text",
            "automatic_clustering",
            "scheduling_state",
            "last_suspended_on",
            "is_clone",
            "is_replica",
            "is_iceberg",
            "data_timestamp",
            "owner_role_type",
        ],
    ),
    ("EVENT TABLES", &["created_on", "name", "database_name", "schema_name", "owner", "comment", "owner_role_type"]),
    (
        "EXTERNAL FUNCTIONS",
        &[
            "created_on",
            "name",
            "schema_name",
            "is_builtin",
            "is_aggregate",
            "is_ansi",
            "min_num_arguments",
            "max_num_arguments",
            "arguments",
            "description",
            "catalog_name",
            "is_table_function",
            "valid_for_clustering",
            "is_secure",
            "is_external_function",
            "language",
        ],
    ),
    (
        "EXTERNAL TABLES",
        &[
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "invalid",
            "invalid_reason",
            "owner",
            "comment",
            "stage",
            "location",
            "file_format_name",
            "file_format_type",
            "cloud",
            "region",
            "notification_channel",
            "last_refreshed_on",
            "table_format",
            "last_refresh_details",
            "owner_role_type",
        ],
    ),
    ("EXTERNAL VOLUMES", &["name", "allow_writes", "comment"]),
    (
        "HYBRID TABLES",
        &["created_on", "name", "database_name", "schema_name", "owner", "rows", "bytes", "comment", "owner_role_type"],
    ),
    (
        "ICEBERG TABLES",
        &[
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "owner",
            "external_volume_name",
            "catalog_name",
            "iceberg_table_type",
            "catalog_table_name",
            "catalog_namespace",
            "base_location",
            "can_write_metadata",
            "comment",
            "owner_role_type",
        ],
    ),
    (
        "NETWORK POLICIES",
        &[
            "created_on",
            "name",
            "comment",
            "entries_in_allowed_ip_list",
            "entries_in_blocked_ip_list",
            "entries_in_allowed_network_rules",
            "entries_in_blocked_network_rules",
        ],
    ),
    (
        "NETWORK RULES",
        &[
            "created_on",
            "name",
            "database_name",
            "schema_name",
            "owner",
            "comment",
            "type",
            "mode",
            "entries_in_valuelist",
            "owner_role_type",
        ],
    ),
    (
        "RESOURCE MONITORS",
        &[
            "name",
            "credit_quota",
            "used_credits",
            "remaining_credits",
            "level",
            "frequency",
            "start_time",
            "end_time",
            "notify_at",
            "suspend_at",
            "suspend_immediately_at",
            "created_on",
            "owner",
            "comment",
            "notify_users",
        ],
    ),
    (
        "SECRETS",
        &[
            "created_on",
            "name",
            "schema_name",
            "database_name",
            "owner",
            "comment",
            "secret_type",
            "oauth_scopes",
            "owner_role_type",
        ],
    ),
    (
        "SEMANTIC VIEWS",
        &["created_on", "name", "database_name", "schema_name", "comment", "owner", "owner_role_type", "extension"],
    ),
    (
        "SHARES",
        &[
            "created_on",
            "kind",
            "owner_account",
            "name",
            "database_name",
            "to",
            "owner",
            "comment",
            "listing_global_name",
            "secure_objects_only",
        ],
    ),
];

/// The empty list of such a kind; `None`, with nothing read, when the next words name no such kind.
pub(super) fn list(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Option<Rows>> {
    let Some((_, columns)) = ABSENT.iter().find(|(words, _)| cursor.accept_keywords(words)) else { return Ok(None) };
    // A database or schema that is not there is an error as in every list.
    Listing::parse(cursor)?.schemas(cx)?;
    Ok(Some(Rows::new(columns)))
}
