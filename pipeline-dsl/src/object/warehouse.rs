use super::boolean;
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
}

impl WarehouseDef {
    /// Snowflake's defaults, except that it is created suspended.
    pub const DEFAULT: Self =
        Self { size: WarehouseSize::XSmall, auto_suspend_seconds: 600, auto_resume: true, initially_suspended: true };

    pub(super) fn create(&self, node: &Node) -> String {
        let properties = vec![
            format!("WAREHOUSE_SIZE = {}", self.size.sql()),
            format!("AUTO_SUSPEND = {}", self.auto_suspend_seconds),
            format!("AUTO_RESUME = {}", boolean(self.auto_resume)),
            format!("INITIALLY_SUSPENDED = {}", boolean(self.initially_suspended)),
        ];
        node.with_properties(format!("CREATE WAREHOUSE IF NOT EXISTS {}", node.qualified_name()), properties)
    }
}
