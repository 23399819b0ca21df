//! Random queries: one of the forms of a query with random expressions in it.

use std::cell::RefCell;

use pipeline_dsl::expr::function::*;
use pipeline_dsl::expr::operator::{eq, gt};
use pipeline_dsl::expr::{Expr, IntoExpr};
use pipeline_dsl::prelude::row;
use pipeline_dsl::query::{AssignRow, Item, Items, Query, RowLiteral, Selection, item, items, reading, view_to_sql};
use pipeline_dsl::types::{Boolean, DataType};

use super::expressions::{Any, Leaves, Tape, data_type, with_any};
use super::{COLUMNS, Cells, CellsColumns, NAMES};

/// The rows of a query with the same columns.
#[row]
pub(super) struct Again {
    #[column(flatten)]
    pub(super) cells: Cells,
}

/// The columns of a row as the leaves of expressions.
pub(super) fn leaves(row: CellsColumns) -> Leaves {
    Leaves {
        whole: row.whole.into_expr(),
        price: row.price.into_expr(),
        ratio: row.ratio.into_expr(),
        label: row.label.into_expr(),
        flag: row.flag.into_expr(),
        day: row.day.into_expr(),
        at: row.at.into_expr(),
    }
}

thread_local! {
    /// The tape of the query that is being built, and what types its columns have.
    static STATE: RefCell<(Vec<u8>, Vec<DataType>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// A query in SQL, and the types of its columns.
pub(super) fn query(choices: &[u8]) -> (String, Vec<DataType>) {
    STATE.set((choices.to_vec(), vec![]));
    let sql = view_to_sql(build);
    (sql, STATE.take().1)
}

fn build() -> Selection {
    let choices = STATE.with_borrow(|(choices, _)| choices.clone());
    let mut tape = Tape::new(&choices);
    let cells = reading::<Cells>();
    let form = tape.below(11);
    // Each closure has a tape of its own, from which both sides of a UNION read the same columns.
    let condition = choices.iter().rev().copied().collect::<Vec<_>>();
    let keep = |cells: CellsColumns| leaves(cells).flag(&mut Tape::new(&condition), 3);
    match form {
        0 => cells.columns(|row| plain(&leaves(*row), &choices)),
        1 => cells.filter(|row| keep(*row)).columns(|row| plain(&leaves(*row), &choices)).distinct(),
        2 => cells
            .filter(|row| keep(*row))
            .order_by(|row| leaves(*row).whole(&mut Tape::new(&condition), 2).desc())
            .then_by(|row| row.id)
            .limit(3)
            .columns(|row| plain(&leaves(*row), &choices)),
        3 => cells
            .filter(|row| keep(*row))
            .columns(|row| plain(&leaves(*row), &choices))
            .union_all(cells.columns(|row| plain(&leaves(*row), &choices))),
        4 => cells
            .group_by(|row| leaves(*row).label(&mut Tape::new(&condition), 2))
            .columns(|row| aggregates(&leaves(*row), &choices)),
        5 => cells
            .latest_by(|row| row.label, |row| leaves(*row).at(&mut Tape::new(&condition), 2))
            .columns(|row| plain(&leaves(*row), &choices)),
        6 => cells.filter(|row| keep(*row)).columns(|row| windows(&leaves(*row), &choices)),
        // Queries of queries.
        7 => derived(keep).filter(|row| keep(row.cells)).columns(|row| plain(&leaves(row.cells), &choices)),
        8 => derived(keep)
            .union_all(derived(keep))
            .group_by(|row| row.cells.day)
            .having(|_| gt(count(), 0_i64))
            .columns(|row| aggregates(&leaves(row.cells), &choices)),
        9 => derived(keep)
            .join(cells.filter(|row| keep(*row)), |left, right| eq(left.cells.id, right.id))
            .columns(|left, _| plain(&leaves(left.cells), &choices)),
        _ => cells
            .left_join(derived(keep).latest_by(|row| row.cells.label, |row| row.cells.at), |left, right| {
                eq(left.id, right.cells.id)
            })
            .columns(|left, _| plain(&leaves(*left), &choices)),
    }
}

/// Rows of the table as those of a query.
fn derived(keep: impl FnOnce(CellsColumns) -> Expr<Option<Boolean>>) -> Query<Again> {
    reading::<Cells>().filter(|row| keep(*row)).select(|row| {
        let again = RowLiteral::<Again>::new();
        let values = again.columns().cells.assign(row.row());
        again.insert([values])
    })
}

fn note(index: usize, found: Item, data_type: DataType) -> Item {
    STATE.with_borrow_mut(|(_, types)| {
        types.truncate(index);
        types.push(data_type);
    });
    found
}

fn all(found: Vec<Item>) -> Items {
    items::<COLUMNS>(found.try_into().expect("so many columns"))
}

fn plain(leaves: &Leaves, choices: &[u8]) -> Items {
    let mut tape = Tape::new(choices);
    all((0..COLUMNS)
        .map(|index| with_any!(Any::of(leaves, &mut tape), value => note(index, item(NAMES[index], value), data_type(&value))))
        .collect())
}

fn aggregates(leaves: &Leaves, choices: &[u8]) -> Items {
    let mut tape = Tape::new(choices);
    all((0..COLUMNS)
        .map(|index| {
            let name = NAMES[index];
            macro_rules! of {
                ($value:expr) => {{
                    let value = $value;
                    note(index, item(name, value), data_type(&value))
                }};
            }
            match tape.below(9) {
                0 => of!(count()),
                1 => of!(sum(leaves.whole(&mut tape, 2))),
                2 => of!(sum(leaves.price(&mut tape, 2))),
                3 => of!(avg(leaves.price(&mut tape, 2))),
                4 => of!(min(leaves.label(&mut tape, 2))),
                5 => of!(max(leaves.at(&mut tape, 2))),
                6 => of!(count_if(leaves.flag(&mut tape, 2))),
                7 => of!(count_distinct(leaves.day(&mut tape, 2))),
                _ => of!(sum(leaves.ratio(&mut tape, 1))),
            }
        })
        .collect())
}

fn windows(leaves: &Leaves, choices: &[u8]) -> Items {
    let mut tape = Tape::new(choices);
    all((0..COLUMNS)
        .map(|index| {
            let name = NAMES[index];
            let over_key = window((leaves.flag, leaves.day)).order_by(leaves.whole);
            macro_rules! of {
                ($value:expr) => {{
                    let value = $value;
                    note(index, item(name, value), data_type(&value))
                }};
            }
            match tape.below(7) {
                0 => of!(row_number(over_key)),
                1 => of!(dense_rank(over_key)),
                2 => of!(lag(leaves.price(&mut tape, 2), over_key)),
                3 => of!(lead(leaves.day(&mut tape, 2), over_key)),
                4 => of!(over(sum(leaves.price(&mut tape, 2)), window(leaves.label))),
                5 => of!(over(max(leaves.at(&mut tape, 2)), window(()))),
                _ => of!(first_value(leaves.label(&mut tape, 2), over_key)),
            }
        })
        .collect())
}
