//! What `cargo run --example customer_dimension` shows after it has deployed.

use pipeline_dsl::prelude::*;
use pipeline_runtime::{Error, Tour};

use super::{Customer, CustomerChanges, CustomerDim, KeepCustomers};

/// Changes, removes and adds customers, and shows what became of the dimension.
pub(super) async fn tour(mut tour: Tour) -> Result<(), Error> {
    tour.load_samples().await?;
    tour.await_consumption::<KeepCustomers, CustomerChanges>().await?;
    tour.say("changes in one transaction");
    tour.transaction(&[
        (
            "change a customer twice",
            sql!("UPDATE {Customer} SET SEGMENT = 'KEY', UPDATED_AT = CURRENT_TIMESTAMP() WHERE ID = 2"),
        ),
        (
            "and again",
            sql!("UPDATE {Customer} SET NAME = 'Customer 2 & Sons', UPDATED_AT = CURRENT_TIMESTAMP() WHERE ID = 2"),
        ),
        ("remove a customer", sql!("DELETE FROM {Customer} WHERE ID = 3")),
        (
            "add a customer",
            sql!("INSERT INTO {Customer} (ID, NAME, SEGMENT) SELECT MAX(ID) + 1, 'New customer', 'PRIVATE' FROM {Customer}"),
        ),
    ])
    .await?;
    tour.await_consumption::<KeepCustomers, CustomerChanges>().await?;
    tour.show(
        "the dimension",
        sql!(
            "SELECT CUSTOMER_ID, NAME, SEGMENT, CHANGED_AT, REMOVED_AT
             FROM {CustomerDim}
             WHERE CUSTOMER_ID <= 4 OR CUSTOMER_ID > 200
             ORDER BY CUSTOMER_ID"
        ),
    )
    .await?;
    tour.show_times();
    Ok(())
}
