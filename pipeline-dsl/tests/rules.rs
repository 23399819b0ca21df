//! The rules about a whole pipeline. `pipeline!` checks them while compiling; here the same functions run on pipelines
//! that break them.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::__private::{
    Reach, check_consumers, check_cycle, check_finalizers, check_fragments, check_names, check_roots, reach,
};
use pipeline_dsl::node::NodeRef;
use pipeline_dsl::pipeline::PipelineDef;
use pipeline_dsl::prelude::*;

#[database]
pub struct Raw;
#[schema(database = Raw)]
pub struct Work;
#[warehouse]
pub struct Wh;
#[role]
pub struct Loader;

#[table(schema = Work)]
pub struct Orders {
    pub id: Integer,
}
#[table(schema = Work)]
pub struct Copies {
    pub id: Integer,
}
#[table(schema = Work)]
pub struct Elsewhere {
    pub id: Integer,
}
#[stream(on = Orders)]
pub struct Changes;

pub mod twin {
    #[pipeline_dsl::view(schema = super::Work, sql = "SELECT ID FROM {super::Copies}")]
    pub struct Orders;
}

#[procedure(schema = Work)]
pub fn copy(changes: &Changes, copies: &mut Copies) -> Variant {
    let rows = transaction(|| copies.insert(changes.select(|c| Copies { id: c.id })));
    object! { "rows": rows }
}

#[task(schema = Work, warehouse = Wh, schedule = "1 minute", when = has_data(Changes), call = copy)]
pub struct Root;
#[task(schema = Work, warehouse = Wh, schedule = "1 minute", sql = "INSERT INTO {Copies} SELECT ID FROM {Changes}")]
pub struct OtherRoot;
#[task(schema = Work, warehouse = Wh, after(Root, OtherRoot), sql = "SELECT 1")]
pub struct TwoRoots;
#[task(schema = Work, warehouse = Wh, finalize = Root, sql = "SELECT 1")]
pub struct FirstEnd;
#[task(schema = Work, warehouse = Wh, finalize = Root, sql = "SELECT 1")]
pub struct SecondEnd;
#[task(schema = Work, warehouse = Wh, after(Hen), sql = "SELECT 1")]
pub struct Egg;
#[task(schema = Work, warehouse = Wh, after(Chick), sql = "SELECT 1")]
pub struct Hen;
#[task(schema = Work, warehouse = Wh, after(Egg), sql = "SELECT 1")]
pub struct Chick;

const SAMPLES: &[Fragment] = &[sql!("DELETE FROM {Elsewhere}")];
const SCENARIOS: &[Scenario] = &[Scenario { title: "", note: "", steps: SAMPLES }];

type Check = fn(&Reach, &PipelineDef);
const CYCLE: Check = |reach, _| check_cycle(reach);
const NAMES: Check = |reach, _| check_names(reach);
const CONSUMERS: Check = |reach, _| check_consumers(reach);
const FINALIZERS: Check = |reach, _| check_finalizers(reach);
const ROOTS: Check = |reach, _| check_roots(reach);
const FRAGMENTS: Check = check_fragments;
const ALL: [(&str, Check); 6] = [
    ("pipeline-cycle", CYCLE),
    ("pipeline-names", NAMES),
    ("stream-one-consumer", CONSUMERS),
    ("task-one-finalizer", FINALIZERS),
    ("task-one-root", ROOTS),
    ("pipeline-fragment", FRAGMENTS),
];

fn pipeline(objects: &'static [NodeRef]) -> PipelineDef {
    PipelineDef { name: "test", comment: "", role: Loader::NODE, objects, samples: &[], scenarios: &[], at: "rules.rs" }
}

/// The messages of the rules that a pipeline breaks.
fn broken(pipeline: PipelineDef) -> Vec<(&'static str, String)> {
    let reached = reach(&pipeline);
    ALL.iter()
        .filter_map(|(rule, check)| {
            let panic = std::panic::catch_unwind(|| check(&reached, &pipeline)).err()?;
            Some((*rule, panic.downcast_ref::<String>().unwrap().clone()))
        })
        .collect()
}

#[test]
fn a_sound_pipeline_breaks_no_rule() {
    let sound = PipelineDef { samples: &[], ..pipeline(&[Root::NODE, FirstEnd::NODE, Orders::NODE]) };
    assert_eq!(broken(sound), []);
}

#[test]
fn each_rule_names_what_breaks_it() {
    for (objects, rule, parts) in [
        (
            &[Egg::NODE] as &'static [NodeRef],
            "pipeline-cycle",
            &["`Egg` (", "-> `Hen` (", "-> `Chick` (", "-> `Egg` ("] as &[&str],
        ),
        (
            &[Orders::NODE, twin::Orders::NODE],
            "pipeline-names",
            &["called `ORDERS`", "table `Orders` at", "view `Orders` at"],
        ),
        (&[Root::NODE, OtherRoot::NODE], "stream-one-consumer", &["`Changes`", "`copy` (", "`OtherRoot` ("]),
        (&[FirstEnd::NODE, SecondEnd::NODE], "task-one-finalizer", &["`Root`", "`FirstEnd` (", "`SecondEnd` ("]),
    ] {
        let broken = broken(pipeline(objects));
        let [(found, message)] = &broken[..] else { panic!("{rule}: {broken:?}") };
        assert_eq!(*found, rule, "{message}");
        for part in parts.iter().copied().chain(["rules.rs:", "= help: "]) {
            assert!(message.contains(part), "`{part}` is not in: {message}");
        }
        assert!(message.contains(&format!("= rule: {rule}")), "{message}");
    }
}

#[test]
fn tasks_of_two_graphs_have_two_roots() {
    let rules: Vec<_> = broken(pipeline(&[TwoRoots::NODE])).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(rules, ["stream-one-consumer", "task-one-root"]);
}

#[test]
fn samples_and_scenarios_stay_inside_the_pipeline() {
    for outside in [
        PipelineDef { samples: SAMPLES, ..pipeline(&[Root::NODE]) },
        PipelineDef { scenarios: SCENARIOS, ..pipeline(&[Root::NODE]) },
    ] {
        let broken = broken(outside);
        assert!(
            matches!(&broken[..], [("pipeline-fragment", message)] if message.contains("`Elsewhere`")),
            "{broken:?}"
        );
    }
    assert_eq!(broken(PipelineDef { samples: SAMPLES, ..pipeline(&[Root::NODE, Elsewhere::NODE]) }), []);
}
