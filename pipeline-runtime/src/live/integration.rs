//! Notification integrations: where they send to.

use pipeline_dsl::{
    ident,
    object::{NotificationIntegrationDef, Provider},
};

/// What differs between the properties that DESCRIBE shows and those of the pipeline, and what to do about it.
pub(super) fn compare(
    name: &str,
    wanted: &NotificationIntegrationDef,
    property: impl Fn(&str) -> Option<String>,
) -> (Vec<String>, Vec<String>) {
    let mut details = Vec::new();
    let mut settings = Vec::new();
    let texts: &[(&str, &str)] = match wanted.provider {
        Provider::AwsSns { topic_arn, role_arn } => &[("AWS_SNS_TOPIC_ARN", topic_arn), ("AWS_SNS_ROLE_ARN", role_arn)],
        Provider::GcpPubsub { topic_name } => &[("GCP_PUBSUB_TOPIC_NAME", topic_name)],
        Provider::AzureEventGrid { topic_endpoint, tenant_id } => {
            &[("AZURE_EVENT_GRID_TOPIC_ENDPOINT", topic_endpoint), ("AZURE_TENANT_ID", tenant_id)]
        }
        // How DESCRIBE shows lists and headers is not documented; they are not compared.
        Provider::Email { .. } => &[],
        Provider::Webhook { url, .. } => &[("WEBHOOK_URL", url)],
    };
    for (key, shall) in texts {
        // A property that is not shown cannot be compared; Snowflake shows all of them to the owner.
        if let Some(is) = property(key).filter(|is| is != shall) {
            details.push(format!("~ {key} is `{is}`, the pipeline says `{shall}`"));
            settings.push(format!("{key} = {}", ident::literal(shall)));
        }
    }
    if let Some(is) = property("ENABLED").filter(|is| is.eq_ignore_ascii_case("true") != wanted.enabled) {
        details.push(format!("~ ENABLED is `{is}`, the pipeline says `{}`", wanted.enabled));
        settings.push(format!("ENABLED = {}", if wanted.enabled { "TRUE" } else { "FALSE" }));
    }
    let before = match wanted.provider {
        Provider::AwsSns { .. } => "after AWS trusts the new values: ",
        _ => "",
    };
    let help = (!settings.is_empty()).then(|| {
        format!("{before}`ALTER NOTIFICATION INTEGRATION {name} SET {}`, then deploy again", settings.join(" "))
    });
    (details, help.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_topic_is_not_overlooked() {
        let wanted = NotificationIntegrationDef {
            enabled: true,
            provider: Provider::AwsSns { topic_arn: "arn:new", role_arn: "arn:role" },
        };
        let live = |topic: &'static str, enabled: &'static str| {
            move |key: &str| match key {
                "AWS_SNS_TOPIC_ARN" => Some(topic.to_owned()),
                "AWS_SNS_ROLE_ARN" => Some("arn:role".to_owned()),
                "ENABLED" => Some(enabled.to_owned()),
                _ => None,
            }
        };
        assert_eq!(compare("I", &wanted, live("arn:new", "true")), (vec![], vec![]));
        let (details, help) = compare("I", &wanted, live("arn:old", "false"));
        assert_eq!(
            details,
            [
                "~ AWS_SNS_TOPIC_ARN is `arn:old`, the pipeline says `arn:new`",
                "~ ENABLED is `false`, the pipeline says `true`"
            ]
        );
        assert_eq!(
            help,
            [
                "after AWS trusts the new values: `ALTER NOTIFICATION INTEGRATION I SET AWS_SNS_TOPIC_ARN = 'arn:new' ENABLED = TRUE`, then deploy again"
            ]
        );
    }
}
