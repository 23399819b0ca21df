-- 06. Tries the pipeline out and shows how it is doing
-- Pipeline customer_dimension: Keeps the customer dimension.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE CRM_ROLE;
USE WAREHOUSE CRM_WH;

-- Which tasks are started
SHOW TASKS IN SCHEMA CRM_DB.DIMENSION;
SELECT "name", "state", "schedule", "warehouse", "condition", "predecessors" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()));

-- Streams must be consumed before they go stale
SHOW STREAMS IN SCHEMA CRM_DB.LANDING;
SELECT "name", "table_name", "mode", "stale", "stale_after" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()));

-- Whether changes are waiting
SELECT SYSTEM$STREAM_HAS_DATA('CRM_DB.LANDING.CUSTOMER_CHANGES') AS HAS_DATA;

-- Runs of the last 24 hours, newest first
SELECT NAME, STATE, SCHEDULED_TIME, QUERY_START_TIME, COMPLETED_TIME, ERROR_CODE, ERROR_MESSAGE
FROM TABLE(CRM_DB.INFORMATION_SCHEMA.TASK_HISTORY(
    SCHEDULED_TIME_RANGE_START => DATEADD('HOUR', -24, CURRENT_TIMESTAMP()),
    SCHEDULED_TIME_RANGE_END => CURRENT_TIMESTAMP(),
    RESULT_LIMIT => 100,
    TASK_NAME => 'KEEP_CUSTOMERS'
))
ORDER BY SCHEDULED_TIME DESC;
