//! Whatever the body of a procedure is, it is parsed or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = pipeline_local::scripting::parse_block(text);
});
