use super::{Rule, error};

pub(super) const RULES: &[Rule] = &[
    error("option-unknown", "an option that the attribute does not have", "R108", "unknown_option_of_a_task"),
    error("option-twice", "an option that is given twice", "R108", "option_is_given_twice"),
    error(
        "option-missing",
        "an attribute without an option that it needs",
        "the object cannot be created without it",
        "task_has_no_schema",
    ),
    error(
        "option-value",
        "a value of another form than the option takes, or a word that is none of its values",
        "R61, R110, R130",
        "timeout_is_a_number",
    ),
    error(
        "item-shape",
        "an attribute on an item that cannot stand for the object",
        "a rule of this language",
        "attribute_on_a_struct_with_fields",
    ),
];
