//! One body, two procedures: what a pipeline does in Snowflake Scripting it does in JavaScript.
#![allow(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::pipeline::PipelineDef;
use pipeline_dsl::script::{Action, scripts};
use pipeline_tests::server::{Engine, rows, try_rows};

/// The same pipeline, its procedures in one of the languages.
macro_rules! shop_in {
    ($module:ident, $language:ident) => {
        pub mod $module {
            use pipeline_dsl::prelude::*;

            #[database]
            pub struct Shop;
            #[schema(database = Shop)]
            pub struct Mart;
            #[warehouse(size = XSmall, auto_suspend = "60 seconds")]
            pub struct ShopWh;
            #[role]
            pub struct ShopRole;

            #[table(schema = Mart)]
            pub struct Orders {
                pub id: Integer,
                pub customer: Option<Varchar<50>>,
                pub amount: Option<Number<10, 2>>,
                pub ordered_at: Option<TimestampNtz>,
            }

            #[table(schema = Mart)]
            pub struct Batch {
                #[column(flatten)]
                pub order: Orders,
                pub action: Option<Varchar<10>>,
            }

            #[table(schema = Mart)]
            pub struct Notes {
                pub id: Option<Integer>,
                pub note: Option<Varchar>,
            }

            #[stream(on = Orders)]
            pub struct OrdersStream;

            #[procedure(schema = Mart, language = $language)]
            pub fn load(changes: &OrdersStream, batch: &mut Batch, notes: &mut Notes) -> Variant {
                on_error(|_error| {
                    notes.insert(Notes { id: 0, note: "failed" });
                });
                let (rows, inserts, updates) = transaction(|| {
                    let (inserts, updates) =
                        changes.aggregate(|c| (count_if(c.is_inserted()), count_if(c.is_updated())));
                    let rows = batch.insert_overwrite(changes.select(|c| Batch { order: c.row(), action: c.action() }));
                    (rows, inserts, updates)
                });
                object! { "rows": rows, "inserts": inserts, "updates": updates }
            }

            #[procedure(schema = Mart, language = $language)]
            pub fn flow(orders: &Orders, notes: &mut Notes, least: Integer, kind: Varchar) -> Varchar {
                let mut left = least;
                while left > 0 {
                    left -= 1;
                    if left == 3 {
                        continue;
                    }
                    notes.insert(Notes { id: left, note: "it's `left` $ \\ \"quoted\"" });
                }
                for number in 1..=3 {
                    notes.insert(Notes { id: number, note: kind });
                }
                for (id, customer) in orders.values(|o| (o.id, upper(o.customer))) {
                    notes.insert(Notes { id: id, note: customer });
                }
                match kind {
                    "a" | "b" => "early",
                    _ => {
                        let shown = to_varchar(orders.count());
                        concat((kind, shown))
                    }
                }
            }

            #[task(schema = Mart, warehouse = ShopWh, schedule = "1 hour", when = has_data(OrdersStream), call = load)]
            pub struct LoadTask;

            pipeline! {
                /// Loads changes.
                pub ShopPipeline(role = ShopRole) [LoadTask, flow]
            }
        }
    };
}

shop_in!(in_sql, sql);
shop_in!(in_javascript, javascript);

/// What there is to see after each statement: its rows or that it failed, and then the tables and the stream.
async fn outcomes(definition: &PipelineDef) -> Vec<String> {
    let engine = Engine::start(None).await;
    let session = engine.connect("ACCOUNTADMIN").await;
    for step in scripts(definition).iter().filter(|script| script.number < 6).flat_map(|script| &script.steps) {
        if matches!(step.action, Action::UseRole | Action::UseContext | Action::Create | Action::Alter | Action::Grant)
        {
            rows(&session, &step.sql).await;
        }
    }
    let mut seen = Vec::new();
    for statement in [
        "CALL SHOP.MART.LOAD()",
        "INSERT INTO SHOP.MART.ORDERS VALUES
            (1, 'a''b', 12.50, '2026-01-02 03:04:05.678901'),
            (9007199254740993, NULL, NULL, NULL),
            (3, '$$ \\\\ `x` \"y\"', -0.01, '1969-12-31 23:59:59')",
        "CALL SHOP.MART.LOAD()",
        "CALL SHOP.MART.FLOW(5, 'a')",
        "CALL SHOP.MART.FLOW(0, 'it''s $$')",
        "UPDATE SHOP.MART.ORDERS SET AMOUNT = 99999999.99 WHERE ID <> 3",
        "DELETE FROM SHOP.MART.ORDERS WHERE ID = 3",
        "CALL SHOP.MART.LOAD()",
        "ALTER TABLE SHOP.MART.BATCH ALTER COLUMN CUSTOMER SET NOT NULL",
        "DELETE FROM SHOP.MART.BATCH",
        "ALTER TABLE SHOP.MART.BATCH ALTER COLUMN CUSTOMER SET NOT NULL",
        "INSERT INTO SHOP.MART.ORDERS (ID) VALUES (4)",
        "CALL SHOP.MART.LOAD()",
        "ALTER TABLE SHOP.MART.BATCH ALTER COLUMN CUSTOMER DROP NOT NULL",
        "CALL SHOP.MART.LOAD()",
    ] {
        let outcome = try_rows(&session, statement).await.map_err(|_| "failed");
        seen.push(format!("{statement}\n    {outcome:?}"));
        for look in [
            "SELECT * FROM SHOP.MART.BATCH ORDER BY ID, ACTION",
            "SELECT * FROM SHOP.MART.NOTES ORDER BY ID, NOTE",
            "SELECT ID, METADATA$ACTION FROM SHOP.MART.ORDERS_STREAM ORDER BY ID, METADATA$ACTION",
        ] {
            seen.push(format!("    {look}\n        {:?}", rows(&session, look).await));
        }
    }
    engine.shutdown().await;
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn both_languages_do_the_same() {
    use pipeline_dsl::prelude::Pipeline;
    let sql = outcomes(in_sql::ShopPipeline::DEFINITION).await;
    let javascript = outcomes(in_javascript::ShopPipeline::DEFINITION).await;
    assert!(sql.iter().any(|line| line.contains("9007199254740993")), "{}", sql.join("\n"));
    assert_eq!(
        sql.iter().filter(|line| line.contains("\"failed\"") && line.starts_with("CALL")).count(),
        1,
        "{}",
        sql.join("\n")
    );
    assert_eq!(sql.join("\n"), javascript.join("\n"));
}
