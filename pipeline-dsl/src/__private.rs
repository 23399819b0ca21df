//! What generated code refers to. Not for use by hand.

pub use crate::check::{Msg, same};
pub use crate::expr::{Col, Source};
pub use crate::fragment::{Fragment, Piece};
pub use crate::node::*;
pub use crate::object::*;
pub use crate::pipeline::{Pipeline, PipelineDef, Scenario};
pub use crate::schedule::{Schedule, check_cron, check_interval, check_milliseconds, check_schedule, check_seconds};
pub use crate::types::{DataType, SqlType};
