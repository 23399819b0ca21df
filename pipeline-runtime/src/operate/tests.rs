//! When a run of a task graph is over, and how the pipeline's tasks are found and ordered.

use pipeline_dsl::{node::Kind, prelude::*};

use super::{Run, run::ended};
use crate::{hint::Hints, model::Model};

#[database]
struct Db;
#[schema(database = Db)]
struct Main;
#[warehouse(size = XSmall)]
struct Wh;
#[role]
struct Owner;
#[task(schema = Main, warehouse = Wh, schedule = "5 minutes", sql = "SELECT 1")]
struct Root;
#[task(schema = Main, warehouse = Wh, after(Root), sql = "SELECT 2")]
struct First;
#[task(schema = Main, warehouse = Wh, after(Root), sql = "SELECT 3")]
struct Second;
#[task(schema = Main, warehouse = Wh, after(First, Second), sql = "SELECT 4")]
struct Both;
#[task(schema = Main, warehouse = Wh, finalize = Root, sql = "SELECT 5")]
struct Last;
#[task(schema = Main, warehouse = Wh, schedule = "1 hour", sql = "SELECT 6")]
struct Alone;

pipeline! { Graph(role = Owner) [Both, Last, Alone] }

fn run(name: &str, state: &str) -> Run {
    Run {
        name: name.into(),
        schema: "MAIN".into(),
        state: state.into(),
        scheduled_from: "EXECUTE_TASK".into(),
        run_id: name.into(),
        group: "G1".into(),
        query_id: None,
        error: None,
        return_value: None,
        scheduled: None,
        started: None,
        completed: None,
    }
}

#[test]
fn a_graph_is_over_when_nothing_more_can_be_expected() {
    let model = Model::new(Graph::DEFINITION);
    let graph = model.graph_of(Root::NODE.get());
    let cases: &[(&[(&str, &str)], bool)] = &[
        (&[("ROOT", "EXECUTING")], false),
        (&[("ROOT", "SUCCEEDED")], false),
        (&[("ROOT", "SUCCEEDED"), ("FIRST", "SUCCEEDED"), ("SECOND", "EXECUTING")], false),
        (&[("ROOT", "SUCCEEDED"), ("FIRST", "SUCCEEDED"), ("SECOND", "SUCCEEDED"), ("BOTH", "SUCCEEDED")], false),
        (
            &[
                ("ROOT", "SUCCEEDED"),
                ("FIRST", "SUCCEEDED"),
                ("SECOND", "SUCCEEDED"),
                ("BOTH", "SUCCEEDED"),
                ("LAST", "SUCCEEDED"),
            ],
            true,
        ),
        // BOTH follows one that failed, so that it never comes; the finalizer does.
        (&[("ROOT", "SUCCEEDED"), ("FIRST", "FAILED"), ("SECOND", "SUCCEEDED")], false),
        (&[("ROOT", "SUCCEEDED"), ("FIRST", "FAILED"), ("SECOND", "SUCCEEDED"), ("LAST", "SUCCEEDED")], true),
        (&[("ROOT", "FAILED"), ("LAST", "SUCCEEDED")], true),
        // A root that was skipped has no finalizer either.
        (&[("ROOT", "SKIPPED")], true),
    ];
    for (states, expected) in cases {
        let runs: Vec<Run> = states.iter().map(|(name, state)| run(name, state)).collect();
        assert_eq!(ended(&graph, &runs[0], &runs).is_some(), *expected, "{states:?}");
    }
}

#[test]
fn runs_of_another_group_do_not_count() {
    let model = Model::new(Graph::DEFINITION);
    let graph = model.graph_of(Root::NODE.get());
    let mut runs: Vec<Run> =
        ["ROOT", "FIRST", "SECOND", "BOTH", "LAST"].into_iter().map(|name| run(name, "SUCCEEDED")).collect();
    runs[4].group = "G0".into();
    assert!(ended(&graph, &runs[0], &runs).is_none());
}

#[test]
fn tasks_are_found_by_name_and_know_their_root() {
    let model = Model::new(Graph::DEFINITION);
    let names = |nodes: Vec<&pipeline_dsl::node::Node>| nodes.iter().map(|node| node.name).collect::<Vec<_>>();
    let mut roots = names(model.roots());
    roots.sort_unstable();
    assert_eq!(roots, ["ALONE", "ROOT"]);
    for name in ["BOTH", "both", "DB.MAIN.BOTH", "Both"] {
        let task = model.find(Kind::Task, name).expect("it is there");
        assert_eq!(model.root_of(task).name, "ROOT", "{name}");
    }
    assert_eq!(model.root_of(Last::NODE.get()).name, "ROOT");
    let order = names(model.graph.resume_order());
    let position = |name| order.iter().position(|known| *known == name);
    for (child, root) in [("BOTH", "FIRST"), ("FIRST", "ROOT"), ("LAST", "ROOT")] {
        assert!(position(child) < position(root), "{child} is resumed before {root}: {order:?}");
    }
    let error = model.find(Kind::Task, "NOPE").expect_err("there is none");
    assert_eq!(error.to_string(), "the pipeline has no task `NOPE`");
    assert!(error.hints()[0].contains("`DB.MAIN.ALONE`"), "{:?}", error.hints());
}
