//! SHOW WAREHOUSES, ROLES and USERS.

use crate::catalog::def::{UserDef, WarehouseDef};
use crate::catalog::{Kind, Member};
use crate::error::Result;
use crate::listing::Listing;
use crate::parse::Cursor;
use crate::statement::Context;

use super::containers::visible;
use super::{Rows, instant, number, owner_type, text, truth, yes_no};

pub(super) fn warehouses(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "name",
        "state",
        "type",
        "size",
        "min_cluster_count",
        "max_cluster_count",
        "started_clusters",
        "running",
        "queued",
        "is_default",
        "is_current",
        "auto_suspend",
        "auto_resume",
        "available",
        "provisioning",
        "quiescing",
        "other",
        "created_on",
        "resumed_on",
        "updated_on",
        "owner",
        "comment",
        "enable_query_acceleration",
        "query_acceleration_max_scale_factor",
        "resource_monitor",
        "actives",
        "pendings",
        "failed",
        "suspended",
        "uuid",
        "scaling_policy",
        "owner_role_type",
        "resource_constraint",
        "generation",
        "query_throughput_multiplier",
        "max_query_performance_level",
        "disabled_reasons",
        "tables",
    ]);
    let mut found = visible(cx, cx.engine.catalog.list(Kind::Warehouse, None)?, &listing)?;
    listing.cut(&mut found);
    for warehouse in found {
        let def: WarehouseDef = warehouse.definition()?;
        let property =
            |name: &str, default: &str| text(def.properties.get(name).map_or_else(|| default.to_owned(), Clone::clone));
        let mut cells = vec![
            ("state", text(if def.suspended { "SUSPENDED" } else { "STARTED" })),
            ("min_cluster_count", number(def.min_cluster_count)),
            ("max_cluster_count", number(def.max_cluster_count)),
            ("started_clusters", number(i64::from(!def.suspended))),
            ("running", number(0)),
            ("queued", number(0)),
            ("is_default", yes_no(false)),
            ("is_current", yes_no(cx.session.warehouse.as_deref() == Some(warehouse.name.as_str()))),
            ("auto_resume", truth(def.auto_resume)),
            ("created_on", instant(warehouse.created_at)),
            ("resumed_on", instant(warehouse.created_at)),
            ("updated_on", instant(warehouse.created_at)),
            ("enable_query_acceleration", property("ENABLE_QUERY_ACCELERATION", "false")),
            ("query_acceleration_max_scale_factor", property("QUERY_ACCELERATION_MAX_SCALE_FACTOR", "8")),
            ("resource_monitor", text("null")),
            ("owner_role_type", owner_type(&warehouse.owner)),
            ("generation", property("GENERATION", "2")),
            ("resource_constraint", property("RESOURCE_CONSTRAINT", "STANDARD_GEN_2")),
            ("available", text("")),
            ("provisioning", text("")),
            ("quiescing", text("")),
            ("other", text("")),
            ("type", text(def.warehouse_type.clone())),
            ("size", text(def.size.clone())),
            ("scaling_policy", text(def.scaling_policy.clone())),
            ("name", text(warehouse.name)),
            ("owner", text(warehouse.owner)),
            ("comment", text(warehouse.comment)),
        ];
        cells.extend(def.auto_suspend.map(|seconds| ("auto_suspend", number(seconds))));
        rows.push(&cells);
    }
    Ok(rows)
}

pub(super) fn roles(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "created_on",
        "name",
        "is_default",
        "is_current",
        "is_inherited",
        "assigned_to_users",
        "granted_to_roles",
        "granted_roles",
        "owner",
        "comment",
        "is_from_organization_user_group",
    ]);
    let mut found = visible(cx, cx.engine.catalog.list(Kind::Role, None)?, &listing)?;
    listing.cut(&mut found);
    let closure = cx.engine.catalog.role_closure(cx.role())?;
    for role in found {
        let members = cx.engine.catalog.members_of(&role.name)?;
        let users = members.iter().filter(|membership| matches!(membership.member, Member::User(_))).count();
        let granted = cx.engine.catalog.roles_of(&Member::Role(role.name.clone()))?.len();
        rows.push(&[
            ("created_on", instant(role.created_at)),
            ("is_default", yes_no(false)),
            ("is_current", yes_no(cx.role() == role.name)),
            ("is_inherited", yes_no(cx.role() != role.name && closure.contains(&role.name))),
            ("assigned_to_users", number(users as u64)),
            ("granted_to_roles", number((members.len() - users) as u64)),
            ("granted_roles", number(granted as u64)),
            ("is_from_organization_user_group", yes_no(false)),
            ("name", text(role.name)),
            ("owner", text(role.owner)),
            ("comment", text(role.comment)),
        ]);
    }
    Ok(rows)
}

pub(super) fn users(cx: &Context<'_>, cursor: &mut Cursor<'_>) -> Result<Rows> {
    let listing = Listing::parse(cursor)?;
    let mut rows = Rows::new(&[
        "name",
        "created_on",
        "login_name",
        "display_name",
        "first_name",
        "last_name",
        "email",
        "mins_to_unlock",
        "days_to_expiry",
        "comment",
        "disabled",
        "must_change_password",
        "snowflake_lock",
        "default_warehouse",
        "default_namespace",
        "default_role",
        "default_secondary_roles",
        "ext_authn_duo",
        "ext_authn_uid",
        "mins_to_bypass_mfa",
        "owner",
        "last_success_login",
        "expires_at_time",
        "locked_until_time",
        "has_password",
        "has_rsa_public_key",
        "type",
        "has_mfa",
        "has_pat",
        "has_workload_identity",
        "is_from_organization_user",
    ]);
    let mut found = visible(cx, cx.engine.catalog.list(Kind::User, None)?, &listing)?;
    listing.cut(&mut found);
    for user in found {
        let def: UserDef = user.definition()?;
        let property = |name: &str| text(def.properties.get(name).cloned().unwrap_or_default());
        rows.push(&[
            ("created_on", instant(user.created_at)),
            ("login_name", text(def.login_name.clone())),
            ("display_name", text(def.display_name.clone())),
            ("first_name", property("FIRST_NAME")),
            ("last_name", property("LAST_NAME")),
            ("email", property("EMAIL")),
            ("type", text(def.properties.get("TYPE").map_or_else(|| "PERSON".to_owned(), |kind| kind.to_uppercase()))),
            ("disabled", truth(def.disabled)),
            ("must_change_password", truth(def.properties.get("MUST_CHANGE_PASSWORD").is_some_and(|v| v == "true"))),
            ("default_warehouse", text(def.default_warehouse.clone().unwrap_or_default())),
            ("default_namespace", text(def.default_namespace.clone().unwrap_or_default())),
            ("default_role", text(def.default_role.clone().unwrap_or_default())),
            ("default_secondary_roles", text(if def.secondary_roles_all { "[\"ALL\"]" } else { "[]" })),
            ("has_password", truth(def.password_hash.is_some())),
            ("has_rsa_public_key", truth(def.rsa_public_keys.iter().any(|key| !key.is_empty()))),
            ("has_mfa", truth(false)),
            ("has_pat", truth(!def.access_tokens.is_empty())),
            ("name", text(user.name)),
            ("owner", text(user.owner)),
            ("comment", text(user.comment)),
        ]);
    }
    Ok(rows)
}
