//! Hashes, the session, and truth values.

use super::{call, node};
use crate::expr::fits::{IsAny, IsNumber, IsText, IsTextOrBinary};
use crate::expr::{Base, Expr, IntoExpr, Nullability, Typed};
use crate::types::{Binary, Boolean, Integer, Varchar};

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

    /// The version of the client. Snowflake: `CURRENT_CLIENT`.
    fn current_client() -> nullable Varchar = "CURRENT_CLIENT";

    /// The text of the statement. Snowflake: `CURRENT_STATEMENT`.
    fn current_statement() -> nullable Varchar = "CURRENT_STATEMENT";

    /// The schemas in which names without one are looked for, as JSON. Snowflake: `CURRENT_SCHEMAS`.
    fn current_schemas() -> nullable Varchar = "CURRENT_SCHEMAS";

    /// The roles of the current user, as JSON. Snowflake: `CURRENT_AVAILABLE_ROLES`.
    fn current_available_roles() -> nullable Varchar = "CURRENT_AVAILABLE_ROLES";

    /// Identifies the last transaction of the session; NULL if there was none. Snowflake: `LAST_TRANSACTION`.
    fn last_transaction() -> nullable Varchar = "LAST_TRANSACTION";

    /// The MD5 hash. Snowflake: `MD5_BINARY`.
    fn md5_binary(A value: IsTextOrBinary) -> strict Binary = "MD5_BINARY";

    /// The SHA-1 hash. Snowflake: `SHA1_BINARY`.
    fn sha1_binary(A value: IsTextOrBinary) -> strict Binary = "SHA1_BINARY";

    /// The SHA-2 hash of 256 bits. Snowflake: `SHA2_BINARY`.
    fn sha2_binary(A value: IsTextOrBinary) -> strict Binary = "SHA2_BINARY";

    /// The SHA-2 hash of 224, 256, 384 or 512 bits in hexadecimal digits. Snowflake: `SHA2 , SHA2_HEX`.
    fn sha2_of(A value: IsTextOrBinary, B bits: IsNumber) -> strict Varchar = "SHA2";

    /// The first 64 bits of the MD5 hash as a number. Snowflake: `MD5_NUMBER_UPPER64`.
    fn md5_number_upper64(A value: IsTextOrBinary) -> strict Integer = "MD5_NUMBER_UPPER64";

    /// Hexadecimal digits as bytes. Snowflake: `TO_BINARY`.
    fn to_binary(A digits: IsText) -> strict Binary = "TO_BINARY";

    /// Text as bytes in a format: `HEX`, `BASE64` or `UTF-8`. Snowflake: `TO_BINARY`.
    fn to_binary_as(A text: IsText, B format: IsText) -> strict Binary = "TO_BINARY";

    /// Hexadecimal digits as bytes; NULL where they are none. Snowflake: `TRY_TO_BINARY`.
    fn try_to_binary(A digits: IsText) -> nullable Binary = "TRY_TO_BINARY";

    /// The UUID of a name in a namespace, the same for the same name. Snowflake: `UUID_STRING`.
    fn uuid_of(A namespace: IsText, B name: IsText) -> strict Varchar = "UUID_STRING";

    /// The name of Snowflake's type of the value, such as `NUMBER(38,0)[SB1]`. Snowflake: `SYSTEM$TYPEOF`.
    fn sql_type_of(A value: IsAny) -> certain Varchar = "SYSTEM$TYPEOF";
}
