use super::support::Sql;

#[tokio::test]
async fn subqueries_over_any_condition() {
    let mut sql = Sql::new().await;
    sql.run("create table t (id int, g varchar, n int, v variant)").await;
    sql.run("insert into t select column1, column2, column3, parse_json(column4) from values (1, 'a', 10, '[1,2]'), (2, 'b', 20, '[]'), (3, 'a', 30, null)").await;
    sql.check(&[
        ("select id, (select count(*) from t u where u.id < t.id) from t order by 1", &["1|0", "2|1", "3|2"]),
        (
            "select id, (select max(u.n) from t u where u.g = t.g and u.id <> t.id) from t order by 1",
            &["1|30", "2|NULL", "3|10"],
        ),
        ("select id, (select g from t u where u.id > t.id order by u.id limit 1) from t order by 1", &[
            "1|b", "2|a", "3|NULL",
        ]),
        ("select id from t where (select count(*) from t u where u.n < t.n) = 1", &["2"]),
        ("select id from t where id = 3 or exists (select 1 from t u where u.id > t.id + 1) order by 1", &["1", "3"]),
        ("select id, exists (select 1 from t u where u.id > t.id) from t order by 1", &["1|true", "2|true", "3|false"]),
        ("select id, id in (select u.id from t u where u.n > t.n) from t order by 1", &["1|false", "2|false", "3|false"]),
        ("select id, id not in (select nullif(u.id, 2) from t u where u.n >= t.n) from t order by 1", &[
            "1|false", "2|NULL", "3|false",
        ]),
        ("select id, (select (select max(w.id) from t w where w.id < u.id + t.id) from t u where u.id = t.id) from t order by 1", &[
            "1|1", "2|3", "3|3",
        ]),
        ("select id, (select listagg(f.value, '-') from table(flatten(t.v)) f) from t order by 1", &["1|1-2", "2|", "3|"]),
        ("select (select g from t u where u.id <> t.id) from t", &[
            "!100090 Single-row subquery returns more than one row.",
        ]),
        ("update t set n = (select sum(u.n) from t u where u.id <= t.id)", &["3|0"]),
        ("select n from t order by id", &["10", "30", "60"]),
        ("delete from t where n > (select avg(u.n) from t u where u.id <> t.id)", &["1"]),
    ])
    .await;
}
