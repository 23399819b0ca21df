//! What to do about an error: every error answers with paragraphs that the command line prints as `hint: ..`.

/// An error that knows what its reader can do.
pub trait Hints {
    /// One paragraph per way out; empty when there is none to name.
    fn hints(&self) -> Vec<String>;
}

/// Hints for a refused login. The client passes on the server's message, but not its code.
pub(crate) fn login_hints(message: &str) -> Vec<String> {
    let lower = message.to_lowercase();
    let hint = if lower.contains("incorrect username or password") {
        "check the user and the password (390100); a user with multi-factor authentication also needs SNOWFLAKE_PASSCODE"
    } else if lower.contains("jwt") || lower.contains("key fingerprint") {
        "the public key must be set on the user: `ALTER USER .. SET RSA_PUBLIC_KEY = '..'`; compare its fingerprint with \
         RSA_PUBLIC_KEY_FP of `DESCRIBE USER`, and check the account name and the clock of this machine"
    } else if lower.contains("role") && lower.contains("does not exist or not authorized") {
        "the role of the connection is not granted to this user (390189): remove `role`, or `GRANT ROLE .. TO USER ..`"
    } else if lower.contains("programmatic access token") || lower.contains("oauth") {
        "the token is not accepted: get a new one, and check that it belongs to this user and account"
    } else if lower.contains("ip") && lower.contains("not allowed") {
        "a network policy of the account does not let this address in (390422)"
    } else if lower.contains("does not exist or not authorized") {
        "the warehouse, database or schema of the connection cannot be used (390201): correct it or remove it"
    } else {
        return Vec::new();
    };
    vec![hint.to_owned()]
}

/// Hints for a server that did not answer as Snowflake does.
pub(crate) fn network_hints(message: &str) -> Vec<String> {
    let lower = message.to_lowercase();
    let hint = if lower.contains("dns error") || lower.contains("failed to lookup address") {
        "the host name does not exist: check `account` (or `host`) for a typing error, and that this machine has a network"
    } else if lower.contains("http 404") || lower.contains("http 403") {
        "the host answers, but knows no such account: check `account`; the identifier is what stands before \
         `.snowflakecomputing.com` in the account's URL"
    } else if lower.contains("connection refused") {
        "nothing listens there: check `host` and `port`"
    } else if lower.contains("certificate") || lower.contains("invalid peer") || lower.contains("tls") {
        "the server's certificate is not trusted: check `host`, and whether a proxy intercepts TLS"
    } else if lower.contains("timed out") || lower.contains("deadline has elapsed") {
        "no answer in time: check the network, a VPN or a firewall"
    } else {
        "check the network and the account's URL"
    };
    vec![hint.to_owned()]
}

/// What a statement was doing when the server refused it.
pub(crate) struct Refusal<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
    pub(crate) sql: &'a str,
    /// The role in effect, when known.
    pub(crate) role: Option<&'a str>,
}

impl Refusal<'_> {
    /// Whether the cause is a missing privilege or a role that cannot be used.
    pub(crate) fn is_privilege(&self) -> bool {
        matches!(self.code, "003001" | "003013" | "003041" | "003102" | "003540" | "091089")
            || self.message.contains("Insufficient privileges")
    }

    pub(crate) fn hints(&self) -> Vec<String> {
        let role = self.role.map_or_else(|| "the current role".to_owned(), |role| format!("role `{role}`"));
        let grantee = self.role.unwrap_or("<role>");
        let hint = match self.code {
            "091089" => format!(
                "the owner of a task needs EXECUTE TASK; as ACCOUNTADMIN: `GRANT EXECUTE TASK ON ACCOUNT TO ROLE {grantee}`"
            ),
            "003013" | "002003" | "002043" if is_use_role(self.sql) => {
                "the role does not exist yet (`deploy` creates the pipeline's), or the user was not granted it: an administrator \
                 can `GRANT ROLE .. TO USER ..`"
                    .to_owned()
            }
            "003102" => format!("{role} may not grant this: it needs ownership, the grant option or MANAGE GRANTS"),
            _ if self.is_privilege() => match missing_privilege(self.sql, self.message) {
                Some((privilege, scope)) => format!(
                    "{role} needs {privilege} on {scope}; as its owner or an administrator: `GRANT {privilege} ON {scope} TO ROLE {grantee}`"
                ),
                None => format!("{role} lacks a privilege; `SHOW GRANTS TO ROLE {grantee}` lists what it has"),
            },
            "002003" | "002043" => {
                format!("either it does not exist, or {role} has no privilege on it; `SHOW GRANTS TO ROLE {grantee}` lists what it has")
            }
            "002141" => "the procedure is missing or has other argument types: run `deploy`".to_owned(),
            "000606" => "give the connection a `warehouse`, or the user a default one".to_owned(),
            "090105" | "090106" => "give the connection a `database` and a `schema`".to_owned(),
            "001003" => "the server cannot parse this statement; if the program generated it, this is a defect worth reporting".to_owned(),
            "000604" => "the statement was cancelled".to_owned(),
            "000630" => "the statement ran longer than STATEMENT_TIMEOUT_IN_SECONDS allows".to_owned(),
            "390112" | "390111" | "390104" => "the session is over: run the command again".to_owned(),
            "000002" if self.message.contains("Unsupported") => {
                "the target does not support this feature; it is named in the message".to_owned()
            }
            _ => return Vec::new(),
        };
        vec![hint]
    }
}

fn is_use_role(sql: &str) -> bool {
    let mut words = sql.split_whitespace().map(str::to_uppercase);
    words.next().as_deref() == Some("USE") && words.next().as_deref() == Some("ROLE")
}

/// The privilege a CREATE statement needs, and on what; the message names the schema or database.
fn missing_privilege(sql: &str, message: &str) -> Option<(String, String)> {
    let kind = created_kind(sql)?;
    let on_account = ["DATABASE", "WAREHOUSE", "ROLE", "INTEGRATION"].contains(&kind);
    if on_account {
        return Some((format!("CREATE {kind}"), "ACCOUNT".to_owned()));
    }
    let place = ["schema", "database"].into_iter().find_map(|word| {
        let rest = message.split_once(&format!("operate on {word} '"))?.1;
        let name = rest.split_once('\'')?.0;
        Some(format!("{} {name}", word.to_uppercase()))
    })?;
    Some((format!("CREATE {kind}"), place))
}

/// What `CREATE .. <kind> ..` creates.
fn created_kind(sql: &str) -> Option<&'static str> {
    let mut words = sql.split_whitespace().map(str::to_uppercase);
    if words.next()? != "CREATE" {
        return None;
    }
    const KINDS: [&str; 10] =
        ["DATABASE", "SCHEMA", "WAREHOUSE", "ROLE", "TABLE", "VIEW", "STREAM", "TASK", "PROCEDURE", "INTEGRATION"];
    words.take(5).find_map(|word| KINDS.into_iter().find(|kind| *kind == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_messages_have_a_way_out() {
        let cases = [
            ("Incorrect username or password was specified.", "check the user and the password (390100)"),
            ("JWT token is invalid. [0ce1]", "the public key must be set on the user"),
            (
                "Role 'X' specified in the connect string does not exist or not authorized. Contact ..",
                "the role of the connection is not granted",
            ),
            ("Programmatic access token is invalid.", "the token is not accepted"),
            ("The requested warehouse does not exist or not authorized.", "the warehouse, database or schema"),
        ];
        for (message, start) in cases {
            let hints = login_hints(message);
            assert!(hints[0].starts_with(start), "{message}: {hints:?}");
        }
        assert!(login_hints("something new").is_empty());
    }

    #[test]
    fn network_faults_say_where_to_look() {
        let cases = [
            ("network error: dns error: failed to lookup address information", "the host name does not exist"),
            ("network error: tcp connect error: Connection refused (os error 111)", "nothing listens there"),
            ("HTTP 404: not found", "the host answers, but knows no such account"),
            ("network request timed out", "no answer in time"),
            ("network error: invalid peer certificate: UnknownIssuer", "the server's certificate is not trusted"),
            ("JSON parse error", "check the network"),
        ];
        for (message, start) in cases {
            assert!(network_hints(message)[0].starts_with(start), "{message}");
        }
    }

    #[test]
    fn refusals_name_the_missing_privilege() {
        let cases = [
            (
                "003001",
                "SQL access control error:\nInsufficient privileges to operate on schema 'RAW_DB.SAMPLE_DATA'.",
                "CREATE TABLE IF NOT EXISTS RAW_DB.SAMPLE_DATA.TABLE_A (ID NUMBER)",
                "role `R` needs CREATE TABLE on SCHEMA RAW_DB.SAMPLE_DATA; as its owner or an administrator: `GRANT CREATE TABLE ON SCHEMA RAW_DB.SAMPLE_DATA TO ROLE R`",
            ),
            (
                "003001",
                "SQL access control error:\nInsufficient privileges to operate on account 'A'.",
                "CREATE NOTIFICATION INTEGRATION IF NOT EXISTS I TYPE = QUEUE",
                "role `R` needs CREATE INTEGRATION on ACCOUNT; as its owner or an administrator: `GRANT CREATE INTEGRATION ON ACCOUNT TO ROLE R`",
            ),
            (
                "003001",
                "SQL access control error:\nInsufficient privileges to operate on table 'T'.",
                "INSERT INTO T VALUES (1)",
                "role `R` lacks a privilege; `SHOW GRANTS TO ROLE R` lists what it has",
            ),
            (
                "002003",
                "SQL compilation error:\nTable 'T' does not exist or not authorized.",
                "SELECT * FROM T",
                "either it does not exist, or role `R` has no privilege on it; `SHOW GRANTS TO ROLE R` lists what it has",
            ),
            (
                "002043",
                "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
                "USE ROLE R",
                "the role does not exist yet (`deploy` creates the pipeline's), or the user was not granted it: an administrator can `GRANT ROLE .. TO USER ..`",
            ),
            (
                "091089",
                "Cannot execute task , EXECUTE TASK privilege must be granted to owner role",
                "ALTER TASK T RESUME",
                "the owner of a task needs EXECUTE TASK; as ACCOUNTADMIN: `GRANT EXECUTE TASK ON ACCOUNT TO ROLE R`",
            ),
        ];
        for (code, message, sql, expected) in cases {
            let refusal = Refusal { code, message, sql, role: Some("R") };
            assert_eq!(refusal.hints(), [expected]);
        }
        let other = Refusal { code: "100051", message: "Division by zero", sql: "SELECT 1/0", role: None };
        assert!(other.hints().is_empty() && !other.is_privilege());
    }
}
