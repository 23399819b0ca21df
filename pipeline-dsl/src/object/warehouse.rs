use super::boolean;
use crate::check::Msg;
use crate::ident;
use crate::node::Node;

/// How many servers a warehouse has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "Snowflake's names of its sizes, small to large")]
pub enum WarehouseSize {
    XSmall,
    Small,
    Medium,
    Large,
    XLarge,
    XXLarge,
    XXXLarge,
    X4Large,
    X5Large,
    X6Large,
}

impl WarehouseSize {
    /// The size as SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::XSmall => "XSMALL",
            Self::Small => "SMALL",
            Self::Medium => "MEDIUM",
            Self::Large => "LARGE",
            Self::XLarge => "XLARGE",
            Self::XXLarge => "XXLARGE",
            Self::XXXLarge => "XXXLARGE",
            Self::X4Large => "X4LARGE",
            Self::X5Large => "X5LARGE",
            Self::X6Large => "X6LARGE",
        }
    }
}

/// What a warehouse is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarehouseType {
    /// Queries and loading.
    Standard,
    /// Procedures that need much memory.
    SnowparkOptimized,
}

/// How a warehouse with several clusters starts and stops them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalingPolicy {
    /// As soon as statements wait.
    Standard,
    /// Only when there is work for minutes.
    Economy,
}

/// The hardware of a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "Snowflake's names")]
pub enum ResourceConstraint {
    StandardGen1,
    StandardGen2,
    Memory1x,
    Memory1xX86,
    Memory16x,
    Memory16xX86,
    Memory64x,
    Memory64xX86,
}

impl ResourceConstraint {
    /// The constraint as SQL writes it.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::StandardGen1 => "STANDARD_GEN_1",
            Self::StandardGen2 => "STANDARD_GEN_2",
            Self::Memory1x => "MEMORY_1X",
            Self::Memory1xX86 => "MEMORY_1X_x86",
            Self::Memory16x => "MEMORY_16X",
            Self::Memory16xX86 => "MEMORY_16X_x86",
            Self::Memory64x => "MEMORY_64X",
            Self::Memory64xX86 => "MEMORY_64X_x86",
        }
    }

    /// The smallest and the largest size that has it.
    const fn sizes(self) -> (WarehouseSize, WarehouseSize) {
        match self {
            Self::StandardGen1 => (WarehouseSize::XSmall, WarehouseSize::X6Large),
            Self::StandardGen2 | Self::Memory1x | Self::Memory1xX86 => (WarehouseSize::XSmall, WarehouseSize::X4Large),
            Self::Memory16x => (WarehouseSize::Medium, WarehouseSize::X6Large),
            Self::Memory16xX86 => (WarehouseSize::Medium, WarehouseSize::X4Large),
            Self::Memory64x | Self::Memory64xX86 => (WarehouseSize::Large, WarehouseSize::X4Large),
        }
    }

    const fn is_standard(self) -> bool {
        matches!(self, Self::StandardGen1 | Self::StandardGen2)
    }
}

/// A virtual warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarehouseDef {
    /// Its size.
    pub size: WarehouseSize,
    /// Seconds without work until it suspends itself; 0 means never.
    pub auto_suspend_seconds: u32,
    /// Whether a statement starts it again.
    pub auto_resume: bool,
    /// Whether it is created suspended, so that it costs nothing before its first statement.
    pub initially_suspended: bool,
    /// What it is made for; standard by default.
    pub warehouse_type: Option<WarehouseType>,
    /// The generation of a standard warehouse, 1 or 2; 2 by default where there is one.
    pub generation: Option<u8>,
    /// Its hardware.
    pub resource_constraint: Option<ResourceConstraint>,
    /// Fewest clusters, 1 by default.
    pub min_clusters: Option<u16>,
    /// Most clusters, 1 by default; more need the Enterprise edition.
    pub max_clusters: Option<u16>,
    /// How clusters start and stop.
    pub scaling_policy: Option<ScalingPolicy>,
    /// Whether parts of large queries run elsewhere.
    pub query_acceleration: Option<bool>,
    /// How much of it, 0 to 100 times the warehouse; 0 means without limit.
    pub query_acceleration_scale: Option<u8>,
    /// Statements that run at the same time on a cluster, 8 by default.
    pub max_concurrency: Option<u32>,
    /// Seconds until a statement is cancelled, up to 604,800 (7 days); 0 means that maximum, 172,800 is the default.
    pub statement_timeout_seconds: Option<u32>,
    /// Seconds until a waiting statement is cancelled; 0, the default, means never.
    pub queued_timeout_seconds: Option<u32>,
    /// The resource monitor that limits its credits.
    pub resource_monitor: Option<&'static str>,
}

impl WarehouseDef {
    /// Snowflake's defaults, except that it is created suspended.
    pub const DEFAULT: Self = Self {
        size: WarehouseSize::XSmall,
        auto_suspend_seconds: 600,
        auto_resume: true,
        initially_suspended: true,
        warehouse_type: None,
        generation: None,
        resource_constraint: None,
        min_clusters: None,
        max_clusters: None,
        scaling_policy: None,
        query_acceleration: None,
        query_acceleration_scale: None,
        max_concurrency: None,
        statement_timeout_seconds: None,
        queued_timeout_seconds: None,
        resource_monitor: None,
    };

    pub(super) fn create(&self, node: &Node) -> String {
        let mut properties = vec![
            format!("WAREHOUSE_SIZE = {}", self.size.sql()),
            format!("AUTO_SUSPEND = {}", self.auto_suspend_seconds),
            format!("AUTO_RESUME = {}", boolean(self.auto_resume)),
            format!("INITIALLY_SUSPENDED = {}", boolean(self.initially_suspended)),
        ];
        let mut set = |name: &str, value: Option<String>| {
            properties.extend(value.map(|value| format!("{name} = {value}")));
        };
        let number = |value: Option<u32>| value.map(|value| value.to_string());
        set(
            "WAREHOUSE_TYPE",
            self.warehouse_type.map(|kind| match kind {
                WarehouseType::Standard => "STANDARD".to_owned(),
                WarehouseType::SnowparkOptimized => "'SNOWPARK-OPTIMIZED'".to_owned(),
            }),
        );
        set("GENERATION", self.generation.map(|generation| format!("'{generation}'")));
        set("RESOURCE_CONSTRAINT", self.resource_constraint.map(|constraint| constraint.sql().to_owned()));
        set("MIN_CLUSTER_COUNT", number(self.min_clusters.map(u32::from)));
        set("MAX_CLUSTER_COUNT", number(self.max_clusters.map(u32::from)));
        set(
            "SCALING_POLICY",
            self.scaling_policy.map(|policy| match policy {
                ScalingPolicy::Standard => "STANDARD".to_owned(),
                ScalingPolicy::Economy => "ECONOMY".to_owned(),
            }),
        );
        set("ENABLE_QUERY_ACCELERATION", self.query_acceleration.map(|on| boolean(on).to_owned()));
        set("QUERY_ACCELERATION_MAX_SCALE_FACTOR", number(self.query_acceleration_scale.map(u32::from)));
        set("MAX_CONCURRENCY_LEVEL", number(self.max_concurrency));
        set("STATEMENT_TIMEOUT_IN_SECONDS", number(self.statement_timeout_seconds));
        set("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", number(self.queued_timeout_seconds));
        set("RESOURCE_MONITOR", self.resource_monitor.map(ident::quote));
        node.with_properties(format!("CREATE WAREHOUSE IF NOT EXISTS {}", node.qualified_name()), properties)
    }
}

const fn definition(node: &Node) -> &WarehouseDef {
    match &node.definition {
        super::Definition::Warehouse(definition) => definition,
        _ => &WarehouseDef::DEFAULT,
    }
}

/// Rule `warehouse-clusters`: at least as many clusters at most as at least.
#[doc(hidden)]
#[track_caller]
pub const fn check_clusters(warehouse: crate::node::NodeRef) {
    let node = warehouse.get();
    let def = definition(node);
    let low = match def.min_clusters {
        Some(low) => low,
        None => 1,
    };
    let high = match def.max_clusters {
        Some(high) => high,
        None => 1,
    };
    if low > high {
        let mut msg = Msg::<1024>::new();
        msg.push("warehouse ").name(node.rust_name).push(" has at least ").number(low as u64);
        msg.push(" clusters, but at most ").number(high as u64);
        msg.rule("warehouse-clusters", "raise `max_clusters`, or lower `min_clusters`");
        panic!("{}", msg.as_str());
    }
}

/// Rule `warehouse-generation`: standard warehouses up to 4X-Large have a second generation.
#[doc(hidden)]
#[track_caller]
pub const fn check_generation(warehouse: crate::node::NodeRef) {
    let node = warehouse.get();
    let def = definition(node);
    let Some(generation) = def.generation else { return };
    let mut msg = Msg::<1024>::new();
    msg.push("warehouse ").name(node.rust_name).push(" is of generation ").number(generation as u64);
    if let Some(WarehouseType::SnowparkOptimized) = def.warehouse_type {
        msg.push(", but only standard warehouses have generations");
    } else if generation == 2 && def.size as u8 > WarehouseSize::X4Large as u8 {
        msg.push(", which ends with the size X4Large");
    } else if let Some(constraint) = def.resource_constraint
        && !matches!(
            (generation, constraint),
            (1, ResourceConstraint::StandardGen1) | (2, ResourceConstraint::StandardGen2)
        )
    {
        msg.push(", but its hardware is ").push(constraint.sql());
    } else {
        return;
    }
    msg.rule("warehouse-generation", "remove `generation`, or choose what it allows");
    panic!("{}", msg.as_str());
}

/// Rule `warehouse-resource-constraint`: each kind of hardware has its sizes and its type of warehouse.
#[doc(hidden)]
#[track_caller]
pub const fn check_resource_constraint(warehouse: crate::node::NodeRef) {
    let node = warehouse.get();
    let def = definition(node);
    let Some(constraint) = def.resource_constraint else { return };
    let (low, high) = constraint.sizes();
    let optimized = matches!(def.warehouse_type, Some(WarehouseType::SnowparkOptimized));
    let mut msg = Msg::<1024>::new();
    msg.push("warehouse ").name(node.rust_name).push(" is of size ").push(def.size.sql());
    if optimized == constraint.is_standard() {
        msg = Msg::new();
        msg.push("warehouse ").name(node.rust_name).push(" is ");
        msg.push(if optimized { "optimized for Snowpark" } else { "a standard warehouse" });
        msg.push(", which does not come with ").push(constraint.sql());
    } else if (def.size as u8) < low as u8 || def.size as u8 > high as u8 {
        msg.push(", but ").push(constraint.sql()).push(" comes in sizes from ").push(low.sql()).push(" to ");
        msg.push(high.sql());
    } else {
        return;
    }
    msg.rule("warehouse-resource-constraint", "");
    panic!("{}", msg.as_str());
}
