//! Values of every type: as arguments, in variables, in columns and as what is returned.
//!
//! Two differences are Snowflake's own. A JavaScript procedure takes dates, times and numbers as text, so who gives it a
//! TIMESTAMP_LTZ gives what the session's format makes of it, by default with three digits after the second: here they are
//! given as text. And what is in a VARIANT becomes JavaScript's own value, a number one of 53 bits, when it is an argument or
//! returned; in variables and columns it stays as it is.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Copies, Mart, Notes, Things};

pub const CASES: &[Case] = &[
    case::<copies_rows>(&["CALL COPIES_ROWS()"]),
    empty::<takes_numbers>(&[
        "CALL TAKES_NUMBERS(9007199254740993, 12345678901234567890.1234567891, 0.1::FLOAT)",
        "CALL TAKES_NUMBERS(-99999999999999999999999999999999999999, -0.0000000001, -1.5e300)",
        "CALL TAKES_NUMBERS(0, 0, 0)",
        "CALL TAKES_NUMBERS(NULL, NULL, NULL)",
    ]),
    empty::<takes_times>(&[
        "CALL TAKES_TIMES('2024-02-29', '23:59:59.123456', '2026-01-02 03:04:05.678901',
            '2026-01-02 03:04:05.678901 +0100', '2026-01-02 03:04:05.678901 -0830')",
        "CALL TAKES_TIMES('0001-01-02'::DATE, '00:00:00'::TIME, '1969-12-31 23:59:59.5'::TIMESTAMP_NTZ,
            '1969-12-31 23:59:59.5 +0000'::TIMESTAMP_LTZ, '9999-12-31 23:59:59 +1400'::TIMESTAMP_TZ)",
        "CALL TAKES_TIMES(NULL, NULL, NULL, NULL, NULL)",
    ]),
    empty::<takes_the_rest>(&[
        "CALL TAKES_THE_REST('it''s $$ \\\\ \"q\" ${x} `\\n🐘 é', TO_BINARY('00ff10', 'HEX'), TRUE,
            PARSE_JSON('{\"a\": [1, 2.5, null, \"x\", 9007199254740991]}'), OBJECT_CONSTRUCT('k', 'v'), ARRAY_CONSTRUCT(1, 'b'))",
        "CALL TAKES_THE_REST('', TO_BINARY('', 'HEX'), FALSE, PARSE_JSON('null'), OBJECT_CONSTRUCT(), ARRAY_CONSTRUCT())",
        "CALL TAKES_THE_REST(NULL, NULL, NULL, NULL, NULL, NULL)",
    ]),
    case::<gives_integer>(&["CALL GIVES_INTEGER(1)", "CALL GIVES_INTEGER(3)"]),
    case::<gives_number>(&["CALL GIVES_NUMBER(1)", "CALL GIVES_NUMBER(2)", "CALL GIVES_NUMBER(3)"]),
    case::<gives_float>(&["CALL GIVES_FLOAT(1)", "CALL GIVES_FLOAT(2)", "CALL GIVES_FLOAT(3)", "CALL GIVES_FLOAT(4)"]),
    case::<gives_boolean>(&["CALL GIVES_BOOLEAN(1)", "CALL GIVES_BOOLEAN(2)", "CALL GIVES_BOOLEAN(3)"]),
    case::<gives_binary>(&["CALL GIVES_BINARY(1)", "CALL GIVES_BINARY(2)", "CALL GIVES_BINARY(3)"]),
    case::<gives_date>(&["CALL GIVES_DATE(1)", "CALL GIVES_DATE(2)", "CALL GIVES_DATE(3)", "CALL GIVES_DATE(4)"]),
    case::<gives_time>(&["CALL GIVES_TIME(1)", "CALL GIVES_TIME(4)", "CALL GIVES_TIME(3)"]),
    case::<gives_ntz>(&["CALL GIVES_NTZ(1)", "CALL GIVES_NTZ(2)", "CALL GIVES_NTZ(3)", "CALL GIVES_NTZ(4)"]),
    case::<gives_ltz>(&[
        "CALL GIVES_LTZ(1)",
        "ALTER SESSION SET TIMEZONE = 'Asia/Kolkata'",
        "CALL GIVES_LTZ(2)",
        "CALL GIVES_LTZ(3)",
        "ALTER SESSION UNSET TIMEZONE",
    ]),
    case::<gives_tz>(&["CALL GIVES_TZ(1)", "CALL GIVES_TZ(2)", "CALL GIVES_TZ(3)"]),
    case::<gives_variant>(&["CALL GIVES_VARIANT(1)", "CALL GIVES_VARIANT(2)", "CALL GIVES_VARIANT(3)", "CALL GIVES_VARIANT(4)"]),
    case::<gives_array>(&["CALL GIVES_ARRAY(1)", "CALL GIVES_ARRAY(2)", "CALL GIVES_ARRAY(3)", "CALL GIVES_ARRAY(4)"]),
    case::<variables_convert>(&["CALL VARIABLES_CONVERT('12.3456')", "CALL VARIABLES_CONVERT('-0.005')"]),
    empty::<arithmetic>(&["CALL ARITHMETIC(7, 2)", "CALL ARITHMETIC(-7, 2)", "CALL ARITHMETIC(99999999999999999999, 3)"]),
    empty::<rounding>(&["CALL ROUNDING(2.5, 0.125)", "CALL ROUNDING(-2.5, -0.125)", "CALL ROUNDING(NULL, 1)"]),
    empty::<literals>(&["CALL LITERALS()"]),
    empty::<nulls_everywhere>(&["CALL NULLS_EVERYWHERE(NULL, NULL, NULL)"]),
];

#[procedure(schema = Mart)]
pub fn copies_rows(things: &Things, copies: &mut Copies) -> Integer {
    copies.insert(things.select(|t| Copies { thing: t.row() }))
}

#[procedure(schema = Mart)]
pub fn takes_numbers(
    things: &mut Things,
    whole: Option<Integer>,
    exact: Option<Number<38, 10>>,
    ratio: Option<Float>,
) -> Varchar {
    let twice = whole + whole / 2;
    let half = ratio / 2;
    things.insert(Things { id: 1, whole: whole, exact: exact, ratio: ratio, ..default() });
    things.insert(Things { id: 2, exact: exact, ratio: half, ..default() });
    concat_ws(
        " ",
        (coalesce(to_varchar(twice), "-"), coalesce(to_varchar(exact * 2), "-"), coalesce(to_varchar(half), "-")),
    )
}

#[procedure(schema = Mart)]
pub fn takes_times(
    things: &mut Things,
    day: Option<Date>,
    clock: Option<Time>,
    at_ntz: Option<TimestampNtz>,
    at_ltz: Option<TimestampLtz>,
    at_tz: Option<TimestampTz>,
) -> Varchar {
    let next = date_add(DatePart::Day, -1, day);
    let later = date_add(DatePart::Millisecond, 1, at_ntz);
    let ltz_later = date_add(DatePart::Hour, 1, at_ltz);
    let tz_later = date_add(DatePart::Month, -1, at_tz);
    let soon = date_add(DatePart::Minute, 1, clock);
    things.insert(Things { id: 1, day: day, clock: clock, at_ntz: at_ntz, at_ltz: at_ltz, at_tz: at_tz, ..default() });
    things.insert(Things {
        id: 2,
        day: next,
        clock: soon,
        at_ntz: later,
        at_ltz: ltz_later,
        at_tz: tz_later,
        ..default()
    });
    concat_ws(
        " ",
        (
            coalesce(to_varchar(next), "-"),
            coalesce(to_varchar(soon), "-"),
            coalesce(format_time(later, "YYYY-MM-DD HH24:MI:SS.FF9"), "-"),
            coalesce(format_time(ltz_later, "YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM"), "-"),
            coalesce(format_time(tz_later, "YYYY-MM-DD HH24:MI:SS.FF9 TZHTZM"), "-"),
        ),
    )
}

#[procedure(schema = Mart)]
pub fn takes_the_rest(
    things: &mut Things,
    label: Option<Varchar>,
    raw: Option<Binary>,
    flag: Option<Boolean>,
    payload: Option<Variant>,
    fields: Option<ObjectValue>,
    list: Option<Array>,
) -> Varchar {
    let first = get_path(payload, "a[3]");
    let more = array_append(list, label);
    things.insert(Things {
        id: 1,
        label: label,
        raw: raw,
        flag: flag,
        any: payload,
        fields: fields,
        list: list,
        ..default()
    });
    things.insert(Things { id: 2, any: first, list: more, flag: !flag, ..default() });
    concat_ws(" ", (coalesce(type_of(payload), "-"), coalesce(to_json(more), "-"), coalesce(hex_encode(raw), "-")))
}

macro_rules! gives {
    ($($name:ident $column:ident $ty:ty;)+) => {$(
        #[procedure(schema = Mart)]
        pub fn $name(things: &Things, id: Integer) -> Option<$ty> {
            let found = things.filter(|t| t.id == id).aggregate(|t| any_value(t.$column));
            found
        }
    )+};
}
gives! {
    gives_integer whole Integer;
    gives_number exact Number<38, 10>;
    gives_float ratio Float;
    gives_boolean flag Boolean;
    gives_binary raw Binary;
    gives_date day Date;
    gives_time clock Time;
    gives_ntz at_ntz TimestampNtz;
    gives_ltz at_ltz TimestampLtz;
    gives_tz at_tz TimestampTz;
    gives_variant any Variant;
    gives_array list Array;
}

/// A variable holds its type: what is assigned is rounded to it.
#[procedure(schema = Mart)]
pub fn variables_convert(notes: &mut Notes, text: Varchar) -> Varchar {
    let mut price: Number<5, 2> = cast::<Number<5, 2>, _>(text);
    notes.insert(Notes { id: 1, note: to_varchar(price) });
    price = cast::<Number<5, 2>, _>(price / 3);
    notes.insert(Notes { id: 2, note: to_varchar(price) });
    let mut whole: Integer = cast::<Integer, _>(text);
    whole += cast::<Integer, _>(price);
    notes.insert(Notes { id: 3, note: to_varchar(whole) });
    let mut ratio = cast::<Float, _>(text);
    ratio = ratio * 2;
    notes.insert(Notes { id: 4, note: to_varchar(ratio) });
    let mut at = cast::<TimestampNtz, _>("2026-01-02 03:04:05.678901");
    at = date_trunc(DatePart::Second, at);
    notes.insert(Notes { id: 5, note: format_time(at, "HH24:MI:SS.FF6") });
    to_varchar(price)
}

#[procedure(schema = Mart)]
pub fn arithmetic(notes: &mut Notes, a: Integer, b: Integer) -> Number<38, 6> {
    let quotient = a / b;
    let product = a * b - 1;
    let rest = a % b;
    let decimal = (a + 0.25) * 1.5;
    let negative = -a;
    notes.insert(Notes { id: product, note: to_varchar(quotient) });
    notes.insert(Notes { id: rest, note: to_varchar(decimal) });
    notes.insert(Notes { id: negative, note: to_varchar(a / b / b) });
    notes.insert(Notes { id: a - (b - 1), note: to_varchar(a * (b + 1)) });
    quotient
}

#[procedure(schema = Mart)]
pub fn rounding(notes: &mut Notes, number: Option<Number<10, 3>>, share: Float) -> Varchar {
    let rounded = round(number);
    let cut = trunc(number);
    let up = ceil(number);
    let down = floor(number);
    notes.insert(Notes { id: rounded, note: concat_ws("/", (to_varchar(cut), to_varchar(up), to_varchar(down))) });
    let float = round(share * 10);
    let size = abs(share);
    notes.insert(Notes { id: 2, note: concat_ws("/", (to_varchar(float), to_varchar(size), to_varchar(sqrt(size)))) });
    to_varchar(sign(share))
}

#[procedure(schema = Mart)]
pub fn literals(things: &mut Things) -> Varchar {
    let day = date("2024-02-29");
    let at = timestamp("2026-01-02 03:04:05.678901");
    let whole = 99999999999999999999999999999999999999;
    let exact = -1234567890123456789012345678.0123456789;
    let flag = true;
    let label = "it's $$ \\ \"q\" ${x} `\n\t🐘 é \u{2028}";
    things.insert(Things {
        id: 1,
        day: day,
        at_ntz: at,
        whole: whole,
        exact: exact,
        flag: flag,
        label: label,
        ..default()
    });
    things.insert(Things {
        id: 2,
        day: date("0001-01-01"),
        at_ntz: timestamp("9999-12-31 23:59:59"),
        whole: -99999999999999999999999999999999999999,
        exact: 0.0000000001,
        flag: false,
        label: "$$$ $$$$ \\$$ '' \r\n",
        ..default()
    });
    label
}

#[procedure(schema = Mart)]
pub fn nulls_everywhere(
    things: &mut Things,
    number: Option<Integer>,
    text: Option<Varchar>,
    flag: Option<Boolean>,
) -> Option<Varchar> {
    let sum = number + 1;
    let joined = concat((text, "x"));
    let both = flag && true;
    let never = flag && false;
    let bigger = number > 0;
    let given = coalesce(text, "nothing");
    let chosen = if bigger { "bigger" } else { "not bigger" };
    let listed = is_in(number, [1, 2]);
    things.insert(Things { id: 1, whole: sum, label: joined, flag: both, ..default() });
    things.insert(Things { id: 2, label: given, flag: never, ..default() });
    things.insert(Things { id: 3, label: chosen, flag: bigger, ..default() });
    things.insert(Things { id: 4, flag: listed, ratio: null::<Float>(), ..default() });
    things.filter(|c| c.flag).update(|_| Things { label: "true", ..unchanged() });
    joined
}
