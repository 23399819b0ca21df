//! What `cargo run --example cba` shows after it has deployed.

use pipeline_dsl::prelude::*;
use pipeline_runtime::{Error, Tour};

use super::{PipelineRun, StreamTableA, TableA, TableB, TaskProcessTableAIncremental};

/// Loads the sample data, changes some of it, and shows what the task made of it.
pub(super) async fn tour(mut tour: Tour) -> Result<(), Error> {
    tour.say("sample data");
    tour.load_samples().await?;
    tour.await_consumption::<TaskProcessTableAIncremental, StreamTableA>().await?;

    tour.say("changes in one transaction");
    let changes = [
        (
            "insert two transactions",
            sql!(
                "INSERT INTO {TableA} (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT, TRANSACTION_TYPE)
                 VALUES ('CUST_TOUR', '2026-11-01 09:30:00', 120.50, 'PURCHASE'), ('CUST_TOUR', '2026-11-01 17:05:00', 19.99, 'REFUND')"
            ),
        ),
        (
            "correct an amount",
            sql!("UPDATE {TableA} SET AMOUNT = AMOUNT + 1, UPDATED_AT = CURRENT_TIMESTAMP() WHERE ID = (SELECT MIN(ID) FROM {TableA})"),
        ),
        ("delete a transaction", sql!("DELETE FROM {TableA} WHERE ID = (SELECT MAX(ID) FROM {TableA} WHERE CUSTOMER_ID <> 'CUST_TOUR')")),
    ];
    tour.transaction(&changes).await?;
    tour.await_consumption::<TaskProcessTableAIncremental, StreamTableA>().await?;

    tour.show(
        "what reached TABLE_B",
        sql!(
            "SELECT ID, CUSTOMER_ID, AMOUNT, TRANSACTION_TYPE, STREAM_ACTION, SOURCE_SYSTEM, LEFT(BATCH_ID, 8) AS BATCH
             FROM {TableB}
             ORDER BY ID, STREAM_ACTION
             LIMIT 20"
        ),
    )
    .await?;
    tour.show(
        "the last runs",
        sql!(
            "SELECT LEFT(BATCH_ID, 8) AS BATCH, STATUS, ROW_COUNT, FINISHED_AT, ERROR_MESSAGE
             FROM {PipelineRun}
             ORDER BY FINISHED_AT DESC
             LIMIT 5"
        ),
    )
    .await?;
    tour.show_times();
    Ok(())
}
