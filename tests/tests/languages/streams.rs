//! What procedures do with streams and transactions.

use pipeline_dsl::prelude::*;

use crate::support::{Case, case, empty};
use crate::tables::{Batch, Latest, Mart, NewOrders, Notes, OrderChanges, Orders, Totals};

pub const CASES: &[Case] = &[
    case::<takes_all>(&[
        "CALL TAKES_ALL()",
        "CALL TAKES_ALL()",
        "UPDATE ORDERS SET AMOUNT = AMOUNT + 1 WHERE ID IN (2, 3)",
        "CALL TAKES_ALL()",
    ]),
    empty::<takes_all>(&["CALL TAKES_ALL()", "INSERT INTO ORDERS (ID) VALUES (1)", "CALL TAKES_ALL()"]),
    case::<only_looks>(&["CALL ONLY_LOOKS()", "CALL ONLY_LOOKS()"]),
    case::<takes_some>(&["CALL TAKES_SOME()"]),
    case::<takes_twice_in_one>(&["CALL TAKES_TWICE_IN_ONE()"]),
    case::<appends>(&["CALL APPENDS()", "CALL APPENDS()"]),
    case::<loops_over_changes>(&["CALL LOOPS_OVER_CHANGES()"]),
    case::<deletes_what_changed>(&["CALL DELETES_WHAT_CHANGED()"]),
    case::<two_transactions>(&["CALL TWO_TRANSACTIONS()"]),
    case::<SpOverwrite>(&["CALL SP_OVERWRITE()", "CALL SP_OVERWRITE()"]),
    case::<SpAppend>(&["CALL SP_APPEND()", "CALL SP_APPEND()"]),
    case::<SpMerge>(&["CALL SP_MERGE()", "DELETE FROM ORDERS WHERE ID = 10", "CALL SP_MERGE()"]),
    empty::<SpMerge>(&["CALL SP_MERGE()"]),
];

#[procedure(schema = Mart)]
pub fn takes_all(changes: &OrderChanges, batch: &mut Batch, notes: &mut Notes) -> Variant {
    let batch_id = uuid_string();
    on_error(|_error| {
        notes.insert(Notes { id: 0, note: "failed" });
    });
    let (rows, inserts, updates, deletes) = transaction(|| {
        let (inserts, updates, deletes) =
            changes.aggregate(|c| (count_if(c.is_inserted()), count_if(c.is_updated()), count_if(c.is_deleted())));
        let rows = batch.insert_overwrite(changes.select(|c| Batch {
            order: c.row(),
            action: if c.is_update() { concat((c.action(), "*")) } else { c.action() },
            batch_id: batch_id,
        }));
        (rows, inserts, updates, deletes)
    });
    notes.insert(Notes { id: rows, note: "taken" });
    object! { "rows": rows, "inserts": inserts, "updates": updates, "deletes": deletes, "length": length(batch_id) }
}

#[procedure(schema = Mart)]
pub fn only_looks(changes: &OrderChanges) -> Variant {
    let (rows, newest) = changes.aggregate(|c| (count(), max(c.ordered_at)));
    let any_deleted = changes.filter(|c| c.is_deleted()).exists();
    object! { "rows": rows, "newest": to_varchar(newest), "any_deleted": any_deleted }
}

#[procedure(schema = Mart, allow("stream-rows-dropped"))]
pub fn takes_some(changes: &OrderChanges, batch: &mut Batch) -> Integer {
    let rows = batch.insert(changes.filter(|c| c.is_inserted() && c.amount != None).select(|c| Batch {
        order: c.row(),
        action: "new",
        ..default()
    }));
    rows
}

#[procedure(schema = Mart)]
pub fn takes_twice_in_one(changes: &OrderChanges, batch: &mut Batch, totals: &mut Totals) -> Integer {
    transaction(|| {
        batch.insert(changes.select(|c| Batch { order: c.row(), action: c.action(), ..default() }));
        totals.insert(changes.group_by(|c| c.customer).select(|c| Totals {
            customer: c.customer,
            orders: count(),
            total: sum(c.amount),
        }));
    });
    totals.count()
}

#[procedure(schema = Mart)]
pub fn appends(new: &NewOrders, batch: &mut Batch) -> Integer {
    batch.insert(new.select(|o| Batch { order: o.row(), action: o.action(), ..default() }))
}

#[procedure(schema = Mart)]
pub fn loops_over_changes(changes: &OrderChanges, notes: &mut Notes) -> Integer {
    let mut turns = 0;
    for (id, action, is_update) in changes.order_by(|c| c.id).values(|c| (c.id, c.action(), c.is_update())) {
        turns += 1;
        notes.insert(Notes { id: id, note: if is_update { lower(action) } else { action } });
    }
    turns
}

#[procedure(schema = Mart)]
pub fn deletes_what_changed(changes: &OrderChanges, latest: &mut Latest) -> Integer {
    let rows = latest.delete_using(changes, |l, c| l.order_id == c.id && c.action() == "DELETE");
    rows
}

#[procedure(schema = Mart)]
pub fn two_transactions(orders: &mut Orders, notes: &mut Notes) -> Integer {
    let first = transaction(|| orders.filter(|o| o.amount > 10).delete());
    let second = transaction(|| {
        let rows = orders.filter(|o| o.amount == None).update(|_| Orders { amount: 0, ..unchanged() });
        for number in 1..=2 {
            notes.insert(Notes { id: number * rows, note: "in the transaction" });
        }
        rows
    });
    first * 10 + second
}

#[procedure(
    schema = Mart,
    from = OrderChanges,
    into = Batch,
    mode = overwrite,
    set(order = c.row(), action = c.action(), batch_id = batch_id),
)]
pub struct SpOverwrite;

#[procedure(schema = Mart, from = NewOrders, into = Batch, mode = append, set(order = c.row(), action = "new"))]
pub struct SpAppend;

#[procedure(
    schema = Mart,
    from = OrderChanges,
    into = Orders2,
    mode = merge(key = id, latest = ordered_at),
)]
pub struct SpMerge;

/// The orders as the stream tells of them.
#[table(schema = Mart)]
pub struct Orders2 {
    pub id: Integer,
    pub customer: Option<Varchar<50>>,
    pub amount: Option<Number<10, 2>>,
}
