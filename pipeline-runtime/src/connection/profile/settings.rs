//! The raw values of a profile, and what they mean: endpoint and credential.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::{Profile, SECRET_KEYS};
use crate::connection::ConnectionError;
use crate::connection::auth::Credential;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Origin {
    File,
    Environment,
}

/// The raw values of a profile before they are understood.
pub(super) struct Settings {
    label: String,
    origin: Origin,
    values: BTreeMap<String, String>,
    pub(super) directory: Option<PathBuf>,
}

impl Settings {
    pub(super) fn empty(label: String, origin: Origin) -> Self {
        Self { label, origin, values: BTreeMap::new(), directory: None }
    }

    pub(super) fn insert(&mut self, key: &str, value: String) {
        self.values.insert(key.to_owned(), value);
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.get(key).map(ToOwned::to_owned)
    }

    fn secret(&self, key: &str) -> Option<SecretString> {
        self.get(key).map(SecretString::from)
    }

    pub(super) fn into_profile(self) -> Result<Profile, ConnectionError> {
        let user = self.owned("user").ok_or_else(|| self.missing("user"))?;
        let account = match (self.owned("account"), self.get("host")) {
            (Some(account), _) => account,
            (None, Some(host)) => host.split('.').next().unwrap_or(host).to_owned(),
            (None, None) => return Err(self.missing("account")),
        };
        if account.contains("://") || account.contains('/') {
            return Err(self.bad(
                "account",
                format!("`{account}`, which is a URL"),
                "write the account identifier alone, for example `myorg-myaccount`",
            ));
        }
        // Pasting the host name is so common that it has one meaning.
        let account = account.strip_suffix(".snowflakecomputing.com").map(ToOwned::to_owned).unwrap_or(account);
        let endpoint = self.endpoint(&account)?;
        let credential = self.credential()?;
        Ok(Profile {
            role: self.owned("role"),
            warehouse: self.owned("warehouse"),
            database: self.owned("database"),
            schema: self.owned("schema"),
            label: self.label,
            account,
            user,
            endpoint,
            credential,
        })
    }

    fn endpoint(&self, account: &str) -> Result<Url, ConnectionError> {
        let protocol = self.get("protocol").unwrap_or("https").to_lowercase();
        if protocol != "https" && protocol != "http" {
            return Err(self.bad(
                "protocol",
                format!("`{protocol}`"),
                "write `https`, or `http` for a loopback server",
            ));
        }
        let host = match self.get("host") {
            Some(host) => host.to_owned(),
            None => account_host(account),
        };
        let port = match self.get("port") {
            None => String::new(),
            Some(port) => {
                let number: u16 =
                    port.parse().map_err(|_| self.bad("port", format!("`{port}`"), "write a number up to 65535"))?;
                format!(":{number}")
            }
        };
        let url = Url::parse(&format!("{protocol}://{host}{port}/"))
            .ok()
            .filter(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none())
            .ok_or_else(|| {
                self.bad(
                    "host",
                    format!("`{host}`, which is no host name"),
                    "write the host name alone, without a scheme",
                )
            })?;
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(self.bad(
                "protocol",
                format!("`http` for `{host}`, which would send the credential in the clear"),
                "plain http is accepted for loopback addresses only; remove `protocol`",
            ));
        }
        Ok(url)
    }

    fn credential(&self) -> Result<Credential, ConnectionError> {
        let has_key = self.get("private_key_path").is_some() || self.get("private_key_raw").is_some();
        let has_token = self.get("token").is_some() || self.get("token_file_path").is_some();
        let default = if has_key {
            "SNOWFLAKE_JWT"
        } else if has_token && self.get("password").is_none() {
            "OAUTH"
        } else {
            "SNOWFLAKE"
        };
        let authenticator = self.get("authenticator").unwrap_or(default).to_uppercase();
        match authenticator.as_str() {
            "SNOWFLAKE" | "USERNAME_PASSWORD_MFA" => Ok(Credential::Password {
                password: self.secret("password").ok_or_else(|| self.missing("password"))?,
                passcode: self.secret("passcode"),
            }),
            "SNOWFLAKE_JWT" => {
                let passphrase = self.secret("private_key_passphrase");
                if let Some(raw) = self.secret("private_key_raw") {
                    return Credential::from_pem(raw, passphrase, Path::new("private_key_raw"));
                }
                let path = self.get("private_key_path").ok_or_else(|| self.missing("private_key_path"))?;
                Credential::from_key_file(&self.resolve(path), passphrase)
            }
            "OAUTH" => Ok(Credential::OAuth { token: self.token()? }),
            // The server takes a programmatic access token in the place of the password.
            "PROGRAMMATIC_ACCESS_TOKEN" => {
                let token = if has_token {
                    self.token()?
                } else {
                    self.secret("password").ok_or_else(|| self.missing("token"))?
                };
                Ok(Credential::AccessToken { token })
            }
            _ => Err(self.bad(
                "authenticator",
                format!("`{authenticator}`, which is not supported"),
                "use SNOWFLAKE (password), SNOWFLAKE_JWT (key pair), OAUTH or PROGRAMMATIC_ACCESS_TOKEN",
            )),
        }
    }

    fn token(&self) -> Result<SecretString, ConnectionError> {
        if let Some(token) = self.secret("token") {
            return Ok(token);
        }
        let path = self.get("token_file_path").ok_or_else(|| self.missing("token"))?;
        let path = self.resolve(path);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(SecretString::from(text.trim())),
            Err(source) => Err(ConnectionError::Unreadable { path, source }),
        }
    }

    /// Paths in a profile are relative to the file that holds it; `~` is the home directory.
    fn resolve(&self, path: &str) -> PathBuf {
        if let Some(rest) = path.strip_prefix("~/")
            && let Some(home) = std::env::home_dir()
        {
            return home.join(rest);
        }
        match &self.directory {
            Some(directory) => directory.join(path),
            None => PathBuf::from(path),
        }
    }

    fn missing(&self, key: &'static str) -> ConnectionError {
        let variable = format!("SNOWFLAKE_{}", key.to_uppercase());
        let help = match self.origin {
            Origin::Environment => format!("set {variable}"),
            Origin::File if SECRET_KEYS.contains(&key) => {
                format!("add `{key} = \"..\"` to its section, or set {variable}")
            }
            Origin::File => format!("add `{key} = \"..\"` to its section"),
        };
        ConnectionError::Missing { profile: self.label.clone(), key, help }
    }

    fn bad(&self, key: &'static str, value: String, help: &str) -> ConnectionError {
        ConnectionError::BadValue { profile: self.label.clone(), key, value, help: help.to_owned() }
    }
}

/// Account names may have underscores, host names may not.
fn account_host(account: &str) -> String {
    format!("{}.snowflakecomputing.com", account.replace('_', "-"))
}

pub(super) fn is_account_endpoint(endpoint: &Url, account: &str) -> bool {
    endpoint.host_str() == Some(account_host(account).to_lowercase().as_str()) && endpoint.port().is_none()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
