//! What `cargo run --example task_graph` shows after it has deployed.

use pipeline_dsl::prelude::*;
use pipeline_runtime::{Error, Tour};

use super::{CustomerTurnover, DailyTurnover, LoadOrders, NewOrders, ReportRun, ShopOrder};

/// Lets the graph run once over new orders and shows the reports.
pub(super) async fn tour(mut tour: Tour) -> Result<(), Error> {
    tour.load_samples().await?;
    tour.await_consumption::<LoadOrders, NewOrders>().await?;
    tour.execute(
        "a new order",
        sql!("INSERT INTO {ShopOrder} (CUSTOMER, ORDERED_ON, AMOUNT) VALUES ('Customer 0', '2026-03-09', 99.90)"),
    )
    .await?;
    tour.await_consumption::<LoadOrders, NewOrders>().await?;
    for (title, query) in [
        ("turnover by day", sql!("SELECT * FROM {DailyTurnover} ORDER BY ORDERED_ON")),
        ("turnover by customer", sql!("SELECT * FROM {CustomerTurnover} ORDER BY CUSTOMER")),
        ("runs of the graph", sql!("SELECT * FROM {ReportRun} ORDER BY ENDED_AT DESC LIMIT 5")),
    ] {
        tour.show(title, query).await?;
    }
    tour.show_times();
    Ok(())
}
