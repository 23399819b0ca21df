//! One body, two procedures: what it does in Snowflake Scripting it does in JavaScript.
//!
//! Each procedure is declared once and runs in both languages from the same start. Compared are the tables that it writes, what
//! it returns, the streams that it reads, and how it fails; what was seen is a snapshot, so that both being wrong in the same
//! way shows as well. See [`support`].
#![allow(missing_docs, reason = "the objects of a test need no explanation")]

pub mod choices;
pub mod errors;
pub mod examples;
pub mod from_file;
pub mod functions;
pub mod generated;
pub mod loops;
pub mod numbers;
pub mod pipelines;
pub mod queries;
pub mod random;
pub mod reports;
pub mod several;
pub mod sources;
pub mod statements;
pub mod streams;
pub mod support;
pub mod tables;
pub mod values;

/// One test for each subject: `subjects! { loops }` runs `loops::CASES`.
macro_rules! subjects {
    ($($subject:ident)+) => {
        fn all_cases() -> impl Iterator<Item = &'static support::Case> {
            [$($subject::CASES),+].into_iter().flatten()
        }

        $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $subject() {
            insta::assert_snapshot!(support::compare($subject::CASES).await);
        }
    )+};
}
subjects! { choices errors examples loops pipelines queries reports several sources statements streams values }
