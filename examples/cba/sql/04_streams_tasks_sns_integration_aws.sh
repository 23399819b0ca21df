#!/usr/bin/env bash
# What AWS needs for the notification integration STREAMS_TASKS_SNS_INTEGRATION.
#
#   1. ./04_streams_tasks_sns_integration_aws.sh create
#      creates the topic, the role and its policy; run it before 04_create_sns_notification.sql
#   2. 04_create_sns_notification.sql creates the integration and describes it
#   3. ./04_streams_tasks_sns_integration_aws.sh trust <SF_AWS_IAM_USER_ARN> <SF_AWS_EXTERNAL_ID>
#      lets Snowflake assume the role; both values are in the description of step 2
#   4. ./04_streams_tasks_sns_integration_aws.sh subscribe <e-mail address>
#      sends what arrives at the topic to a person
#
# Needs the AWS command line interface, signed in to account 123456789012. Every step may run again.
set -euo pipefail
cd "$(dirname "$0")"

create() {
    aws sns create-topic --region us-east-1 --name snowflake-task-errors
    if ! aws iam get-role --role-name SnowflakeNotificationRole >/dev/null 2>&1; then
        # Only the account itself may assume the role until step 3 says who.
        aws iam create-role --path / --role-name SnowflakeNotificationRole --assume-role-policy-document \
            "$(sed -e 's|SF_AWS_IAM_USER_ARN|arn:aws:iam::123456789012:root|' -e 's|SF_AWS_EXTERNAL_ID|0000|' 04_streams_tasks_sns_integration_trust_policy.json)"
    fi
    aws iam put-role-policy --role-name SnowflakeNotificationRole --policy-name publish-snowflake-task-errors \
        --policy-document file://04_streams_tasks_sns_integration_publish_policy.json
}

trust() {
    local policy
    policy=$(sed -e "s|SF_AWS_IAM_USER_ARN|$1|" -e "s|SF_AWS_EXTERNAL_ID|$2|" 04_streams_tasks_sns_integration_trust_policy.json)
    aws iam update-assume-role-policy --role-name SnowflakeNotificationRole --policy-document "$policy"
}

subscribe() {
    aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:123456789012:snowflake-task-errors \
        --protocol email --notification-endpoint "$1"
}

case "${1:-}/$#" in
    create/1) create ;;
    trust/3) trust "$2" "$3" ;;
    subscribe/2) subscribe "$2" ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "${0##*/}" >&2; exit 2 ;;
esac
