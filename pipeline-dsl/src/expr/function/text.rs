//! More text functions.

use super::{call, node};
use crate::expr::fits::{IsInteger, IsNumber, IsText, IsTextOrBinary};
use crate::expr::{Base, Expr, IntoExpr, Nullability, Typed, literal};
use crate::types::{Array, Boolean, Integer, ObjectValue, Varchar};

functions! {
    /// With the first letter of each word in capitals. Snowflake: `INITCAP`.
    fn initcap(A text: IsText) -> strict Varchar = "INITCAP";

    /// From the last character to the first. Snowflake: `REVERSE`.
    fn reverse(A text: IsText) -> strict Varchar = "REVERSE";

    /// Without spaces at the start. Snowflake: `LTRIM`.
    fn ltrim(A text: IsText) -> strict Varchar = "LTRIM";

    /// Without spaces at the end. Snowflake: `RTRIM`.
    fn rtrim(A text: IsText) -> strict Varchar = "RTRIM";

    /// Without any of these characters at both ends. Snowflake: `TRIM`.
    fn trim_any(A text: IsText, B characters: IsText) -> strict Varchar = "TRIM";

    /// Filled up at the start to a length with repetitions of `pad`; longer text is cut. Snowflake: `LPAD`.
    fn lpad(A text: IsText, B length: IsNumber, C pad: IsText) -> strict Varchar = "LPAD";

    /// Filled up at the end to a length with repetitions of `pad`; longer text is cut. Snowflake: `RPAD`.
    fn rpad(A text: IsText, B length: IsNumber, C pad: IsText) -> strict Varchar = "RPAD";

    /// Where `part` starts in `text`, counted from 1; 0 if it is not there. Snowflake: `POSITION`.
    fn position(A part: IsText, B text: IsText) -> strict Integer = "POSITION";

    /// With each character of `from` replaced by the one at the same place of `to`. Snowflake: `TRANSLATE`.
    fn translate(A text: IsText, B from: IsText, C to: IsText) -> strict Varchar = "TRANSLATE";

    /// The text so many times. Snowflake: `REPEAT`.
    fn repeat(A text: IsText, B times: IsNumber) -> strict Varchar = "REPEAT";

    /// So many spaces. Snowflake: `SPACE`.
    fn space(A count: IsNumber) -> strict Varchar = "SPACE";

    /// With `length` characters from `start` on replaced by `new`. Snowflake: `INSERT`.
    fn insert_text(A text: IsText, B start: IsNumber, C length: IsNumber, D new: IsText) -> strict Varchar = "INSERT";

    /// Number of the first character in ASCII. Snowflake: `ASCII`.
    fn ascii(A text: IsText) -> strict Integer = "ASCII";

    /// The character with this number in Unicode. Snowflake: `CHR , CHAR`.
    fn chr(A number: IsNumber) -> strict Varchar = "CHR";

    /// Number of the first character in Unicode. Snowflake: `UNICODE`.
    fn unicode(A text: IsText) -> strict Integer = "UNICODE";

    /// Number of bytes. Snowflake: `OCTET_LENGTH`.
    fn octet_length(A text: IsTextOrBinary) -> strict Integer = "OCTET_LENGTH";

    /// Number of bits. Snowflake: `BIT_LENGTH`.
    fn bit_length(A text: IsTextOrBinary) -> strict Integer = "BIT_LENGTH";

    /// The parts between the separators. Snowflake: `SPLIT`.
    fn split(A text: IsText, B separator: IsText) -> strict Array = "SPLIT";

    /// One of the parts between the separators, counted from 1, from the end if negative; empty text if there are fewer. Snowflake: `SPLIT_PART`.
    fn split_part(A text: IsText, B separator: IsText, C number: IsNumber) -> strict Varchar = "SPLIT_PART";

    /// One of the words between any of the delimiters, counted from 1; NULL if there are fewer. Snowflake: `STRTOK`.
    fn strtok(A text: IsText, B delimiters: IsText, C number: IsNumber) -> nullable Varchar = "STRTOK";

    /// The words between any of the delimiters. Snowflake: `STRTOK_TO_ARRAY`.
    fn strtok_to_array(A text: IsText, B delimiters: IsText) -> strict Array = "STRTOK_TO_ARRAY";

    /// Whether the whole text matches a regular expression. Snowflake: `REGEXP_LIKE`.
    fn regexp_like(A text: IsText, B pattern: IsText) -> strict Boolean = "REGEXP_LIKE";

    /// With every match of a regular expression replaced. Snowflake: `REGEXP_REPLACE`.
    fn regexp_replace(A text: IsText, B pattern: IsText, C replacement: IsText) -> strict Varchar = "REGEXP_REPLACE";

    /// The first match of a regular expression; NULL if there is none. Snowflake: `REGEXP_SUBSTR`.
    fn regexp_substr(A text: IsText, B pattern: IsText) -> nullable Varchar = "REGEXP_SUBSTR";

    /// Where the first match of a regular expression starts, counted from 1; 0 if there is none. Snowflake: `REGEXP_INSTR`.
    fn regexp_instr(A text: IsText, B pattern: IsText) -> strict Integer = "REGEXP_INSTR";

    /// Number of matches of a regular expression. Snowflake: `REGEXP_COUNT`.
    fn regexp_count(A text: IsText, B pattern: IsText) -> strict Integer = "REGEXP_COUNT";

    /// In hexadecimal digits. Snowflake: `HEX_ENCODE`.
    fn hex_encode(A value: IsTextOrBinary) -> strict Varchar = "HEX_ENCODE";

    /// The text that hexadecimal digits stand for. Snowflake: `HEX_DECODE_STRING`.
    fn hex_decode_string(A digits: IsText) -> strict Varchar = "HEX_DECODE_STRING";

    /// In Base64. Snowflake: `BASE64_ENCODE`.
    fn base64_encode(A value: IsTextOrBinary) -> strict Varchar = "BASE64_ENCODE";

    /// The text that Base64 stands for. Snowflake: `BASE64_DECODE_STRING`.
    fn base64_decode_string(A text: IsText) -> strict Varchar = "BASE64_DECODE_STRING";

    /// The text that Base64 stands for; NULL where it is not Base64. Snowflake: `TRY_BASE64_DECODE_STRING`.
    fn try_base64_decode_string(A text: IsText) -> nullable Varchar = "TRY_BASE64_DECODE_STRING";

    /// Number of characters to insert, delete or replace to get from one text to the other. Snowflake: `EDITDISTANCE`.
    fn edit_distance(A left: IsText, B right: IsText) -> strict Integer = "EDITDISTANCE";

    /// How similar two texts are, from 0 to 100. Snowflake: `JAROWINKLER_SIMILARITY`.
    fn jarowinkler_similarity(A left: IsText, B right: IsText) -> strict Integer = "JAROWINKLER_SIMILARITY";

    /// A code for how an English word sounds. Snowflake: `SOUNDEX`.
    fn soundex(A text: IsText) -> strict Varchar = "SOUNDEX";

    /// The parts of a URL as an object. Snowflake: `PARSE_URL`.
    fn parse_url(A url: IsText) -> strict ObjectValue = "PARSE_URL";

    /// The characters from the one at `start` on, counted from 1; a negative start counts from the end. Snowflake: `SUBSTR , SUBSTRING`.
    fn substr_from(A text: IsText, B start: IsNumber) -> strict Varchar = "SUBSTR";

    /// Where `part` starts in `text` at `from` or later, counted from 1; 0 if it is not there. Snowflake: `POSITION`.
    fn position_from(A part: IsText, B text: IsText, C from: IsNumber) -> strict Integer = "POSITION";

    /// Without every `part`. Snowflake: `REPLACE`.
    fn remove(A text: IsText, B part: IsText) -> strict Varchar = "REPLACE";

    /// Without any of these characters at the start. Snowflake: `LTRIM`.
    fn ltrim_any(A text: IsText, B characters: IsText) -> strict Varchar = "LTRIM";

    /// Without any of these characters at the end. Snowflake: `RTRIM`.
    fn rtrim_any(A text: IsText, B characters: IsText) -> strict Varchar = "RTRIM";

    /// All matches of a regular expression. Snowflake: `REGEXP_SUBSTR_ALL`.
    fn regexp_substr_all(A text: IsText, B pattern: IsText) -> strict Array = "REGEXP_SUBSTR_ALL";

    /// Whether the whole text matches a regular expression, with parameters such as `i` for any case. Snowflake: `REGEXP_LIKE`.
    fn regexp_like_with(A text: IsText, B pattern: IsText, C parameters: IsText) -> strict Boolean = "REGEXP_LIKE";

    /// Number of matches from a position on, with parameters such as `i` for any case. Snowflake: `REGEXP_COUNT`.
    fn regexp_count_with(A text: IsText, B pattern: IsText, C from: IsNumber, D parameters: IsText) -> strict Integer = "REGEXP_COUNT";

    /// A number as text in a format such as `999,999.00`. Snowflake: `TO_CHAR , TO_VARCHAR`.
    fn format_number(A number: IsNumber, B format: IsText) -> strict Varchar = "TO_VARCHAR";

    /// Random text of a length; `random()` is the usual generator. Snowflake: `RANDSTR`.
    fn randstr(A length: IsNumber, B generator: IsNumber) -> strict Varchar = "RANDSTR";
}

/// What a group in parentheses of the first match of a regular expression matched, counted from 1; NULL if there is none.
/// Snowflake: `REGEXP_SUBSTR`.
pub fn regexp_group<V: IntoExpr, P: IntoExpr, N: IntoExpr>(text: V, pattern: P, group: N) -> Expr<Option<Varchar>>
where
    Base<V::Ty>: IsText,
    Base<P::Ty>: IsText,
    Base<N::Ty>: IsInteger,
{
    let one = || literal::int(1).node();
    call("REGEXP_SUBSTR", vec![node(text), node(pattern), one(), one(), literal::text("e").node(), node(group)])
}
