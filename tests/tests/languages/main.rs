//! One body, two procedures: what it does in Snowflake Scripting it does in JavaScript.
//!
//! Each procedure is declared once and runs in both languages from the same start. Compared are the tables that it writes, what
//! it returns, the streams that it reads, and how it fails; what was seen is a snapshot, so that both being wrong in the same
//! way shows as well. See [`support`].
#![allow(missing_docs, reason = "the objects of a test need no explanation")]

pub mod loops;
pub mod statements;
pub mod support;
pub mod tables;

#[tokio::test(flavor = "multi_thread")]
async fn statements() {
    insta::assert_snapshot!(support::compare(statements::CASES).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn loops() {
    insta::assert_snapshot!(support::compare(loops::CASES).await);
}
