//! The files of the Snowflake CLI that hold profiles.

use std::path::{Path, PathBuf};

use super::KEYS;
use super::settings::{Origin, Settings};
use crate::connection::{ConnectionError, Variables};

impl Settings {
    /// Reads the profile from the first home of the Snowflake CLI that has one; connections.toml wins over config.toml.
    pub(super) fn read(name: &str, variables: Variables<'_>) -> Result<Self, ConnectionError> {
        let mut looked_at = Vec::new();
        let mut known = Vec::new();
        for home in homes(variables) {
            let connections = home.join("connections.toml");
            let config = home.join("config.toml");
            // As in the CLI: where connections.toml exists, the connections of config.toml do not count.
            let (path, nested) = if connections.exists() { (connections, false) } else { (config, true) };
            looked_at.push(path.clone());
            if !path.exists() {
                continue;
            }
            let profiles = read_profiles(&path, nested)?;
            if let Some(profile) = profiles.get(name) {
                let mut settings = Self::empty(format!("connection {name}"), Origin::File);
                settings.directory = path.parent().map(Path::to_owned);
                settings.fill(profile, name, &path)?;
                return Ok(settings);
            }
            known.extend(profiles.keys().cloned());
        }
        known.sort();
        known.dedup();
        Err(ConnectionError::UnknownProfile { name: name.to_owned(), known, looked_at })
    }

    fn fill(&mut self, profile: &toml::Value, name: &str, path: &Path) -> Result<(), ConnectionError> {
        let malformed = |message: String| ConnectionError::Malformed { path: path.to_owned(), message };
        let table = profile.as_table().ok_or_else(|| malformed(format!("`{name}` is not a section")))?;
        for (key, value) in table {
            let key = match key.to_lowercase().as_str() {
                "private_key_file" => "private_key_path".to_owned(),
                "username" => "user".to_owned(),
                "accountname" => "account".to_owned(),
                "warehousename" => "warehouse".to_owned(),
                "databasename" | "dbname" => "database".to_owned(),
                "schemaname" => "schema".to_owned(),
                "rolename" => "role".to_owned(),
                other => other.to_owned(),
            };
            let text = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                _ if KEYS.contains(&key.as_str()) => {
                    return Err(malformed(format!("`{key}` of `{name}` is not a text")));
                }
                // Settings of other programs, session parameters among them, are none of ours.
                _ => continue,
            };
            self.insert(&key, text);
        }
        Ok(())
    }
}

fn read_profiles(path: &Path, nested: bool) -> Result<toml::Table, ConnectionError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConnectionError::Unreadable { path: path.to_owned(), source })?;
    // The parser's own message quotes the line, which may hold a password.
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        ConnectionError::Malformed { path: path.to_owned(), message: format!("line {line}: {}", error.message()) }
    })?;
    if !nested {
        return Ok(table);
    }
    match table.get("connections") {
        None => Ok(toml::Table::new()),
        Some(toml::Value::Table(connections)) => Ok(connections.clone()),
        Some(_) => Err(ConnectionError::Malformed {
            path: path.to_owned(),
            message: "`connections` is not a section".to_owned(),
        }),
    }
}

/// Where the Snowflake CLI keeps its files, in its order.
fn homes(variables: Variables<'_>) -> Vec<PathBuf> {
    if let Some(home) = variables("SNOWFLAKE_HOME").filter(|home| !home.is_empty()) {
        return vec![PathBuf::from(home)];
    }
    let Some(home) = variables("HOME").map(PathBuf::from).or_else(std::env::home_dir) else {
        return Vec::new();
    };
    let config = variables("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    vec![home.join(".snowflake"), config.join("snowflake")]
}
