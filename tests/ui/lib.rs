//! Programs that must not compile (`fail/`, each named after its mistake), with what the compiler says about them, and
//! programs that must (`pass/`). A package of its own, so that checking them never builds the local engine.
#![recursion_limit = "256"]
#![allow(missing_docs, reason = "the objects of a test need no explanation")]

pub mod large;
