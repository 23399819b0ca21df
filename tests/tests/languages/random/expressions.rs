//! Random expressions of every type, made of choices on a tape: equal tapes give equal expressions.

use pipeline_dsl::expr::function::*;
use pipeline_dsl::expr::literal::{boolean, date, int, null, number, text, timestamp};
use pipeline_dsl::expr::operator::{add, and, div, eq, ge, gt, le, lt, mul, ne, neg, not, or, rem, sub};
use pipeline_dsl::expr::{Expr, IntoExpr};
use pipeline_dsl::types::{Boolean, Date, Float, Integer, Number, TimestampNtz, Varchar};

/// Choices one after the other; when they are used up, always the first.
pub(super) struct Tape<'a> {
    choices: &'a [u8],
}

impl<'a> Tape<'a> {
    pub(super) fn new(choices: &'a [u8]) -> Self {
        Self { choices }
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: u8) -> u8 {
        let Some((first, rest)) = self.choices.split_first() else { return 0 };
        self.choices = rest;
        first % count
    }

    fn pick<T: Copy>(&mut self, values: &[T]) -> T {
        values[usize::from(self.below(u8::try_from(values.len()).expect("few values")))]
    }
}

/// What expressions begin with: the columns of a row, or variables.
#[derive(Clone, Copy)]
pub(super) struct Leaves {
    pub(super) whole: Expr<Option<Integer>>,
    pub(super) price: Expr<Option<Number<38, 2>>>,
    pub(super) ratio: Expr<Option<Float>>,
    pub(super) label: Expr<Option<Varchar>>,
    pub(super) flag: Expr<Option<Boolean>>,
    pub(super) day: Expr<Option<Date>>,
    pub(super) at: Expr<Option<TimestampNtz>>,
}

/// Texts with what is easily lost on the way.
const TEXTS: [&str; 7] = ["", "it's", "a \\ b", "$$ ${x} `", "\"q\"\n", "🐘 é", "null"];

impl Leaves {
    pub(super) fn whole(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Integer>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.whole };
        match tape.below(17) {
            0 | 1 => self.whole,
            2 => iff(self.flag(tape, deeper), self.whole, int(tape.pick(&[0, 1, -7, 9_007_199_254_740_993]))),
            3 => add(self.whole(tape, deeper), self.whole(tape, deeper)),
            4 => sub(self.whole(tape, deeper), self.whole(tape, deeper)),
            5 => mul(self.whole(tape, deeper), int(tape.pick(&[0, 1, -1, 3]))),
            6 => neg(self.whole(tape, deeper)),
            7 => abs(self.whole(tape, deeper)),
            8 => length(self.label(tape, deeper)),
            9 => coalesce(self.whole(tape, deeper), self.whole(tape, deeper)),
            10 => null_if(self.whole(tape, deeper), self.whole(tape, deeper)),
            11 => year(self.day(tape, deeper)),
            12 => date_diff(DatePart::Day, self.day(tape, deeper), self.at(tape, deeper)),
            13 => greatest(self.whole(tape, deeper), self.whole(tape, deeper)),
            14 => rem(self.whole(tape, deeper), int(tape.pick(&[1, 2, -3, 10]))),
            15 => cast::<Integer, _>(round(self.price(tape, deeper))),
            _ => position(text(tape.pick(&["'", "a", "🐘"])), self.label(tape, deeper)),
        }
    }

    pub(super) fn price(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Number<38, 2>>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.price };
        match tape.below(10) {
            0 | 1 => self.price,
            2 => add(self.price(tape, deeper), self.whole(tape, deeper)),
            3 => sub(self.price(tape, deeper), self.price(tape, deeper)),
            4 => mul(self.price(tape, deeper), int(tape.pick(&[0, -1, 2]))),
            5 => neg(self.price(tape, deeper)),
            6 => {
                iff(self.flag(tape, deeper), self.price(tape, deeper), number::<38, 2>(tape.pick(&["0.01", "-12.50"])))
            }
            7 => coalesce(self.price(tape, deeper), self.price(tape, deeper)),
            8 => least(self.price(tape, deeper), self.price(tape, deeper)),
            _ => cast::<Number<38, 2>, _>(self.whole(tape, deeper)),
        }
    }

    /// A number with more digits after the point than its operands have.
    pub(super) fn share(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Number<38, 8>>> {
        div(self.price(tape, depth), int(tape.pick(&[1, 3, -7])))
    }

    pub(super) fn product(&self, tape: &mut Tape<'_>) -> Expr<Option<Number<38, 4>>> {
        mul(self.price, number::<38, 2>(tape.pick(&["0.25", "-3.99", "0.00"])))
    }

    pub(super) fn ratio(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Float>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.ratio };
        match tape.below(9) {
            0 | 1 => self.ratio,
            2 => add(self.ratio(tape, deeper), self.whole(tape, deeper)),
            3 => mul(self.ratio(tape, deeper), self.ratio),
            4 => div(self.ratio(tape, deeper), int(tape.pick(&[2, 3, -10]))),
            5 => iff(self.flag(tape, deeper), self.ratio(tape, deeper), self.ratio),
            6 => cast::<Float, _>(self.price(tape, deeper)),
            7 => sqrt(abs(self.ratio(tape, deeper))),
            _ => neg(self.ratio(tape, deeper)),
        }
    }

    pub(super) fn label(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Varchar>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.label };
        match tape.below(16) {
            0 | 1 => self.label,
            2 => concat((self.label(tape, deeper), tape.pick(&TEXTS))),
            3 => upper(self.label(tape, deeper)),
            4 => trim(self.label(tape, deeper)),
            5 => left(self.label(tape, deeper), int(tape.pick(&[0, 1, 3]))),
            6 => substr(self.label(tape, deeper), int(tape.pick(&[1, 2, -1])), int(2)),
            7 => replace(self.label(tape, deeper), tape.pick(&["a", "'", "$"]), tape.pick(&TEXTS)),
            8 => to_varchar(self.whole(tape, deeper)),
            9 => to_varchar(self.price(tape, deeper)),
            10 => to_varchar(self.flag(tape, deeper)),
            11 => to_varchar(self.day(tape, deeper)),
            12 => format_time(self.at(tape, deeper), "YYYY-MM-DD HH24:MI:SS.FF6"),
            13 => iff(self.flag(tape, deeper), self.label(tape, deeper), text(tape.pick(&TEXTS))),
            14 => coalesce(self.label(tape, deeper), self.label(tape, deeper)),
            _ => reverse(self.label(tape, deeper)),
        }
    }

    pub(super) fn flag(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Boolean>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.flag };
        match tape.below(18) {
            0 | 1 => self.flag,
            2 => eq(self.whole(tape, deeper), self.whole(tape, deeper)),
            3 => ne(self.label(tape, deeper), tape.pick(&TEXTS)),
            4 => lt(self.price(tape, deeper), self.whole(tape, deeper)),
            5 => le(self.day(tape, deeper), self.at(tape, deeper)),
            6 => gt(self.at(tape, deeper), self.at(tape, deeper)),
            7 => ge(self.ratio(tape, deeper), self.price(tape, deeper)),
            8 => and(self.flag(tape, deeper), self.flag(tape, deeper)),
            9 => or(self.flag(tape, deeper), self.flag(tape, deeper)),
            10 => not(self.flag(tape, deeper)),
            11 => and(is_null(self.whole(tape, deeper)), self.flag),
            12 => or(is_not_null(self.label(tape, deeper)), self.flag),
            13 => and(equal_null(self.day(tape, deeper), self.day(tape, deeper)), self.flag),
            14 => between(self.whole(tape, deeper), int(-1), int(5)),
            15 => is_in(self.label(tape, deeper), TEXTS),
            16 => contains(self.label(tape, deeper), tape.pick(&TEXTS)),
            _ => like(self.label(tape, deeper), tape.pick(&["%a%", "_", "", "%'%"])),
        }
    }

    pub(super) fn day(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<Date>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.day };
        match tape.below(8) {
            0 | 1 => self.day,
            2 => date_add(DatePart::Day, int(tape.pick(&[0, 1, -40])), self.day(tape, deeper)),
            3 => date_add(DatePart::Month, int(tape.pick(&[1, -13])), self.day(tape, deeper)),
            4 => last_day(self.day(tape, deeper)),
            5 => date_trunc(DatePart::Quarter, self.day(tape, deeper)),
            6 => coalesce(self.day(tape, deeper), date(tape.pick(&["2024-02-29", "1969-12-31"])).or_null()),
            _ => cast::<Date, _>(self.at(tape, deeper)),
        }
    }

    pub(super) fn at(&self, tape: &mut Tape<'_>, depth: u8) -> Expr<Option<TimestampNtz>> {
        let Some(deeper) = depth.checked_sub(1) else { return self.at };
        match tape.below(7) {
            0 | 1 => self.at,
            2 => date_add(DatePart::Hour, int(tape.pick(&[1, -25])), self.at(tape, deeper)),
            3 => date_add(DatePart::Millisecond, int(tape.pick(&[1, -1])), self.at(tape, deeper)),
            4 => date_trunc(tape.pick(&[DatePart::Minute, DatePart::Day]), self.at(tape, deeper)),
            5 => iff(self.flag(tape, deeper), self.at(tape, deeper), timestamp("1969-12-31 23:59:59.999999")),
            _ => cast::<TimestampNtz, _>(self.day(tape, deeper)),
        }
    }
}

/// Of a value that is never NULL, one that the types take for one that may be.
trait OrNull<T> {
    fn or_null(self) -> Expr<Option<T>>;
}

impl OrNull<Date> for Expr<Date> {
    fn or_null(self) -> Expr<Option<Date>> {
        iff(boolean(true), self, null::<Date>())
    }
}

/// An expression of any type.
pub(super) enum Any {
    Whole(Expr<Option<Integer>>),
    Price(Expr<Option<Number<38, 2>>>),
    Product(Expr<Option<Number<38, 4>>>),
    Share(Expr<Option<Number<38, 8>>>),
    Ratio(Expr<Option<Float>>),
    Label(Expr<Option<Varchar>>),
    Flag(Expr<Option<Boolean>>),
    Day(Expr<Option<Date>>),
    At(Expr<Option<TimestampNtz>>),
}

/// Does the same with an expression of whichever type.
macro_rules! with_any {
    ($any:expr, $value:ident => $result:expr) => {
        match $any {
            Any::Whole($value) => $result,
            Any::Price($value) => $result,
            Any::Product($value) => $result,
            Any::Share($value) => $result,
            Any::Ratio($value) => $result,
            Any::Label($value) => $result,
            Any::Flag($value) => $result,
            Any::Day($value) => $result,
            Any::At($value) => $result,
        }
    };
}
pub(super) use with_any;

impl Any {
    pub(super) fn of(leaves: &Leaves, tape: &mut Tape<'_>) -> Self {
        const DEPTH: u8 = 4;
        match tape.below(9) {
            0 => Self::Whole(leaves.whole(tape, DEPTH)),
            1 => Self::Price(leaves.price(tape, DEPTH)),
            2 => Self::Product(leaves.product(tape)),
            3 => Self::Share(leaves.share(tape, DEPTH)),
            4 => Self::Ratio(leaves.ratio(tape, DEPTH)),
            5 => Self::Label(leaves.label(tape, DEPTH)),
            6 => Self::Flag(leaves.flag(tape, DEPTH)),
            7 => Self::Day(leaves.day(tape, DEPTH)),
            _ => Self::At(leaves.at(tape, DEPTH)),
        }
    }
}

/// The type that the expression has in SQL, says Rust.
pub(super) fn data_type<V: IntoExpr>(_: &V) -> pipeline_dsl::types::DataType {
    <V::Ty as pipeline_dsl::types::SqlType>::DATA_TYPE
}
