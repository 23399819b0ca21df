//! Hashes, the session, and truth values.

use super::{call, node};
use crate::expr::fits::{IsAny, IsNumber, IsText, IsTextOrBinary};
use crate::expr::{Base, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Boolean, Integer, Varchar};

functions! {
    /// The MD5 hash in hexadecimal digits. Snowflake: `MD5 , MD5_HEX`.
    fn md5(A value: IsTextOrBinary) -> strict Varchar = "MD5";

    /// The SHA-1 hash in hexadecimal digits. Snowflake: `SHA1 , SHA1_HEX`.
    fn sha1(A value: IsTextOrBinary) -> strict Varchar = "SHA1";

    /// The SHA-2 hash of 256 bits in hexadecimal digits. Snowflake: `SHA2 , SHA2_HEX`.
    fn sha2(A value: IsTextOrBinary) -> strict Varchar = "SHA2";

    /// The last 64 bits of the MD5 hash as a number. Snowflake: `MD5_NUMBER_LOWER64`.
    fn md5_number_lower64(A value: IsTextOrBinary) -> strict Integer = "MD5_NUMBER_LOWER64";

    /// Name of the current warehouse. Snowflake: `CURRENT_WAREHOUSE`.
    fn current_warehouse() -> nullable Varchar = "CURRENT_WAREHOUSE";

    /// Name of the current database; in a procedure with its owner's rights, that of the procedure. Snowflake: `CURRENT_DATABASE`.
    fn current_database() -> nullable Varchar = "CURRENT_DATABASE";

    /// Name of the current schema; in a procedure with its owner's rights, that of the procedure. Snowflake: `CURRENT_SCHEMA`.
    fn current_schema() -> nullable Varchar = "CURRENT_SCHEMA";

    /// Identifies the session. Snowflake: `CURRENT_SESSION`.
    fn current_session() -> certain Varchar = "CURRENT_SESSION";

    /// The account's locator. Snowflake: `CURRENT_ACCOUNT`.
    fn current_account() -> certain Varchar = "CURRENT_ACCOUNT";

    /// Name of the account's region. Snowflake: `CURRENT_REGION`.
    fn current_region() -> certain Varchar = "CURRENT_REGION";

    /// Snowflake's version. Snowflake: `CURRENT_VERSION`.
    fn current_version() -> certain Varchar = "CURRENT_VERSION";

    /// Identifies the open transaction; NULL if there is none. Snowflake: `CURRENT_TRANSACTION`.
    fn current_transaction() -> nullable Varchar = "CURRENT_TRANSACTION";

    /// Identifies the last query of the session. Snowflake: `LAST_QUERY_ID`.
    fn last_query_id() -> nullable Varchar = "LAST_QUERY_ID";

    /// Whether the role is active in the session. Snowflake: `IS_ROLE_IN_SESSION`.
    fn is_role_in_session(A role: IsText) -> strict Boolean = "IS_ROLE_IN_SESSION";

    /// Text or a number as a truth value, such as `yes` or 1; an error for other text. Snowflake: `TO_BOOLEAN`.
    fn to_boolean(A value: IsAny) -> converted Boolean = "TO_BOOLEAN";

    /// Text as a truth value; NULL for text that is none. Snowflake: `TRY_TO_BOOLEAN`.
    fn try_to_boolean(A text: IsText) -> nullable Boolean = "TRY_TO_BOOLEAN";

    /// Whether exactly one of the two numbers is not 0. Snowflake: `BOOLXOR`.
    fn bool_xor(A left: IsNumber, B right: IsNumber) -> strict Boolean = "BOOLXOR";
}
