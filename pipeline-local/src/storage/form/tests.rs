use datafusion::arrow::array::{
    BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, LargeStringArray, StringArray,
    Time64NanosecondArray, TimestampMicrosecondArray, UInt64Array,
};
use proptest::prelude::*;

use super::super::partition::{decode, encode};
use super::*;

const ROWS: usize = 2_000;

fn decimals(value: impl Fn(usize) -> Option<i128>) -> ArrayRef {
    let values: Decimal128Array = (0..ROWS).map(value).collect();
    Arc::new(values.with_precision_and_scale(38, 0).unwrap())
}

fn stamps(value: impl Fn(usize) -> Option<i64>) -> ArrayRef {
    Arc::new((0..ROWS).map(value).collect::<TimestampMicrosecondArray>())
}

fn texts(value: impl Fn(usize) -> Option<String>) -> ArrayRef {
    Arc::new((0..ROWS).map(value).collect::<StringArray>())
}

fn batch(sql_type: Option<SqlType>, array: ArrayRef) -> RecordBatch {
    let field = match sql_type {
        Some(sql_type) => sql_type.field("c1", true),
        None => Field::new("row", DataType::UInt64, false),
    };
    RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![array]).unwrap()
}

#[test]
fn columns_are_written_in_the_form_that_suits_them() {
    let whole = SqlType::INTEGER;
    let ntz = SqlType::TimestampNtz(9);
    let text = SqlType::Varchar(50);
    let large = i128::from(i64::MAX) + 1;
    let (low, high) = (i128::from(i64::MIN), i128::from(i64::MAX));
    for (what, sql_type, array, form, at_most) in [
        ("a count", Some(whole), decimals(|n| Some(n as i128)), SEQUENCE, 0),
        ("a constant", Some(whole), decimals(|_| Some(-5)), SEQUENCE, 0),
        ("a wide step", Some(whole), decimals(|n| Some(n as i128 * -(1 << 60))), "", 0),
        ("no 64 bits", Some(whole), decimals(|n| Some(large + n as i128 % 7)), "", 0),
        ("few numbers", Some(whole), decimals(|n| Some(n as i128 * 31 % 251)), OFFSETS, 1),
        ("few numbers and NULL", Some(whole), decimals(|n| (n % 3 > 0).then_some(n as i128 * 31 % 251)), OFFSETS, 1),
        ("from end to end", Some(whole), decimals(|n| Some(if n % 2 == 0 { low } else { high })), OFFSETS, 1),
        ("all over", Some(whole), decimals(|n| Some(low / 2 * (n as i128 % 3 - 1) + n as i128)), OFFSETS, 8),
        ("multiples", Some(ntz), stamps(|n| Some(n as i64 * 7919 % 1999 * 60_000_000 + 17)), OFFSETS, 2),
        ("runs", Some(ntz), stamps(|n| Some(n as i64 / 100 * 100)), RUNS, 0),
        ("NULL only", Some(ntz), stamps(|_| None), RUNS, 0),
        ("runs of NULL", Some(text), texts(|n| (n / 500 % 2 == 0).then(|| "a".repeat(n / 500))), RUNS, 0),
        ("few texts", Some(text), texts(|n| Some(format!("customer {}", n * 7 % 250))), DICTIONARY, 1),
        ("some texts", Some(text), texts(|n| (n % 9 > 0).then(|| (n * 7 % 401).to_string())), DICTIONARY, 2),
        ("different texts", Some(text), texts(|n| Some(n.to_string())), "", 0),
        ("rows", None, Arc::new((7..7 + ROWS as u64).collect::<UInt64Array>()), SEQUENCE, 0),
        ("old rows", None, Arc::new((0..ROWS as u64).map(|n| n * n % 5000).collect::<UInt64Array>()), OFFSETS, 2),
    ] {
        let plain = batch(sql_type, array);
        let compact = compact(&plain).unwrap();
        let schema = compact.schema();
        assert_eq!(schema.field(0).metadata().get(FORM).map_or("", String::as_str), form, "{what}");
        if at_most > 0 {
            let keys = match compact.column(0).data_type() {
                DataType::Dictionary(key, _) => key.primitive_width(),
                other => other.primitive_width(),
            };
            assert_eq!(keys, Some(at_most), "{what}");
        }
        assert_eq!(expand(compact).unwrap(), plain, "{what}");
        assert_eq!(decode(&encode(&plain).unwrap()).unwrap(), plain, "{what}");
    }
}

#[test]
fn small_batches_stay_as_they_are() {
    let plain = batch(Some(SqlType::INTEGER), decimals(|_| Some(1))).slice(0, WORTH_IT - 1);
    assert_eq!(compact(&plain).unwrap().schema(), plain.schema());
}

#[test]
fn a_form_that_is_not_known_is_refused() {
    let schema = Schema::new(vec![
        SqlType::INTEGER.field("c1", true).with_metadata([(FORM.to_owned(), "spiral".to_owned())].into()),
    ]);
    let batch = RecordBatch::try_new(Arc::new(schema), vec![decimals(|_| None)]).unwrap();
    let error = expand(batch).unwrap_err();
    assert!(error.message.contains("column 'c1'") && error.message.contains("'spiral'"), "{error}");
}

/// Columns of every type, from few or many different values, with or without NULL, and in longer or shorter runs.
fn column() -> impl Strategy<Value = (SqlType, ArrayRef)> {
    let values = (1_u64..3_000, 1_u64..200, any::<bool>(), any::<i64>(), 0_u32..64, any::<u64>());
    let cells = values.prop_map(|(different, run, nulls, base, shift, seed)| {
        let cell = move |row: usize| {
            let number = (row as u64 / run).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(seed) % different;
            let number = base.wrapping_add((number << shift) as i64);
            (!nulls || number % 5 != 0).then_some(number)
        };
        (0..ROWS).map(cell).collect::<Vec<_>>()
    });
    (cells, 0..10).prop_map(|(cells, kind)| {
        let cells = cells.into_iter();
        let text = |cell: Option<i64>| cell.map(|number| format!("text {number}"));
        let array: ArrayRef = match kind {
            0 => decimal(cells.map(|cell| cell.map(i128::from)), 20, 3),
            1 => decimal(cells.map(|cell| cell.map(|number| i128::from(number) * 1_000_003)), 38, 0),
            2 => Arc::new(cells.map(text).collect::<StringArray>()),
            3 => Arc::new(cells.map(text).collect::<LargeStringArray>()),
            4 => Arc::new(cells.collect::<TimestampMicrosecondArray>()),
            5 => Arc::new(cells.collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
            6 => Arc::new(cells.map(|cell| cell.map(|number| number as i32)).collect::<Date32Array>()),
            7 => Arc::new(cells.collect::<Time64NanosecondArray>()),
            8 => Arc::new(cells.map(|cell| cell.map(|number| number % 2 == 0)).collect::<BooleanArray>()),
            _ => Arc::new(cells.map(|cell| cell.map(i64::to_be_bytes)).collect::<BinaryArray>()),
        };
        (SqlType::of_arrow(array.data_type()), array)
    })
}

fn decimal(numbers: impl Iterator<Item = Option<i128>>, precision: u8, scale: i8) -> ArrayRef {
    let numbers: Decimal128Array = numbers.collect();
    Arc::new(numbers.with_precision_and_scale(precision, scale).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn whatever_is_written_is_read(column in column(), from in 0..500_usize) {
        let plain = batch(Some(column.0), column.1).slice(from, ROWS - from);
        prop_assert_eq!(decode(&encode(&plain).unwrap()).unwrap(), plain);
    }

    #[test]
    fn floats_keep_their_bits(bits in proptest::collection::vec(any::<u64>(), 1..5)) {
        let floats: Float64Array = (0..ROWS).map(|row| Some(f64::from_bits(bits[row % bits.len()]))).collect();
        let plain = batch(Some(SqlType::Float), Arc::new(floats));
        let found = decode(&encode(&plain).unwrap()).unwrap();
        prop_assert_eq!(format!("{:?}", found.column(0)), format!("{:?}", plain.column(0)));
    }
}
