//! A body of a thousand statements expands, compiles and renders.
#![allow(missing_docs)]

use pipeline_dsl::prelude::*;

#[database]
pub struct Shop;
#[schema(database = Shop)]
pub struct Mart;

#[table(schema = Mart)]
pub struct Notes {
    pub id: Option<Integer>,
    pub note: Option<Varchar>,
}

/// A procedure whose statements are repeated four times for each `x`.
macro_rules! repeated {
    ([x $($more:tt)*] $parameters:tt $head:tt { $($statements:tt)* } $tail:tt) => {
        repeated! { [$($more)*] $parameters $head { $($statements)* $($statements)* $($statements)* $($statements)* } $tail }
    };
    ([] ($($parameters:tt)*) { $($head:tt)* } { $($statements:tt)* } { $($tail:tt)* }) => {
        #[procedure(schema = Mart)]
        pub fn many($($parameters)*) -> Integer {
            $($head)*
            $($statements)*
            $($tail)*
        }
    };
}

repeated! {
    [x x x x]
    (notes: &mut Notes, least: Integer)
    {
        let mut sum = least;
    }
    {
        let next = sum + 1;
        if next > 10 && sum != 3 {
            notes.insert(Notes { id: next, note: "large" });
        } else {
            sum += next;
        }
    }
    {
        sum
    }
}

#[test]
fn a_thousand_statements_are_no_burden() {
    let sql = many::NODE.get().create();
    assert_eq!(sql.matches("INSERT INTO").count(), 256);
    assert!(sql.contains("next_256 := sum + 1;"));
}
