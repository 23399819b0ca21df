//! Grants that are already there need not be repeated.

use std::collections::BTreeSet;

use super::text::squash;
use crate::connection::{Connection, Row};

/// The privileges of some roles, and to whom the roles themselves are granted.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    held: BTreeSet<Grant>,
}

/// One privilege on one object to one role; a role that is granted has the privilege USAGE.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Grant {
    privilege: String,
    kind: String,
    /// Empty for the account.
    name: String,
    role: String,
}

impl Grants {
    /// Reads the grants of the roles named. A role that cannot be looked at is taken to have none: granting twice does
    /// no harm.
    pub(crate) async fn read(connection: &Connection, roles: &BTreeSet<String>) -> Self {
        let mut held = BTreeSet::new();
        for role in roles {
            if let Ok(rows) = connection.execute(&format!("SHOW GRANTS TO ROLE {role}")).await {
                held.extend(rows.iter().filter_map(|row| Grant::to(row, role)));
            }
            if let Ok(rows) = connection.execute(&format!("SHOW GRANTS OF ROLE {role}")).await {
                held.extend(rows.iter().filter_map(|row| Grant::of(row, role)));
            }
        }
        Self { held }
    }

    /// Whether everything that a GRANT statement gives is there. Statements of another form never are.
    pub(crate) fn has(&self, sql: &str) -> bool {
        Grant::parse(sql)
            .is_some_and(|grants| !grants.is_empty() && grants.iter().all(|grant| self.held.contains(grant)))
    }
}

impl Grant {
    fn to(row: &Row, role: &str) -> Option<Self> {
        let kind = row.text("granted_on")?.to_uppercase().replace('_', " ");
        Some(Self {
            privilege: row.text("privilege")?.to_uppercase(),
            name: if kind == "ACCOUNT" { String::new() } else { object_name(&row.text("name")?) },
            kind,
            role: squash(role),
        })
    }

    fn of(row: &Row, role: &str) -> Option<Self> {
        Some(Self {
            privilege: "USAGE".into(),
            kind: format!("ROLE OF {}", row.text("granted_to")?.to_uppercase()),
            name: squash(role),
            role: squash(&row.text("grantee_name")?),
        })
    }

    /// `GRANT a, b ON <kind> <name> TO ROLE r` and `GRANT ROLE r TO ROLE s`.
    fn parse(sql: &str) -> Option<Vec<Self>> {
        let words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let rest = words.strip_prefix("GRANT ")?;
        if let Some(rest) = rest.strip_prefix("ROLE ") {
            let (role, rest) = rest.split_once(" TO ")?;
            let (kind, grantee) = rest.split_once(' ')?;
            return Some(vec![Self {
                privilege: "USAGE".into(),
                kind: format!("ROLE OF {kind}"),
                name: squash(role),
                role: squash(grantee),
            }]);
        }
        let (privileges, rest) = rest.split_once(" ON ")?;
        let (object, role) = rest.rsplit_once(" TO ROLE ")?;
        let (kind, name) = if object == "ACCOUNT" { ("ACCOUNT", "") } else { object.rsplit_once(' ')? };
        if kind.starts_with("ALL ") || kind.starts_with("FUTURE ") || role.contains(' ') {
            return None;
        }
        let grant = |privilege: &str| Self {
            privilege: privilege.trim().to_uppercase(),
            kind: kind.to_owned(),
            name: object_name(name),
            role: squash(role),
        };
        Some(privileges.split(',').map(grant).collect())
    }
}

/// Names of procedures come with their argument types, which SHOW GRANTS writes with blanks and argument names.
fn object_name(name: &str) -> String {
    squash(name.split('(').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(sql: &str) -> Vec<String> {
        let grants = Grant::parse(sql).unwrap_or_default();
        grants.iter().map(|grant| format!("{}|{}|{}|{}", grant.privilege, grant.kind, grant.name, grant.role)).collect()
    }

    #[test]
    fn grant_statements_are_understood() {
        let cases: [(&str, &[&str]); 6] = [
            ("GRANT USAGE ON DATABASE RAW_DB TO ROLE R", &["USAGE|DATABASE|RAW_DB|R"]),
            (
                "GRANT USAGE, CREATE TABLE\n    ON SCHEMA RAW_DB.S TO ROLE R",
                &["USAGE|SCHEMA|RAW_DB.S|R", "CREATE TABLE|SCHEMA|RAW_DB.S|R"],
            ),
            ("GRANT EXECUTE TASK ON ACCOUNT TO ROLE R", &["EXECUTE TASK|ACCOUNT||R"]),
            ("GRANT ROLE R TO ROLE SYSADMIN", &["USAGE|ROLE OF ROLE|R|SYSADMIN"]),
            ("GRANT USAGE ON PROCEDURE D.S.P(NUMBER) TO ROLE R", &["USAGE|PROCEDURE|D.S.P|R"]),
            ("GRANT SELECT ON ALL TABLES IN SCHEMA D.S TO ROLE R", &[]),
        ];
        for (sql, expected) in cases {
            assert_eq!(parsed(sql), expected, "{sql}");
        }
    }

    #[test]
    fn a_statement_is_there_only_when_all_of_it_is() {
        let held = Grant::parse("GRANT USAGE ON SCHEMA D.S TO ROLE R").unwrap().into_iter().collect();
        let grants = Grants { held };
        assert!(grants.has("GRANT USAGE ON SCHEMA D.S TO ROLE R"));
        assert!(!grants.has("GRANT USAGE, CREATE TABLE ON SCHEMA D.S TO ROLE R"));
        assert!(!grants.has("GRANT USAGE ON FUTURE TABLES IN SCHEMA D.S TO ROLE R"));
    }
}
