//! Errors, and scripts that are stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::host::Host;
use super::super::script::Script;
use super::Bench;
use crate::clock::Clock;
use crate::types::SqlType;

#[tokio::test]
async fn errors_have_code_state_message_and_place() {
    let mut bench = Bench::new().await;
    let attempt = |statement: &str, then: &str| format!("\ntry {{\n  {statement}\n}} catch (e) {{ return {then}; }}");
    let mut caught = Vec::new();
    for (statement, then, expected) in [
        (
            "snowflake.execute({sqlText: 'Invalid text'})",
            "[e.code, e.state, typeof e.code, e instanceof Error]",
            "1003,42000,number,true",
        ),
        ("snowflake.createStatement({sqlText: 'SELECT FROM FROM'})", "e.code", "1003"),
        (
            "snowflake.execute({sqlText: 'SELECT * FROM nosuch'})",
            "[e.code, e.state, e.message]",
            "2003,42S02,SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized.",
        ),
        ("snowflake.execute({sqlText: 'SELECT 1/0'})", "[e.code, e.state, String(e)]", "100051,22012,Division by zero"),
        (
            "snowflake.execute({sqlText: 'SELECT * FROM nosuch'})",
            "e.stackTraceTxt.replace(/\\d+$/, 'N')",
            "At Snowflake.execute, line 3 position N",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1/0'}).execute()",
            "e.stackTraceTxt.replace(/\\d+$/, 'N')",
            "At Statement.execute, line 3 position N",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1; SELECT 2'})",
            "e.message",
            "Multiple SQL statements in a single API call are not supported; use one API call per statement instead.",
        ),
        (
            "snowflake.execute({})",
            "e.message",
            "sqlText of Snowflake.execute is missing or empty; it is the text of one statement.",
        ),
        (
            "snowflake.execute()",
            "e.message",
            "Snowflake.execute takes one object with sqlText and, if the text has bind variables, binds.",
        ),
        (
            "snowflake.createStatement({sqlText: ' '})",
            "e.message",
            "sqlText of Snowflake.createStatement is missing or empty; it is the text of one statement.",
        ),
        ("snowflake.createStatement({sqlText: '-- x'})", "e.code", "900"),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getQueryId()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getColumnCount()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getColumnName(1)",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.createStatement({sqlText: 'SELECT 1'}).getNumRowsInserted()",
            "e.message",
            "Statement is not executed yet.",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1 AS a'}).getColumnValue(1)",
            "e.message",
            "ResultSet is empty or not prepared, call next() first",
        ),
        (
            "snowflake.execute({sqlText: 'SELECT 1 AS a'}).A",
            "e.message",
            "ResultSet is empty or not prepared, call next() first",
        ),
        (
            "var r = snowflake.execute({sqlText: 'SELECT 1 AS a'}); r.next(); r.getColumnValue('B')",
            "e.message",
            "Given column name/index does not exist: B",
        ),
        (
            "var r = snowflake.execute({sqlText: 'SELECT 1 AS a'}); r.next(); r.getColumnValue(0)",
            "e.message",
            "Given column name/index does not exist: 0",
        ),
        (
            "var s = snowflake.createStatement({sqlText: 'SELECT 1'}); s.execute(); s.isColumnText(2)",
            "e.message",
            "Given column name/index does not exist: 2",
        ),
        ("snowflake.log('loud', 'x')", "e.message.slice(0, 23)", "Unknown log level loud;"),
        ("snowflake.log('info')", "e.message.slice(0, 9)", "log takes"),
        ("snowflake.addEvent()", "e.message.slice(0, 14)", "addEvent takes"),
        ("snowflake.addEvent('a', {}, 1)", "e.message.slice(0, 14)", "addEvent takes"),
        ("snowflake.addEvent(1)", "e.message", "The name that addEvent takes is a text."),
        ("snowflake.setSpanAttribute('a')", "e.message.slice(0, 22)", "setSpanAttribute takes"),
        ("throw 'text'", "e", "text"),
        ("snowflake.executeAsync({})", "e.name", "TypeError"),
    ] {
        caught.push((attempt(statement, then), expected));
    }
    let caught: Vec<_> = caught.iter().map(|(body, expected)| (body.as_str(), *expected)).collect();
    bench.texts(&caught).await;
    bench
        .texts(&[
            ("['off','trace','debug','info','warn','error','fatal'].forEach((l) => snowflake.log(l, 'm', {a: 1})); return 'ok'", "ok"),
            ("snowflake.addEvent('e'); snowflake.addEvent('e', {a: 1}); snowflake.setSpanAttribute('k', [1]); return 'ok'", "ok"),
            // Sloppy mode, and what the language has.
            ("undeclared = 1; return undeclared", "1"),
            ("let m = new Map([[1, `a${1}`]]); return /a(\\d)/.exec(m.get(1))[1] + JSON.stringify([Math.max(1, 2)])", "1[2]"),
            ("return 1 // the last line", "1"),
        ])
        .await;
    bench
        .failures(&[
            ("\n  return nosuch;", "JavaScript execution error: Uncaught ReferenceError: nosuch is not defined in P at '  return nosuch;' position "),
            ("throw 'text'", "JavaScript execution error: Uncaught text in P"),
            ("throw new Error('own')", "JavaScript execution error: Uncaught Error: own in P at 'throw new Error('own')' position "),
            ("try { snowflake.execute({sqlText: 'SELECT 1/0'}) } catch (e) { throw e }", "JavaScript execution error: Uncaught Division by zero in P at 'try {"),
            ("return 1 +;", "JavaScript compilation error: Uncaught SyntaxError: "),
            ("import x from 'y'", "JavaScript compilation error: Uncaught SyntaxError: "),
            ("return eval('1')", "JavaScript execution error: Uncaught EvalError: Code generation from strings disallowed for this context in P"),
            ("return new Function('return 1')()", "JavaScript execution error: Uncaught EvalError: "),
            ("return (function* () {}).constructor('x')", "JavaScript execution error: Uncaught EvalError: "),
            ("return (async () => {}).constructor('x')", "JavaScript execution error: Uncaught EvalError: "),
            ("return (async () => 1)()", "JavaScript execution error: Uncaught TypeError: The body returned a Promise"),
            ("return import('fs')", "JavaScript execution error: Uncaught TypeError: The body returned a Promise"),
            ("return require('fs')", "JavaScript execution error: Uncaught ReferenceError: require is not defined"),
            ("function f() { return f() + 1 } return f()", "JavaScript execution error: Uncaught "),
            ("var a = ['x']; while (true) a = a.concat(a)", "JavaScript execution error: Uncaught "),
        ])
        .await;
    let error = bench.body("VARCHAR", "\n  return nosuch;").await.unwrap_err();
    assert_eq!((error.code, error.position.map(|(line, _)| line)), (100_132, Some(2)));
    assert_eq!(bench.body("VARCHAR", "return )").await.unwrap_err().code, 100_131);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_stops_its_script() {
    let mut bench = Bench::new().await;
    for body in [
        "while (true) {}",
        "try { while (true) {} } finally { while (true) {} }",
        "while (true) { try { snowflake.execute({sqlText: 'SELECT 1'}) } catch (e) {} }",
        "snowflake.execute({sqlText: 'SELECT SYSTEM$WAIT(60)'})",
    ] {
        let create = format!("CREATE OR REPLACE PROCEDURE p() RETURNS VARCHAR LANGUAGE JAVASCRIPT AS $${body}$$");
        bench.run(&create).await.unwrap();
        let call = tokio::time::timeout(Duration::from_millis(300), bench.run("CALL p()")).await;
        assert!(call.is_err(), "{body}: {call:?}");
        assert_eq!(bench.cell("SELECT 'next'").await.unwrap(), "next", "{body}");
    }
}

#[test]
fn a_stopped_script_ends_wherever_it_is() {
    for body in [
        "while (true) {}",
        "try { while (true) {} } catch (e) { while (true) {} } finally { while (true) {} }",
        "while (true) { try { snowflake.execute({sqlText: 'SELECT 1'}) } catch (e) {} }",
        "[1].map(function f() { while (true) {} })",
    ] {
        let (requests, inbox) = tokio::sync::mpsc::unbounded_channel();
        drop(inbox);
        let stop = Arc::new(AtomicBool::new(false));
        let script = Script::new("P", body, &[], SqlType::TEXT, false);
        let host = Host::new(requests, stop.clone(), Clock::real(), chrono_tz::UTC);
        let thread = std::thread::Builder::new()
            .stack_size(super::super::STACK)
            .spawn(move || script.run(&host, &["[]".to_owned()]))
            .unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert!(!thread.is_finished(), "{body}");
        stop.store(true, Ordering::Relaxed);
        assert!(thread.join().unwrap().is_err(), "{body}");
    }
}
