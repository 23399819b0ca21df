//! Arithmetic of numbers: what Rust says about precision and scale is what the engine's columns have.

use std::cell::RefCell;

use pipeline_dsl::expr::function::rounded;
use pipeline_dsl::expr::literal::number;
use pipeline_dsl::expr::operator::{add, div, mul, neg, rem, sub};
use pipeline_dsl::expr::{Expr, IntoExpr};
use pipeline_dsl::prelude::*;
use pipeline_dsl::query::{Item, Selection, item, reading, view_to_sql};
use pipeline_dsl::types::SqlType;
use pipeline_tests::server::{Engine, rows};

use crate::tables::Mart;

/// Numbers of all shapes.
#[table(schema = Mart)]
pub struct Shapes {
    pub id: Integer,
    pub small: Number<3, 0>,
    pub price: Number<10, 2>,
    pub rate: Option<Number<5, 5>>,
    pub fine: Number<20, 12>,
    pub finer: Number<30, 20>,
    pub finest: Number<38, 37>,
    pub wide: Option<Number<36, 2>>,
}

thread_local! {
    static TYPES: RefCell<Vec<(String, String)>> = const { RefCell::new(vec![]) };
}

/// A column that remembers which type Rust gives it.
fn column<V: IntoExpr>(what: &str, value: V) -> Item {
    let count = TYPES.with_borrow_mut(|types| {
        types.push((what.to_owned(), V::Ty::DATA_TYPE.to_string()));
        types.len()
    });
    item(Box::leak(format!("C{count}").into_boxed_str()), value)
}

macro_rules! shapes {
    ($($name:ident)+) => {
        fn pairs() -> Selection {
            let row = reading::<Shapes>();
            row.columns(|row| {
                let mut items = vec![];
                $({
                    let left: Expr<_> = row.$name.into_expr();
                    let name = stringify!($name);
                    items.extend([
                        column(&format!("round({name})"), round(left)),
                        column(&format!("ceil({name})"), ceil(left)),
                        column(&format!("trunc({name})"), trunc(left)),
                        column(&format!("round({name}, 1)"), rounded::<1, _, _>("ROUND", left)),
                        column(&format!("-{name}"), neg(left)),
                        column(&format!("abs({name})"), abs(left)),
                        column(&format!("{name} + 7"), add(left, number::<1, 0>("7"))),
                        column(&format!("{name} * 0.25"), mul(left, number::<2, 2>("0.25"))),
                        column(&format!("{name} * -12.50"), mul(left, number::<4, 2>("-12.50"))),
                        column(&format!("coalesce({name}, 100)"), coalesce(left, number::<3, 0>("100"))),
                    ]);
                    shapes!(@right items row left name $name);
                })+
                pipeline_dsl::query::items::<COUNT>(items.try_into().expect("as many as there are"))
            })
        }
    };
    (@right $items:ident $row:ident $left:ident $text:ident $name:ident) => {
        shapes!(@all $items $row $left $text [small price rate fine finer finest wide]);
    };
    (@all $items:ident $row:ident $left:ident $text:ident [$($right:ident)+]) => {
        $(
            let (right, other) = ($row.$right, stringify!($right));
            $items.extend([
                column(&format!("{} + {other}", $text), add($left, right)),
                column(&format!("{} - {other}", $text), sub($left, right)),
                column(&format!("{} * {other}", $text), mul($left, right)),
                column(&format!("{} / {other}", $text), div($left, right)),
                column(&format!("{} % {other}", $text), rem($left, right)),
                column(&format!("least({}, {other})", $text), least($left, right)),
            ]);
        )+
    };
}

const SHAPES: usize = 7;
const COUNT: usize = SHAPES * (10 + SHAPES * 6);

shapes! { small price rate fine finer finest wide }

#[tokio::test(flavor = "multi_thread")]
async fn arithmetic_has_the_types_that_rust_says() {
    let sql = view_to_sql(pairs);
    let engine = Engine::start(None).await;
    let session = engine.connect("ACCOUNTADMIN").await;
    for statement in ["CREATE DATABASE LAB", "CREATE SCHEMA LAB.MART", &Shapes::NODE.get().create()] {
        rows(&session, statement).await;
    }
    rows(&session, &format!("CREATE TABLE LAB.MART.RESULTS AS {sql}")).await;
    let described = rows(&session, "DESCRIBE TABLE LAB.MART.RESULTS").await;
    engine.shutdown().await;

    let types = TYPES.take();
    assert_eq!((described.len(), types.len()), (COUNT, COUNT));
    let different: Vec<_> = described
        .iter()
        .zip(&types)
        .filter(|(found, (_, expected))| found[1] != *expected)
        .map(|(found, (what, expected))| format!("{what}: {} in the engine, {expected} in Rust", found[1]))
        .collect();
    assert!(different.is_empty(), "{} differ\n{}", different.len(), different.join("\n"));
}
