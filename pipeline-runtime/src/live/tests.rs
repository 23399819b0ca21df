//! Streams and tasks of a small pipeline against what an account may have of them.

use pipeline_dsl::{object::Definition, prelude::*};

use super::{
    stream::{self, LiveStream},
    task::{self, LiveTask},
};

#[database]
struct Db;
#[schema(database = Db)]
struct Main;
#[warehouse(size = XSmall)]
struct Wh;
#[table(schema = Main)]
#[expect(dead_code, reason = "nobody makes rows of it")]
struct Orders {
    id: Integer,
}
#[stream(on = Orders)]
struct Changes;
#[task(schema = Main, warehouse = Wh, schedule = "5 minutes", when = has_data(Changes), sql = "DELETE FROM {Orders} USING {Changes}")]
struct Root;
#[task(schema = Main, warehouse = Wh, after(Root), sql = "SELECT 1", timeout = "1 hour")]
struct Child;

fn live_root() -> LiveTask {
    LiveTask {
        warehouse: Some("WH".into()),
        schedule: Some("5 MINUTE".into()),
        condition: Some("system$stream_has_data('DB.MAIN.CHANGES')".into()),
        definition: "delete from DB.MAIN.ORDERS using DB.MAIN.CHANGES".into(),
        ..LiveTask::default()
    }
}

fn compared(task: &dyn Fn() -> (pipeline_dsl::node::NodeRef, LiveTask), parameter: Option<&str>) -> String {
    let (node, live) = task();
    let Definition::Task(definition) = &node.get().definition else { panic!("no task") };
    let (details, help) = task::compare(node.get().name, definition, &live, |_| parameter.map(ToOwned::to_owned));
    details.into_iter().chain(help).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_task_that_only_looks_different_is_the_same() {
    assert_eq!(compared(&|| (Root::NODE, live_root()), None), "");
}

#[test]
fn every_property_of_a_task_is_compared() {
    let changed = LiveTask {
        warehouse: None,
        schedule: Some("USING CRON 0 9 * * * UTC".into()),
        condition: None,
        definition: "DELETE FROM DB.MAIN.ORDERS WHERE ID = 1".into(),
        error_integration: Some("TELL".into()),
        ..live_root()
    };
    insta::assert_snapshot!(compared(&|| (Root::NODE, changed.clone()), None));
    let orphan = LiveTask { warehouse: Some("WH".into()), definition: "SELECT 1".into(), ..LiveTask::default() };
    insta::assert_snapshot!(compared(&|| (Child::NODE, orphan.clone()), Some("60000")));
}

#[test]
fn a_stream_that_cannot_be_altered_is_told_with_the_way_out() {
    let Definition::Stream(definition) = &Changes::NODE.get().definition else { panic!("no stream") };
    let live = |table: &str, mode: &str, stale| LiveStream { table: table.into(), mode: mode.into(), stale };
    let compared = |live: LiveStream| {
        let (details, help) = stream::compare("DB.MAIN.CHANGES", definition, &live);
        details.into_iter().chain(help).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(compared(live("DB.MAIN.ORDERS", "DEFAULT", false)), "");
    insta::assert_snapshot!(compared(live("DB.MAIN.OTHER", "APPEND_ONLY", false)));
    insta::assert_snapshot!(compared(live("DB.MAIN.ORDERS", "DEFAULT", true)));
}
