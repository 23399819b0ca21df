//! Conversions of whole arrays where no value needs to be looked at by itself.

use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    DataType, Decimal128Type, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
};

use super::cast::cut;
use super::decimal;
use super::time;
use crate::types::SqlType;

/// The array in a type; `None` where its values have to be converted one by one, as those that do not fit do, for the
/// error that they get.
pub(super) fn whole(array: &ArrayRef, to: SqlType, zone: Tz) -> Option<ArrayRef> {
    match (to, array.data_type()) {
        (SqlType::Varchar(length), DataType::Utf8) => fits(array, length as usize).then(|| array.clone()),
        (SqlType::Number { precision, scale }, DataType::Decimal128(from_precision, from_scale)) => {
            number(array, (*from_precision, *from_scale), (precision, scale))
        }
        (SqlType::Number { .. }, from) if from.is_integer() => {
            whole(&cast(array, &DataType::Decimal128(38, 0)).ok()?, to, zone)
        }
        (SqlType::TimestampNtz(scale), DataType::Timestamp(TimeUnit::Microsecond, from)) => {
            let stamps = array.as_primitive::<TimestampMicrosecondType>();
            match from {
                None if scale >= 6 => Some(array.clone()),
                None => Some(Arc::new(stamps.unary::<_, TimestampMicrosecondType>(|wall| cut(wall, scale)))),
                Some(_) => Some(Arc::new(
                    stamps.unary::<_, TimestampMicrosecondType>(|instant| cut(time::to_wall(instant, zone), scale)),
                )),
            }
        }
        (SqlType::TimestampLtz(scale), DataType::Timestamp(TimeUnit::Microsecond, Some(_))) => {
            if scale >= 6 && *array.data_type() == to.arrow() {
                return Some(array.clone());
            }
            let stamps = array.as_primitive::<TimestampMicrosecondType>();
            let cut = stamps.unary::<_, TimestampMicrosecondType>(|instant| cut(instant, scale));
            Some(Arc::new(cut.with_timezone("UTC")))
        }
        (SqlType::Time(scale), DataType::Time64(TimeUnit::Nanosecond)) => {
            let unit = 10_i64.pow(9 - u32::from(scale.min(9)));
            let times = array.as_primitive::<Time64NanosecondType>();
            Some(if unit == 1 {
                array.clone()
            } else {
                Arc::new(times.unary::<_, Time64NanosecondType>(|nanos| nanos / unit * unit))
            })
        }
        (SqlType::Boolean | SqlType::Date | SqlType::Float | SqlType::Variant | SqlType::Binary(_), from)
            if *from == to.arrow() =>
        {
            Some(array.clone())
        }
        _ => None,
    }
}

/// Whether all texts have at most so many characters.
fn fits(array: &ArrayRef, length: usize) -> bool {
    let texts = array.as_string::<i32>();
    let offsets = texts.value_offsets();
    let short = |bytes: i32| bytes as usize <= length;
    // A text has no more characters than bytes.
    offsets.windows(2).all(|pair| short(pair[1] - pair[0]))
        || texts.iter().flatten().all(|text| text.len() <= length || text.chars().count() <= length)
}

fn number(array: &ArrayRef, from: (u8, i8), (precision, scale): (u8, u8)) -> Option<ArrayRef> {
    let from_scale = u8::try_from(from.1).ok()?;
    let numbers = array.as_primitive::<Decimal128Type>();
    // Digits in front of the point, as many as there can be.
    let roomier = from_scale == scale && precision >= from.0;
    let converted = if roomier {
        numbers.clone()
    } else {
        let convert = |value| {
            let value = decimal::rescale(value, from_scale, scale);
            value.filter(|value| decimal::fits(*value, precision)).ok_or(())
        };
        numbers.try_unary::<_, Decimal128Type, ()>(convert).ok()?
    };
    Some(Arc::new(converted.with_precision_and_scale(precision, i8::try_from(scale).ok()?).ok()?))
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{
        Decimal128Array, Int32Array, StringArray, Time64NanosecondArray, TimestampMicrosecondArray, UInt64Array,
    };

    use super::super::cast::{cast_array_in, cast_datum};
    use super::super::datum::{self, Datum};
    use super::super::settings::Settings;
    use super::*;

    /// What is converted as a whole is what the values one by one become.
    #[test]
    fn wholes_are_their_parts() {
        let decimals = |values: Vec<Option<i128>>, precision, scale| -> ArrayRef {
            Arc::new(Decimal128Array::from(values).with_precision_and_scale(precision, scale).unwrap())
        };
        let stamps = vec![Some(1_700_000_000_123_456), None, Some(-1)];
        let ntz: ArrayRef = Arc::new(TimestampMicrosecondArray::from(stamps.clone()));
        let ltz: ArrayRef = Arc::new(TimestampMicrosecondArray::from(stamps).with_timezone("UTC"));
        let times: ArrayRef = Arc::new(Time64NanosecondArray::from(vec![Some(86_399_999_999_999), None]));
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("äöü"), None, Some("abc")]));
        let settings = Settings::in_zone(chrono_tz::Europe::Berlin);
        for (array, to, as_whole) in [
            (decimals(vec![Some(12345), None, Some(-15)], 10, 2), "number(12,2)", true),
            (decimals(vec![Some(12345), None, Some(-15)], 10, 2), "number(38,5)", true),
            (decimals(vec![Some(12345), None, Some(-15)], 10, 2), "number(5,1)", true),
            (decimals(vec![Some(12345)], 10, 2), "number(3,1)", false),
            (decimals(vec![Some(12345)], 10, 0), "number(38,37)", false),
            (Arc::new(Int32Array::from(vec![Some(-7), None])), "number(3,2)", true),
            (Arc::new(UInt64Array::from(vec![u64::MAX])), "number(38,0)", true),
            (Arc::new(UInt64Array::from(vec![1000])), "number(3,0)", false),
            (ntz.clone(), "timestamp_ntz(9)", true),
            (ntz.clone(), "timestamp_ntz(0)", true),
            (ltz.clone(), "timestamp_ntz(3)", true),
            (ltz.clone(), "timestamp_ltz(9)", true),
            (ltz, "timestamp_ltz(2)", true),
            (ntz, "timestamp_ltz(9)", false),
            (times.clone(), "time(9)", true),
            (times, "time(3)", true),
            (texts.clone(), "varchar(3)", true),
            (texts.clone(), "varchar(2)", false),
            (texts, "number(3,0)", false),
        ] {
            let to = crate::parse::data_type(to).unwrap();
            let what = format!("{array:?} to {to}");
            let one_by_one: std::result::Result<Vec<Datum>, _> =
                (0..array.len()).map(|row| cast_datum(datum::read(&array, row).unwrap(), to, &settings)).collect();
            let expected = one_by_one.and_then(|values| datum::build(to, values));
            match (whole(&array, to, settings.time_zone), &expected) {
                (Some(found), Ok(expected)) => assert_eq!(&found, expected, "{what}"),
                (None, _) => assert!(!as_whole, "{what}"),
                (Some(found), Err(error)) => panic!("{what}: {found:?} instead of {error}"),
            }
            let all = cast_array_in(&array, to, false, &settings);
            assert_eq!(all.map_err(|error| error.message), expected.map_err(|error| error.message), "{what}");
        }
    }
}
