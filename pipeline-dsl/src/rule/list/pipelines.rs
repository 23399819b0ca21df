use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error("pipeline-empty", "a pipeline without objects", "a rule of this language", "pipeline_is_empty"),
    error(
        "pipeline-cycle",
        "objects that need each other in a circle, such as tasks that run after each other",
        "R99",
        "task_graph_has_a_cycle",
    ),
    error(
        "pipeline-names",
        "two objects of one name in a name space; tables, views and streams share one",
        "R8, R9",
        "two_objects_of_a_pipeline_have_one_name",
    ),
    error(
        "pipeline-fragment",
        "a sample or scenario that names an object which the pipeline does not reach",
        "a rule of this language",
        "sample_names_an_object_outside_the_pipeline",
    ),
    error(
        "pipeline-size",
        "more than 4096 objects in one pipeline",
        "a limit of the checks",
        "pipeline_reaches_more_than_4096_objects",
    ),
];
