//! Whole numbers as bits, and positions in bitmaps.

use super::args::{integer, invalid_value};
use super::datum::{Datum, out_of_range};
use super::decimal;
use super::udf::{Function, Param, Returns, function};
use crate::error::Result;
use crate::types::SqlType;

/// How many positions a bitmap has.
const BITMAP: i64 = 32_768;

fn shift(values: &[Datum], left: bool) -> Result<Datum> {
    let (value, count) = (integer(&values[0])?, integer(&values[1])?);
    let count = u32::try_from(count).ok().filter(|count| *count < 128);
    let count = count.ok_or_else(|| invalid_value("BITSHIFT", integer(&values[1]).unwrap_or(0), "from 0 to 127"))?;
    let value = i128::from(value);
    let shifted = if left { value.checked_shl(count) } else { value.checked_shr(count) };
    let shifted = shifted.filter(|shifted| decimal::fits(*shifted, 38));
    shifted.map(Datum::integer).ok_or_else(|| out_of_range(value))
}

/// The bit at a position from the right.
fn bit(values: &[Datum]) -> Result<Datum> {
    let (value, position) = (integer(&values[0])?, integer(&values[1])?);
    if position < 0 {
        return Err(invalid_value("GETBIT", position, "a position from 0"));
    }
    Ok(Datum::integer((value >> position.min(63)) & 1))
}

pub(super) fn functions() -> Vec<Function> {
    use Param::Integer;
    const BITS: &[Param] = &[Integer, Integer];
    let whole = Returns::Type(SqlType::INTEGER);
    vec![
        function("BITAND", BITS, whole, |values, _| Ok(Datum::integer(integer(&values[0])? & integer(&values[1])?)))
            .aliases(&["BIT_AND"]),
        function("BITOR", BITS, whole, |values, _| Ok(Datum::integer(integer(&values[0])? | integer(&values[1])?)))
            .aliases(&["BIT_OR"]),
        function("BITXOR", BITS, whole, |values, _| Ok(Datum::integer(integer(&values[0])? ^ integer(&values[1])?)))
            .aliases(&["BIT_XOR"]),
        function("BITNOT", &[Integer], whole, |values, _| Ok(Datum::integer(!integer(&values[0])?)))
            .aliases(&["BIT_NOT"]),
        function("BITSHIFTLEFT", BITS, whole, |values, _| shift(values, true)).aliases(&["BIT_SHIFTLEFT"]),
        function("BITSHIFTRIGHT", BITS, whole, |values, _| shift(values, false)).aliases(&["BIT_SHIFTRIGHT"]),
        function("GETBIT", BITS, whole, |values, _| bit(values)),
        // Bitmaps count numbers from 1, 32768 to each; 0 and what lies below are in those before.
        function("BITMAP_BUCKET_NUMBER", &[Integer], whole, |values, _| {
            let value = integer(&values[0])?;
            Ok(Datum::integer(if value > 0 { 1 + (value - 1) / BITMAP } else { value / BITMAP }))
        }),
        function("BITMAP_BIT_POSITION", &[Integer], whole, |values, _| {
            let value = integer(&values[0])?;
            Ok(Datum::integer(if value > 0 { (value - 1) % BITMAP } else { value.unsigned_abs() as i64 % BITMAP }))
        }),
        function("BITMAP_COUNT", &[Param::TextOrBinary], whole, |values, _| {
            super::aggregate::bitmap::positions(&values[0]).map(|positions| Datum::integer(positions.len() as i64))
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn bits() {
        check(&[
            ("BITAND(5, 3)", "1"),
            ("BITOR(5, 3)", "7"),
            ("BITXOR(5, 3)", "6"),
            ("BITNOT(1)", "-2"),
            ("BITSHIFTLEFT(1, 3)", "8"),
            ("BITSHIFTRIGHT(8, 2)", "2"),
            ("GETBIT(11, 100)", "0"),
            ("GETBIT(11, 3)", "1"),
            ("GETBIT(11, 2)", "0"),
            ("BITMAP_BUCKET_NUMBER(32768)", "1"),
            ("BITMAP_BUCKET_NUMBER(32769)", "2"),
            ("BITMAP_BUCKET_NUMBER(0)", "0"),
            ("BITMAP_BIT_POSITION(1)", "0"),
            ("BITMAP_BIT_POSITION(32769)", "0"),
        ]);
    }
}
