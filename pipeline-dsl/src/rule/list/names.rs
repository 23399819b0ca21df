use super::{Rule, error, warning};

pub(super) const RULES: &[Rule] = &[
    error(
        "identifier-length",
        "a name that is empty or longer than 255 characters",
        "R1",
        "name_is_longer_than_255_characters",
    ),
    error(
        "role-system",
        "a role called as one of Snowflake's own, which would be created, granted and dropped as if it were ours",
        "Snowflake has system roles",
        "role_is_one_of_snowflakes_own",
    ),
    error(
        "database-system",
        "a database called `SNOWFLAKE`",
        "Snowflake has a database of this name",
        "database_is_snowflakes_own",
    ),
    error(
        "schema-system",
        "a schema called `INFORMATION_SCHEMA`",
        "every database has a schema of this name",
        "schema_is_the_information_schema",
    ),
    warning(
        "quoted-name",
        "a name with lower-case letters: every other user must write it in quotes and in this case",
        "R7",
        "name_is_in_lower_case",
    ),
    error(
        "grant-privilege",
        "a privilege that does not exist on the kind of object",
        "R141",
        "privilege_does_not_exist_on_a_stream",
    ),
    error(
        "allow-unknown",
        "`allow(..)` of a rule that does not warn, which would silence nothing",
        "a rule of this language",
        "rule_that_does_not_warn_is_allowed",
    ),
];
