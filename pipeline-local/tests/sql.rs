//! SQL statements run in an engine of their own, without a server.

#![allow(missing_docs, reason = "an integration test")]

mod sql {
    pub(crate) mod support;

    mod constraint;
    mod correlated;
    mod ddl;
    mod dialect;
    mod dml;
    mod examples;
    mod files;
    mod function;
    mod lateral;
    mod notification;
    mod privilege;
    mod query;
    mod shapes;
    mod stream;
    mod tag;
    mod transaction;
}
