//! Warehouses: their size is often changed by hand on purpose, so a difference is told and nothing more.

use pipeline_dsl::object::WarehouseDef;

/// A warehouse as SHOW WAREHOUSES shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LiveWarehouse {
    pub(super) size: String,
    pub(super) auto_suspend: Option<String>,
    pub(super) auto_resume: Option<String>,
}

/// The remarks about a warehouse that differs, each with the statement that would change it.
pub(super) fn remarks(name: &str, wanted: &WarehouseDef, live: &LiveWarehouse) -> Vec<String> {
    let size = live.size.replace('-', "").to_uppercase();
    let suspend = live.auto_suspend.clone().unwrap_or_else(|| "0".to_owned());
    let resume = live.auto_resume.clone().unwrap_or_default().to_uppercase();
    let shall_resume = if wanted.auto_resume { "TRUE" } else { "FALSE" };
    [
        ("WAREHOUSE_SIZE", normal_size(&size), wanted.size.sql().to_owned()),
        ("AUTO_SUSPEND", suspend, wanted.auto_suspend_seconds.to_string()),
        ("AUTO_RESUME", resume, shall_resume.to_owned()),
    ]
    .into_iter()
    .filter(|(_, is, shall)| !is.is_empty() && is != shall)
    .map(|(key, is, shall)| {
        format!(
            "{key} is {is}, the pipeline says {shall}; left as it is (`ALTER WAREHOUSE {name} SET {key} = {shall}`)"
        )
    })
    .collect()
}

/// `2X-Large` and `XXLARGE` are the same size.
fn normal_size(size: &str) -> String {
    match size {
        "2XLARGE" => "XXLARGE".to_owned(),
        "3XLARGE" => "XXXLARGE".to_owned(),
        "4XLARGE" | "5XLARGE" | "6XLARGE" => format!("X{}LARGE", &size[..1]),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warehouse_that_was_resized_is_mentioned() {
        let live = |size: &str, suspend: &str| LiveWarehouse {
            size: size.into(),
            auto_suspend: Some(suspend.into()),
            auto_resume: Some("true".into()),
        };
        assert_eq!(remarks("W", &WarehouseDef::DEFAULT, &live("X-Small", "600")), Vec::<String>::new());
        assert_eq!(
            remarks("W", &WarehouseDef::DEFAULT, &live("2X-Large", "60")),
            [
                "WAREHOUSE_SIZE is XXLARGE, the pipeline says XSMALL; left as it is (`ALTER WAREHOUSE W SET WAREHOUSE_SIZE = XSMALL`)",
                "AUTO_SUSPEND is 60, the pipeline says 600; left as it is (`ALTER WAREHOUSE W SET AUTO_SUSPEND = 600`)"
            ]
        );
    }
}
