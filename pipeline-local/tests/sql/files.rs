use super::support::Sql;

const DONE: &[&str] = &["Statement executed successfully."];

#[tokio::test]
async fn stages_formats_pipes_and_tags_are_kept() {
    let mut sql = Sql::new().await;
    sql.run("create table target (a int)").await;
    sql.check(&[
        ("create stage s url = 's3://bucket/path' comment = 'c'", &["Stage area S successfully created."]),
        ("create stage if not exists s", &["S already exists, statement succeeded."]),
        ("create temporary stage t directory = (enable = true)", &["Stage area T successfully created."]),
        (
            "create stage x url = 'ftp://bucket'",
            &["!001008 SQL compilation error:\ninvalid URL 'ftp://bucket' of a stage; it begins with s3://, s3gov://, gcs://, azure://, s3compat://"],
        ),
        ("create stage x nonsense = 1", &["!001420 SQL compilation error:\ninvalid property 'NONSENSE' for 'STAGE'"]),
        (
            "show stages ->> select \"name\", \"type\", \"cloud\", \"comment\", \"directory_enabled\" from $1",
            &["S|EXTERNAL|AWS|c|N", "T|INTERNAL TEMPORARY|||Y"],
        ),
        ("alter stage s rename to s2", DONE),
        ("desc stage s2 ->> select \"property_value\" from $1 where \"property\" = 'URL'", &["[\"s3://bucket/path\"]"]),
        ("create file format f type = json strip_outer_array = true", &["File format F successfully created."]),
        (
            "create file format g type = json skip_header = 1",
            &["!001420 SQL compilation error:\ninvalid property 'SKIP_HEADER' for 'FILE_FORMAT' of type JSON"],
        ),
        ("alter file format f set null_if = ('-') comment = 'd'", DONE),
        ("select get_ddl('file_format', 'f')", &[
            "CREATE OR REPLACE FILE FORMAT F\n\tTYPE = JSON\n\tNULL_IF = ('-')\n\tSTRIP_OUTER_ARRAY = TRUE COMMENT='d';",
        ]),
        (
            "desc file format f ->> select \"property_value\", \"property_default\" from $1 where \"property\" = 'NULL_IF'",
            &["[-]|[]"],
        ),
        ("create pipe p as copy into target from @s2", &["Pipe P successfully created."]),
        ("create pipe q as copy into target from @nope", &[
            "!002003 SQL compilation error:\nStage 'D.PUBLIC.NOPE' does not exist or not authorized.",
        ]),
        ("desc pipe p ->> select \"definition\", \"kind\" from $1", &["copy into target from @s2|STAGE"]),
        ("create tag g allowed_values 'x', 'y'", &["Tag G successfully created."]),
        ("alter tag g drop allowed_values 'x'", DONE),
        ("show tags ->> select \"name\", \"allowed_values\", \"propagate\" from $1", &["G|[\"y\"]|NONE"]),
        ("drop tag g", &["G successfully dropped."]),
        ("undrop tag g", &["Tag G successfully restored."]),
        ("create or alter tag g comment = 'all'", DONE),
        ("show tags ->> select \"allowed_values\", \"comment\" from $1", &["NULL|all"]),
        ("create or alter schema other comment = 'one'", &["Schema OTHER successfully created."]),
        ("create or alter schema other with managed access", DONE),
        ("use schema public", DONE),
        ("show schemas like 'other' ->> select \"comment\", \"options\" from $1", &["|MANAGED ACCESS"]),
        ("create or alter transient schema other", &[
            "!000002 SQL compilation error:\nCREATE OR ALTER cannot change whether SCHEMA 'OTHER' is TRANSIENT.",
        ]),
        ("show objects ->> select listagg(\"name\", ',') from $1", &["TARGET"]),
        ("create dynamic table d as select 1", &["!000002 Unsupported feature 'CREATE DYNAMIC TABLE'."]),
        ("show compute pools", &["!000002 Unsupported feature 'SHOW COMPUTE POOLS'."]),
    ])
    .await;
}

#[tokio::test]
async fn forms_of_views() {
    let mut sql = Sql::new().await;
    sql.run("create table t (a int)").await;
    sql.run("insert into t values (1), (2)").await;
    sql.check(&[
        ("create materialized view m as select a from t", &["Materialized view M successfully created."]),
        ("insert into t values (3)", &["1"]),
        ("select sum(a) from m", &["6"]),
        ("create materialized view n as select t.a from t, t u", &[
            "!002212 SQL compilation error:\nInvalid materialized view definition. More than one table referenced in the view definition",
        ]),
        ("drop view m", &[
            "!002203 SQL compilation error:\nObject found is of type 'MATERIALIZED_VIEW', not specified type 'VIEW'.",
        ]),
        ("alter materialized view m rename to n", DONE),
        (
            "show materialized views ->> select \"name\", \"source_table_name\", \"invalid\" from $1",
            &["N|T|false"],
        ),
        ("drop materialized view n", &["N successfully dropped."]),
        ("create temporary view v as select 1 as a", &["View V successfully created."]),
        ("select a from v", &["1"]),
        ("create recursive view r (n) as (select 1 union all select n + 1 from r where n < 3)", &[
            "View R successfully created.",
        ]),
        ("select n from r order by n", &["1", "2", "3"]),
        ("create or alter view o as select 1 as a", &["View O successfully created."]),
        ("grant select on view o to role public", DONE),
        ("create or alter view o comment = 'c' as select 1 as a, 2 as b", DONE),
        ("select a + b from o", &["3"]),
        ("show grants on view o ->> select \"privilege\" from $1 order by 1", &["OWNERSHIP", "SELECT"]),
        ("alter view o modify column a comment 'first'", DONE),
        ("desc view o ->> select \"comment\" from $1 where \"name\" = 'A'", &["first"]),
    ])
    .await;
}
