//! Credentials, and what is checked about them before they are sent.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use snowflake_connector_rs::{AuthConfig, KeyPairConfig, PasswordConfig};

use super::ConnectionError;

/// How to log in.
pub(crate) enum Credential {
    /// A password, with the code of an authenticator app when the account asks for one.
    Password { password: SecretString, passcode: Option<SecretString> },
    /// An RSA key pair.
    KeyPair { pem: SecretString, passphrase: Option<SecretString> },
    /// An access token of an OAuth server.
    OAuth { token: SecretString },
    /// A programmatic access token.
    AccessToken { token: SecretString },
}

impl Credential {
    /// The method in words.
    pub(crate) fn method(&self) -> &'static str {
        match self {
            Self::Password { passcode: None, .. } => "password",
            Self::Password { passcode: Some(_), .. } => "password and passcode",
            Self::KeyPair { .. } => "key pair",
            Self::OAuth { .. } => "OAuth token",
            Self::AccessToken { .. } => "access token",
        }
    }

    /// Reads a private key that nobody else on the machine can read.
    pub(crate) fn from_key_file(path: &Path, passphrase: Option<SecretString>) -> Result<Self, ConnectionError> {
        let unreadable = |source| ConnectionError::Unreadable { path: path.to_owned(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                return Err(ConnectionError::KeyExposed { path: path.to_owned(), mode });
            }
        }
        let pem = SecretString::from(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::from_pem(pem, passphrase, path)
    }

    /// Takes a private key in PKCS#8 PEM form; `origin` is where it comes from.
    pub(crate) fn from_pem(
        pem: SecretString,
        passphrase: Option<SecretString>,
        origin: &Path,
    ) -> Result<Self, ConnectionError> {
        let problem = |problem, help: String| ConnectionError::Key { path: origin.to_owned(), problem, help };
        let text = pem.expose_secret();
        if text.contains("-----BEGIN RSA PRIVATE KEY-----") {
            return Err(problem(
                "is in the PKCS#1 form",
                format!("convert it: `openssl pkcs8 -topk8 -in {} -out key.p8`", origin.display()),
            ));
        }
        let encrypted = text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        if !encrypted && !text.contains("-----BEGIN PRIVATE KEY-----") {
            return Err(problem(
                "is not a PEM private key",
                "make one: `openssl genrsa 2048 | openssl pkcs8 -topk8 -out key.p8`".to_owned(),
            ));
        }
        match (encrypted, passphrase) {
            (true, None) => Err(problem(
                "is encrypted, and no passphrase is given",
                "set SNOWFLAKE_PRIVATE_KEY_PASSPHRASE".to_owned(),
            )),
            // The connector takes a passphrase to mean an encrypted key.
            (false, _) => Ok(Self::KeyPair { pem, passphrase: None }),
            (true, passphrase) => Ok(Self::KeyPair { pem, passphrase }),
        }
    }

    /// The connector's form.
    pub(crate) fn config(&self) -> AuthConfig {
        match self {
            Self::Password { password, passcode } => {
                let config = PasswordConfig::new(password.expose_secret());
                AuthConfig::password(match passcode {
                    Some(passcode) => config.with_passcode(passcode.expose_secret()),
                    None => config,
                })
            }
            Self::KeyPair { pem, passphrase: None } => {
                AuthConfig::key_pair(KeyPairConfig::from_pem(pem.expose_secret()))
            }
            Self::KeyPair { pem, passphrase: Some(passphrase) } => AuthConfig::key_pair(
                KeyPairConfig::from_encrypted_pem(pem.expose_secret(), passphrase.expose_secret().as_bytes()),
            ),
            Self::OAuth { token } => AuthConfig::oauth(token.expose_secret()),
            Self::AccessToken { token } => AuthConfig::password(token.expose_secret()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked_before_they_are_used() {
        let cases = [
            ("-----BEGIN PRIVATE KEY-----\nx", None, "key pair"),
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nx", Some("hush"), "key pair"),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nx",
                None,
                "the private key `key.p8` is encrypted, and no passphrase is given",
            ),
            ("-----BEGIN RSA PRIVATE KEY-----\nx", None, "the private key `key.p8` is in the PKCS#1 form"),
            ("ssh-rsa AAAA", None, "the private key `key.p8` is not a PEM private key"),
        ];
        for (pem, passphrase, expected) in cases {
            let got = match Credential::from_pem(pem.into(), passphrase.map(SecretString::from), Path::new("key.p8")) {
                Ok(credential) => credential.method().to_owned(),
                Err(error) => error.to_string(),
            };
            assert_eq!(got, expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.p8");
        std::fs::write(&path, "-----BEGIN PRIVATE KEY-----\nx").unwrap();
        for (mode, refused) in [(0o644, true), (0o640, true), (0o604, true), (0o600, false), (0o400, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let result = Credential::from_key_file(&path, None);
            assert_eq!(matches!(result, Err(ConnectionError::KeyExposed { .. })), refused, "mode {mode:o}");
        }
    }
}
