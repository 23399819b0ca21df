//! What AWS needs for an SNS integration: topic, role, publish policy and trust policy.

use super::Companion;
use crate::node::Node;
use crate::object::{Arn, NotificationIntegrationDef, Provider, arn};

/// The policies and a shell script of `aws` commands for one integration, if it is with SNS.
pub(super) fn companions(node: &Node, integration: &NotificationIntegrationDef) -> Vec<Companion> {
    let Provider::AwsSns { topic_arn, role_arn } = integration.provider else { return Vec::new() };
    let stem = format!("04_{}", node.name.to_ascii_lowercase());
    let publish = format!("{stem}_publish_policy.json");
    let trust = format!("{stem}_trust_policy.json");
    let commands = format!("{stem}_aws.sh");
    vec![
        Companion { file_name: publish.clone(), text: publish_policy(topic_arn) },
        Companion { file_name: trust.clone(), text: TRUST_POLICY.to_owned() },
        Companion { text: shell(node, topic_arn, role_arn, [&commands, &publish, &trust]), file_name: commands },
    ]
}

/// The file name of the shell script for an integration.
pub(super) fn shell_name(node: &Node) -> String {
    format!("04_{}_aws.sh", node.name.to_ascii_lowercase())
}

fn publish_policy(topic_arn: &str) -> String {
    format!(
        r#"{{
  "Version": "2012-10-17",
  "Statement": [
    {{
      "Effect": "Allow",
      "Action": "sns:Publish",
      "Resource": "{topic_arn}"
    }}
  ]
}}
"#
    )
}

const TRUST_POLICY: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "AWS": "SF_AWS_IAM_USER_ARN"
      },
      "Action": "sts:AssumeRole",
      "Condition": {
        "StringEquals": {
          "sts:ExternalId": "SF_AWS_EXTERNAL_ID"
        }
      }
    }
  ]
}
"#;

fn shell(node: &Node, topic_arn: &str, role_arn: &str, [commands, publish, trust]: [&str; 3]) -> String {
    let Some(Arn { partition, region, account, resource: topic_name }) = arn(topic_arn, "sns") else {
        unreachable!("`{topic_arn}` was checked when the integration was declared")
    };
    let role_path = role_arn.rsplit_once(":role/").map_or(role_arn, |(_, path)| path);
    let (path, role) =
        role_path.rsplit_once('/').map_or(("/".to_owned(), role_path), |(path, role)| (format!("/{path}/"), role));
    format!(
        r#"#!/usr/bin/env bash
# What AWS needs for the notification integration {integration}.
#
#   1. ./{commands} create
#      creates the topic, the role and its policy; run it before 04_create_sns_notification.sql
#   2. 04_create_sns_notification.sql creates the integration and describes it
#   3. ./{commands} trust <SF_AWS_IAM_USER_ARN> <SF_AWS_EXTERNAL_ID>
#      lets Snowflake assume the role; both values are in the description of step 2
#   4. ./{commands} subscribe <e-mail address>
#      sends what arrives at the topic to a person
#
# Needs the AWS command line interface, signed in to account {account}. Every step may run again.
set -euo pipefail
cd "$(dirname "$0")"

create() {{
    aws sns create-topic --region {region} --name {topic_name}
    if ! aws iam get-role --role-name {role} >/dev/null 2>&1; then
        # Only the account itself may assume the role until step 3 says who.
        aws iam create-role --path {path} --role-name {role} --assume-role-policy-document \
            "$(sed -e 's|SF_AWS_IAM_USER_ARN|{own}|' -e 's|SF_AWS_EXTERNAL_ID|0000|' {trust})"
    fi
    aws iam put-role-policy --role-name {role} --policy-name publish-{topic_name} \
        --policy-document file://{publish}
}}

trust() {{
    local policy
    policy=$(sed -e "s|SF_AWS_IAM_USER_ARN|$1|" -e "s|SF_AWS_EXTERNAL_ID|$2|" {trust})
    aws iam update-assume-role-policy --role-name {role} --policy-document "$policy"
}}

subscribe() {{
    aws sns subscribe --region {region} --topic-arn {topic_arn} \
        --protocol email --notification-endpoint "$1"
}}

case "${{1:-}}/$#" in
    create/1) create ;;
    trust/3) trust "$2" "$3" ;;
    subscribe/2) subscribe "$2" ;;
    *) sed -n '2,13s/^# \{{0,1\}}//p' "${{0##*/}}" >&2; exit 2 ;;
esac
"#,
        integration = node.qualified_name(),
        own = format_args!("arn:{partition}:iam::{account}:root"),
    )
}
