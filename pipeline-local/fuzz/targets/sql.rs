//! Whatever text comes, it is cut into statements and parsed, or refused.
#![no_main]

use pipeline_local::parse;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(statements) = parse::split(text) else { return };
    for (statement, offset) in statements {
        assert!(text[offset..].starts_with(statement));
        let _ = parse::statement(statement);
    }
    let _ = parse::expression(text);
    let _ = parse::data_type(text);
    if let Some(name) = parse::Name::parse(text) {
        // A name is written so that it can be read again.
        assert_eq!(parse::Name::parse(&name.to_string()).as_ref(), Some(&name));
    }
});
