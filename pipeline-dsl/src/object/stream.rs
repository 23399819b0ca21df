use crate::check::{Msg, same};
use crate::ident;
use crate::node::{Kind, Node, NodeRef};
use crate::object::Definition;

/// A stream on a table or a view. See "CREATE STREAM" in Snowflake's documentation.
#[derive(Clone, Copy, Debug)]
pub struct StreamDef {
    /// The table or view whose changes it delivers.
    pub source: NodeRef,
    /// Delivers inserted rows only.
    pub append_only: bool,
    /// Delivers the rows that were there when it was created, until it is consumed for the first time.
    pub show_initial_rows: bool,
    /// The point in the source's history from which it delivers changes; by default, its own creation.
    pub start: Option<StreamStart>,
}

/// A point in the history of a stream's source. It matters only when the stream is created.
#[derive(Clone, Copy, Debug)]
pub struct StreamStart {
    /// Just before the point, rather than at it.
    pub before: bool,
    /// The point.
    pub point: StreamPoint,
}

/// How a [`StreamStart`] is named.
#[derive(Clone, Copy, Debug)]
pub enum StreamPoint {
    /// A time: `2026-01-31 12:00:00`, in the time zone of the session.
    Timestamp(&'static str),
    /// Seconds before now.
    SecondsAgo(u32),
    /// The identifier of a query.
    Statement(&'static str),
    /// The place that another stream on the same source has reached.
    Stream(NodeRef),
}

impl StreamStart {
    fn sql(&self) -> String {
        let point = match self.point {
            StreamPoint::Timestamp(time) => format!("TIMESTAMP => {}::TIMESTAMP", ident::literal(time)),
            StreamPoint::SecondsAgo(seconds) => format!("OFFSET => -{seconds}"),
            StreamPoint::Statement(id) => format!("STATEMENT => {}", ident::literal(id)),
            StreamPoint::Stream(stream) => {
                format!("STREAM => {}", ident::literal(&stream.get().qualified_name()))
            }
        };
        format!("{} ({point})", if self.before { "BEFORE" } else { "AT" })
    }
}

impl StreamDef {
    pub(super) fn create(&self, node: &Node) -> String {
        let source = self.source.get();
        let mut properties = vec![format!("ON {} {}", source.kind.sql(), source.qualified_name())];
        properties.extend(self.start.map(|start| start.sql()));
        if self.append_only {
            properties.push("APPEND_ONLY = TRUE".to_owned());
        }
        if self.show_initial_rows {
            properties.push("SHOW_INITIAL_ROWS = TRUE".to_owned());
        }
        node.with_properties(format!("CREATE STREAM IF NOT EXISTS {}", node.qualified_name()), properties)
    }
}

/// Rule `stream-point-source`: a stream can only take over the place of a stream on the same source.
#[doc(hidden)]
#[track_caller]
pub const fn check_point(stream: NodeRef, other: NodeRef) {
    let (node, other) = (stream.get(), other.get());
    if let (Definition::Stream(left), Definition::Stream(right)) = (&node.definition, &other.definition)
        && left.source.get().full_id() != right.source.get().full_id()
    {
        let mut msg = Msg::<1024>::new();
        msg.push("stream ").name(node.rust_name).push(" starts where ").name(other.rust_name).push(" (");
        msg.push(other.at).push(") is, but that stream follows ").name(right.source.get().rust_name);
        msg.push(", not ").name(left.source.get().rust_name);
        msg.rule("stream-point-source", "name a stream on the same table or view");
        panic!("{}", msg.as_str());
    }
}

/// Words that the query of a view with a stream may not have.
const NOT_STREAMABLE: &[&[&str]] = &[
    &["GROUP", "BY"],
    &["DISTINCT"],
    &["QUALIFY"],
    &["LIMIT"],
    &["LEFT", "JOIN"],
    &["RIGHT", "JOIN"],
    &["FULL", "JOIN"],
    &["LEFT", "OUTER", "JOIN"],
    &["RIGHT", "OUTER", "JOIN"],
    &["FULL", "OUTER", "JOIN"],
];

/// Methods and functions that the query of a view with a stream may not have.
const NOT_STREAMABLE_STEPS: &[&str] = &[
    "aggregate",
    "count",
    "distinct",
    "except",
    "exists",
    "full_join",
    "group_by",
    "intersect",
    "is_in_rows",
    "latest_by",
    "left_join",
    "limit",
    "right_join",
    "union",
    "window",
];

const FOLLOWED: &str =
    "Snowflake follows projections, filters, inner joins and UNION ALL only: put a stream on each table";

/// Rule `stream-view-query`: a view with a stream, and the views that it reads, select, filter, and join by inner and cross joins
/// and UNION ALL.
#[doc(hidden)]
#[track_caller]
pub const fn check_view(stream: NodeRef, view: NodeRef) {
    let (node, view) = (stream.get(), view.get());
    let (Definition::View(definition), Kind::View) = (&view.definition, view.kind) else { return };
    let mut step = 0;
    while step < definition.steps.len() {
        let found = definition.steps[step];
        let mut known = 0;
        while known < NOT_STREAMABLE_STEPS.len() {
            if same(found, NOT_STREAMABLE_STEPS[known]) {
                refuse(node, view, &[], found);
            }
            known += 1;
        }
        step += 1;
    }
    if let Some(query) = definition.text {
        let mut rule = 0;
        while rule < NOT_STREAMABLE.len() {
            if query.has_words(NOT_STREAMABLE[rule]) {
                refuse(node, view, NOT_STREAMABLE[rule], "");
            }
            rule += 1;
        }
    }
    let mut read = 0;
    while read < definition.reads.len() {
        let source = definition.reads[read].get();
        if let Kind::Stream = source.kind {
            let mut msg = about(node, view);
            msg.push("), which reads stream ").name(source.rust_name);
            msg.rule("stream-view-query", "a view that a stream follows reads tables and other such views");
            panic!("{}", msg.as_str());
        }
        check_view(stream, definition.reads[read]);
        read += 1;
    }
}

const fn about(stream: &Node, view: &Node) -> Msg<1024> {
    let mut msg = Msg::<1024>::new();
    msg.push("stream ").name(stream.rust_name).push(" follows view ").name(view.rust_name).push(" (").push(view.at);
    msg
}

/// Says which words or step the query of the view has.
#[track_caller]
const fn refuse(stream: &Node, view: &Node, words: &[&str], step: &str) {
    let mut msg = about(stream, view);
    msg.push("), whose query has ");
    if words.is_empty() {
        msg.name(step);
    }
    let mut word = 0;
    while word < words.len() {
        if word > 0 {
            msg.push(" ");
        }
        msg.push(words[word]);
        word += 1;
    }
    msg.rule("stream-view-query", FOLLOWED);
    panic!("{}", msg.as_str());
}
