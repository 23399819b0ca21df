//! Every kind of statement that writes rows.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Customers, Latest, Mart, Notes, OrderChanges, Orders, Totals};

pub const CASES: &[Case] = &[
    case::<insert_rows>(&["CALL INSERT_ROWS(7, 'it''s $$ \\\\ \"x\" 🐘')", "CALL INSERT_ROWS(NULL, NULL)"]),
    case::<insert_query>(&["CALL INSERT_QUERY()"]),
    empty::<insert_query>(&["CALL INSERT_QUERY()"]),
    case::<insert_groups>(&["CALL INSERT_GROUPS()"]),
    empty::<insert_groups>(&["CALL INSERT_GROUPS()"]),
    case::<overwrite>(&["CALL OVERWRITE(1000)", "CALL OVERWRITE(0)"]),
    case::<update_rows>(&["CALL UPDATE_ROWS(0.5)", "CALL UPDATE_ROWS(NULL)"]),
    empty::<update_rows>(&["CALL UPDATE_ROWS(1)"]),
    case::<delete_rows>(&["CALL DELETE_ROWS('ann')", "CALL DELETE_ROWS('ann')", "CALL DELETE_ROWS(NULL)"]),
    case::<delete_everything>(&["CALL DELETE_EVERYTHING()", "CALL DELETE_EVERYTHING()"]),
    case::<delete_with_others>(&["CALL DELETE_WITH_OTHERS('EU')"]),
    case::<truncate_table>(&["CALL TRUNCATE_TABLE()"]),
    case::<truncate_in_a_transaction>(&["CALL TRUNCATE_IN_A_TRANSACTION(0)", "CALL TRUNCATE_IN_A_TRANSACTION(2)"]),
    case::<merge_all_clauses>(&["CALL MERGE_ALL_CLAUSES()", "CALL MERGE_ALL_CLAUSES()"]),
    case::<merge_soft_delete>(&["CALL MERGE_SOFT_DELETE()", "SELECT SYSTEM$STREAM_HAS_DATA('ORDER_CHANGES')"]),
    empty::<merge_soft_delete>(&["CALL MERGE_SOFT_DELETE()"]),
    case::<merge_from_table>(&["CALL MERGE_FROM_TABLE()"]),
    case::<execute_text>(&["CALL EXECUTE_TEXT('NOTES', 5)", "CALL EXECUTE_TEXT('NO_SUCH_TABLE', 5)"]),
    case::<write_to_the_log>(&["CALL WRITE_TO_THE_LOG('it''s `$$`')", "CALL WRITE_TO_THE_LOG(NULL)"]),
];

#[procedure(schema = Mart)]
pub fn insert_rows(notes: &mut Notes, id: Option<Integer>, text: Option<Varchar>) -> Integer {
    let first = notes.insert(Notes { id: id, note: text });
    let second = notes.insert(Notes { note: "$$ it's `${text}` \\n \"quoted\"\nsecond line", ..default() });
    let third = notes.insert(Notes { id: 12345678901234567890123456789012345678, note: None });
    first + second + third
}

#[procedure(schema = Mart)]
pub fn insert_query(orders: &Orders, notes: &mut Notes) -> Variant {
    let large = orders.filter(|o| o.amount > 1 && o.customer != None);
    let rows =
        notes.insert(large.select(|o| Notes { id: o.id, note: concat((o.customer, " ", to_varchar(o.amount))) }));
    object! { "rows": rows, "all": notes.count() }
}

#[procedure(schema = Mart)]
pub fn insert_groups(orders: &Orders, totals: &mut Totals) -> Integer {
    totals.insert(orders.group_by(|o| o.customer).having(|_| count() >= 1).select(|o| Totals {
        customer: o.customer,
        orders: count(),
        total: sum(o.amount),
    }))
}

#[procedure(schema = Mart)]
pub fn overwrite(orders: &Orders, totals: &mut Totals, least: Integer) -> Integer {
    totals.insert(Totals { customer: "replaced", orders: 0, total: None });
    let rows = totals.insert_overwrite(orders.filter(|o| o.id > least).select(|o| Totals {
        customer: o.customer,
        orders: 1,
        total: o.amount * 2,
    }));
    rows
}

#[procedure(schema = Mart)]
pub fn update_rows(orders: &mut Orders, rise: Option<Number<10, 2>>) -> Integer {
    let some = orders.filter(|o| o.amount < 100).update(|o| Orders {
        amount: o.amount + rise,
        customer: if o.customer == "ann" { concat((o.customer, "'s $$")) } else { o.customer },
        ..unchanged()
    });
    let none = orders.filter(|o| o.id == -1).update(|_| Orders { customer: None, ..unchanged() });
    some * 10 + none
}

#[procedure(schema = Mart)]
pub fn delete_rows(orders: &mut Orders, customer: Option<Varchar>) -> Integer {
    let rows = orders.filter(|o| o.customer == customer || o.amount > 1000).delete();
    rows
}

#[procedure(schema = Mart)]
pub fn delete_everything(notes: &mut Notes) -> Integer {
    let rows = notes.delete_all();
    rows
}

#[procedure(schema = Mart)]
pub fn delete_with_others(customers: &Customers, orders: &mut Orders, region: Varchar) -> Integer {
    let rows = orders.delete_using(customers, |o, c| o.customer == c.name && c.region == region);
    rows
}

#[procedure(schema = Mart)]
pub fn truncate_in_a_transaction(notes: &mut Notes, number: Integer) -> Integer {
    attempt(
        || {
            transaction(|| {
                notes.truncate();
                notes.insert(Notes { id: round(4 / number), note: "instead" });
            });
        },
        |_error| {
            notes.insert(Notes { id: 0, note: "failed" });
        },
    );
    notes.count()
}

#[procedure(schema = Mart)]
pub fn truncate_table(notes: &mut Notes) -> Integer {
    notes.insert(Notes { id: 1, note: "one more" });
    notes.truncate();
    notes.count()
}

#[procedure(schema = Mart)]
pub fn merge_all_clauses(changes: &OrderChanges, latest: &mut Latest) -> Variant {
    let rows = transaction(|| {
        latest
            .merge(changes.latest_by(|c| c.id, |c| c.ordered_at.desc()))
            .on(|t| t.order_id)
            .delete_removed()
            .update(|t, c| Latest { amount: coalesce(t.amount, 0.00) + c.amount, ..unchanged() })
            .insert(|c| Latest { order_id: c.id, customer: c.customer, amount: c.amount, ..default() })
            .run()
    });
    object! { "rows": rows }
}

#[procedure(schema = Mart)]
pub fn merge_soft_delete(changes: &OrderChanges, latest: &mut Latest) -> Integer {
    let rows = latest
        .merge(changes.latest_by(|c| c.id, |c| c.ordered_at))
        .on(|t| t.order_id)
        .update_removed(|_, _| Latest { active: false, ..unchanged() })
        .insert(|c| Latest { order_id: c.id, ..default() })
        .run();
    rows
}

#[procedure(schema = Mart)]
pub fn merge_from_table(orders: &Orders, latest: &mut Latest) -> Integer {
    latest
        .merge(orders.filter(|o| o.id < 100).latest_by(|o| o.id, |o| o.ordered_at.desc()))
        .on(|t| t.order_id)
        .update(|_, o| Latest { customer: o.customer, ..unchanged() })
        .insert(|o| Latest { order_id: o.id, customer: upper(o.customer), amount: o.amount, active: false })
        .run()
}

#[procedure(schema = Mart, allow("execute-injection"))]
pub fn execute_text(notes: &mut Notes, table_name: Varchar, id: Integer) -> Integer {
    let text = "it's a bind $$";
    let bound = id;
    let statement = concat(("INSERT INTO LAB.MART.", table_name, " SELECT ?, ?"));
    execute_immediate(statement, (bound, text));
    notes.insert(Notes { id: id, note: statement });
    execute_immediate("UPDATE LAB.MART.NOTES SET NOTE = NOTE || '!' WHERE ID IS NOT NULL", ());
    notes.count()
}

#[procedure(schema = Mart)]
pub fn write_to_the_log(orders: &Orders, text: Option<Varchar>) -> Integer {
    log(LogLevel::Info, concat(("text: ", text)));
    log(LogLevel::Warn, "nothing to see");
    orders.count()
}
