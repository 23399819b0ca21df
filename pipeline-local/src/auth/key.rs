//! Public keys of users.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::RsaPublicKey;
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};

use crate::{Result, SqlError};

/// An RSA public key, as the user property RSA_PUBLIC_KEY holds it.
#[derive(Debug, Clone)]
pub struct PublicKey {
    der: Vec<u8>,
    key: RsaPublicKey,
}

impl PublicKey {
    /// Reads the Base64 text of a SubjectPublicKeyInfo, with or without the PEM lines around it.
    ///
    /// # Errors
    /// When the text is not such a key.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |why: &dyn std::fmt::Display| {
            SqlError::compilation(
                394_307,
                "22023",
                format_args!(
                    "New public key rejected by current policy. Reason: '{why}'. Expected the Base64 text of an RSA \
                     public key (the lines between BEGIN PUBLIC KEY and END PUBLIC KEY)"
                ),
            )
        };
        let body: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("-----"))
            .flat_map(str::split_whitespace)
            .collect();
        let der = STANDARD.decode(body).map_err(|error| invalid(&error))?;
        let key = RsaPublicKey::from_public_key_der(&der).map_err(|error| invalid(&error))?;
        Ok(Self { der, key })
    }

    /// The text to store: Base64 in one line.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// What DESCRIBE USER shows as RSA_PUBLIC_KEY_FP, `SHA256:` and a Base64 text.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD.encode(Sha256::digest(&self.der)))
    }

    /// Whether the signature (PKCS #1 v1.5 over SHA-256) of the message is by this key.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        /// DigestInfo of SHA-256 (RFC 8017, section 9.2).
        const SHA256_PREFIX: [u8; 19] = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ];
        let scheme = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(SHA256_PREFIX) };
        self.key.verify(scheme, &Sha256::digest(message), signature).is_ok()
    }
}
