-- 05. Creates procedures, views and tasks, and starts the tasks
-- Pipeline customer_dimension: Keeps the customer dimension.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE CRM_ROLE;
USE WAREHOUSE CRM_WH;

CREATE OR REPLACE PROCEDURE CRM_DB.DIMENSION.MERGE_CUSTOMERS()
COPY GRANTS
RETURNS VARIANT
LANGUAGE SQL
COMMENT = 'Merges the latest change of each customer into the dimension.'
EXECUTE AS OWNER
AS
$$
DECLARE
    v_rows NUMBER(38,0);
    transaction_open BOOLEAN DEFAULT FALSE;
BEGIN
    BEGIN TRANSACTION;
    transaction_open := TRUE;
    MERGE INTO CRM_DB.DIMENSION.CUSTOMER_DIM AS t
    USING (
        SELECT
            ID,
            NAME,
            EMAIL,
            SEGMENT,
            UPDATED_AT,
            METADATA$ACTION
        FROM CRM_DB.LANDING.CUSTOMER_CHANGES
        WHERE NOT (METADATA$ACTION = 'DELETE' AND METADATA$ISUPDATE)
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY ID
            ORDER BY IFF(METADATA$ACTION = 'INSERT', 0, 1), UPDATED_AT DESC NULLS LAST, METADATA$ROW_ID
        ) = 1
    ) AS s
    ON t.CUSTOMER_ID = s.ID
    WHEN MATCHED AND s.METADATA$ACTION = 'DELETE' THEN
        UPDATE SET REMOVED_AT = CURRENT_TIMESTAMP()
    WHEN MATCHED THEN
        UPDATE SET
            NAME = s.NAME,
            EMAIL = s.EMAIL,
            SEGMENT = s.SEGMENT,
            CHANGED_AT = s.UPDATED_AT,
            REMOVED_AT = NULL
    WHEN NOT MATCHED AND s.METADATA$ACTION = 'INSERT' THEN
        INSERT (
            CUSTOMER_ID,
            NAME,
            EMAIL,
            SEGMENT,
            CHANGED_AT
        )
        VALUES (
            s.ID,
            s.NAME,
            s.EMAIL,
            s.SEGMENT,
            s.UPDATED_AT
        );
    v_rows := SQLROWCOUNT;
    COMMIT;
    transaction_open := FALSE;

    RETURN OBJECT_CONSTRUCT('rows', v_rows);
EXCEPTION
    WHEN OTHER THEN
        IF (transaction_open) THEN
            ROLLBACK;
        END IF;
        RAISE;
END;
$$;

CREATE TASK IF NOT EXISTS CRM_DB.DIMENSION.KEEP_CUSTOMERS
    WAREHOUSE = CRM_WH
    COMMENT = 'Runs as soon as a customer has changed: it has no schedule, its stream triggers it.'
    WHEN SYSTEM$STREAM_HAS_DATA('CRM_DB.LANDING.CUSTOMER_CHANGES')
AS
    CALL CRM_DB.DIMENSION.MERGE_CUSTOMERS();

-- Tasks are created suspended
ALTER TASK CRM_DB.DIMENSION.KEEP_CUSTOMERS RESUME;
