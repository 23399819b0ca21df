use super::{Rule, error, warning};

pub(super) const RULES: &[Rule] = &[
    error("warehouse-bounds", "a number of a warehouse that is out of bounds", "R62, R64", "warehouse_has_no_clusters"),
    error(
        "warehouse-clusters",
        "fewer clusters at most than at least",
        "R64",
        "warehouse_has_fewer_clusters_at_most_than_at_least",
    ),
    error(
        "warehouse-generation",
        "a generation that the size, the type or the hardware does not have",
        "R62",
        "second_generation_of_the_largest_size",
    ),
    error(
        "warehouse-resource-constraint",
        "hardware that the size or the type does not have",
        "R63",
        "much_memory_in_a_small_warehouse",
    ),
    warning(
        "warehouse-never-suspends",
        "a warehouse that never suspends itself and costs without end",
        "R65",
        "warehouse_never_suspends",
    ),
    warning(
        "warehouse-auto-suspend",
        "an `auto_suspend` below 30 seconds or between multiples of them: Snowflake looks only every 30 seconds",
        "R65",
        "auto_suspend_is_imprecise",
    ),
];
