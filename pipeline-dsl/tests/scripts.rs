//! The scripts of a small pipeline with one object of each kind.

#![expect(missing_docs, reason = "the objects of a test need no explanation")]

use pipeline_dsl::body::Body;
use pipeline_dsl::fragment::Piece;
use pipeline_dsl::graph::Graph;
use pipeline_dsl::node::{Kind, Node, NodeRef};
use pipeline_dsl::object::{Access, Definition, ExecuteAs, Privilege, ProcedureDef, ViewDef};
use pipeline_dsl::prelude::*;
use pipeline_dsl::script::{Action, scripts};
use pipeline_dsl::types::DataType;

#[database]
pub struct Raw;

/// Where others keep what they own.
#[database(external)]
pub struct Shared;

#[schema(database = Raw)]
pub struct Landing;

#[schema(database = Shared, external)]
pub struct Reference;

#[warehouse(size = Small, auto_suspend = "2 minutes")]
pub struct LoadWh;

#[role]
pub struct Loader;

/// Orders as the shop sends them.
#[table(schema = Landing)]
pub struct Orders {
    #[column(autoincrement)]
    pub id: Integer,
    /// It's the customer's number.
    pub customer: Option<Varchar<20>>,
    #[column(default = -1.5)]
    pub amount: Option<Number<10, 2>>,
    #[column(name = "order", default = "it's new")]
    pub state: Varchar<10>,
    #[column(default = current_timestamp())]
    pub created_at: Option<TimestampNtz>,
}

#[table(schema = Landing, data_retention_days = 0, transient)]
pub struct OrdersCopy {
    #[column(flatten)]
    pub order: Orders,
    #[column(default = true)]
    pub fresh: Option<Boolean>,
}

#[table(schema = Reference, external)]
pub struct Customers {
    pub name: Varchar,
}

#[stream(on = Orders, append_only)]
pub struct OrdersStream;

#[notification_integration(aws_sns(
    topic_arn = "arn:aws:sns:eu-central-1:123456789012:load-errors",
    role_arn = "arn:aws:iam::123456789012:role/pipelines/Notifier",
))]
pub struct LoadErrors;

// Written out, since the attributes for procedures and views have tests of their own.
#[allow(non_camel_case_types)]
pub struct load;

impl Object for load {
    const NODE: NodeRef = {
        static NODE: Node = Node {
            kind: Kind::Procedure,
            rust_name: "load",
            name: "LOAD",
            parent: Some(<Landing as Object>::NODE),
            id: 4711,
            at: "scripts.rs:1",
            comment: "Copies orders",
            external: false,
            allows: &[],
            grants: &[],
            definition: Definition::Procedure(ProcedureDef {
                language: pipeline_dsl::object::Language::Sql,
                arguments: &[],
                returns: DataType::Variant,
                reads: &[<OrdersStream as Object>::NODE, <Customers as Object>::NODE],
                calls: &[],
                consumes: &[<OrdersStream as Object>::NODE],
                doubts: &[],
                transactional: false,
                writes: &[Access { object: <OrdersCopy as Object>::NODE, privileges: &[Privilege::Insert] }],
                file: None,
                body: Body::default,
                execute_as: ExecuteAs::Owner,
            }),
        };
        NodeRef::new(&NODE)
    };
}
impl Procedure for load {}
impl Reads<OrdersStream> for load {}

pub struct VOrders;

impl Object for VOrders {
    const NODE: NodeRef = {
        static NODE: Node = Node {
            kind: Kind::View,
            rust_name: "VOrders",
            name: "V_ORDERS",
            parent: Some(<Landing as Object>::NODE),
            id: 4712,
            at: "scripts.rs:2",
            comment: "",
            external: false,
            allows: &[],
            grants: &[],
            definition: Definition::View(ViewDef {
                text: None,
                steps: &[],
                columns: &[],
                secure: false,
                reads: &[<OrdersCopy as Object>::NODE],
                query: || "SELECT COUNT(*) AS ORDERS FROM RAW.LANDING.ORDERS_COPY".to_owned(),
            }),
        };
        NodeRef::new(&NODE)
    };
}

/// Loads what is new.
#[task(
    schema = Landing,
    warehouse = LoadWh,
    schedule = "5 minutes",
    when = has_data(OrdersStream) && !(has_data(OrdersStream) || has_data(OrdersStream)),
    call = load,
    error_integration = LoadErrors,
    timeout = "10 minutes",
    allow("task-timeout-over-schedule"),
    suspend_after_failures = 3,
    retries = 2,
    overlap = NoOverlap,
    config = r#"{"source": "shop"}"#,
)]
pub struct LoadOrders;

#[task(schema = Landing, warehouse = LoadWh, after(LoadOrders), call = load)]
pub struct AfterLoad;

#[task(schema = Landing, serverless(initial_size = XSmall), finalize = LoadOrders, call = load)]
pub struct Finish;

const SAMPLES: &[Fragment] = &[Fragment {
    pieces: &[
        Piece::Text("INSERT INTO "),
        Piece::Object(<Orders as Object>::NODE),
        Piece::Text(" (CUSTOMER)\n    SELECT 'C-1' WHERE NOT EXISTS (SELECT 1 FROM "),
        Piece::Object(<Orders as Object>::NODE),
        Piece::Text(");"),
    ],
    at: "scripts.rs:3",
}];

const SCENARIOS: &[Scenario] = &[Scenario {
    title: "a new order",
    note: "The next run copies it.",
    steps: &[Fragment {
        pieces: &[Piece::Text("EXECUTE TASK "), Piece::Object(<LoadOrders as Object>::NODE)],
        at: "scripts.rs:4",
    }],
}];

pipeline! {
    /// Orders from the shop.
    pub Shop(role = Loader, samples = SAMPLES, scenarios = SCENARIOS) [AfterLoad, Finish, VOrders]
}

#[test]
fn every_script_reads_as_reviewed() {
    let all = scripts(Shop::DEFINITION);
    assert_eq!(all.len(), 7);
    for script in all {
        let stem = script.file_name.trim_end_matches(".sql");
        insta::assert_snapshot!(stem, script.text());
        for companion in script.companions {
            insta::assert_snapshot!(companion.file_name.as_str(), companion.text);
        }
    }
}

#[test]
fn scripts_are_deterministic() {
    let texts = || scripts(Shop::DEFINITION).iter().map(pipeline_dsl::script::Script::text).collect::<Vec<_>>();
    assert_eq!(texts(), texts());
}

#[test]
fn nothing_external_is_created_or_dropped() {
    for step in scripts(Shop::DEFINITION).iter().flat_map(|script| &script.steps) {
        if matches!(step.action, Action::Create | Action::Drop) {
            assert!(step.object.is_some_and(|object| !object.get().external), "{}", step.sql);
        }
    }
}

#[test]
fn objects_come_after_what_they_depend_on() {
    let graph = Graph::of(Shop::DEFINITION);
    for (at, object) in graph.objects.iter().enumerate() {
        for dependency in object.get().depends_on() {
            assert!(graph.objects[..at].contains(&dependency), "{object:?} before {dependency:?}");
        }
    }
    let order: Vec<_> = graph.resume_order().iter().map(|node| node.name).collect();
    assert_eq!(order, ["FINISH", "AFTER_LOAD", "LOAD_ORDERS"]);
}

#[test]
fn column_handles_count_through_flattened_structs() {
    let columns = OrdersCopy::columns(pipeline_dsl::expr::Source::new("c"));
    let names: Vec<_> = OrdersCopy::COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(names, ["ID", "CUSTOMER", "AMOUNT", "order", "CREATED_AT", "FRESH"]);
    assert_eq!((columns.order.id.index(), columns.order.state.name(), columns.fresh.index()), (0, "order", 5));
}
