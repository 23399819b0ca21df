-- 04. Creates the notification integration that tells of failed tasks
-- Pipeline cba: Customer behaviour analysis, every two minutes.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.
--
-- Before: ./04_streams_tasks_sns_integration_aws.sh create
-- After:  ./04_streams_tasks_sns_integration_aws.sh trust <SF_AWS_IAM_USER_ARN> <SF_AWS_EXTERNAL_ID>
-- To try it out, once AWS trusts Snowflake:
--     CALL SYSTEM$SEND_SNOWFLAKE_NOTIFICATION(
--         SNOWFLAKE.NOTIFICATION.APPLICATION_JSON('{"test": true}'),
--         SNOWFLAKE.NOTIFICATION.INTEGRATION('STREAMS_TASKS_SNS_INTEGRATION'));

USE ROLE ACCOUNTADMIN;

CREATE NOTIFICATION INTEGRATION IF NOT EXISTS STREAMS_TASKS_SNS_INTEGRATION
    ENABLED = TRUE
    TYPE = QUEUE
    DIRECTION = OUTBOUND
    NOTIFICATION_PROVIDER = AWS_SNS
    AWS_SNS_TOPIC_ARN = 'arn:aws:sns:us-east-1:123456789012:snowflake-task-errors'
    AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/SnowflakeNotificationRole'
    COMMENT = 'Tells of failed runs through Amazon SNS.';

-- What the pipeline needs, and no more
GRANT USAGE ON INTEGRATION STREAMS_TASKS_SNS_INTEGRATION TO ROLE STREAMS_TASKS_ROLE;

-- SF_AWS_IAM_USER_ARN and SF_AWS_EXTERNAL_ID go into the trust policy of the role
DESCRIBE INTEGRATION STREAMS_TASKS_SNS_INTEGRATION;
