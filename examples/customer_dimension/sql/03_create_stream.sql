-- 03. Creates the streams, which record what changes from now on
-- Pipeline customer_dimension: Keeps the customer dimension.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE CRM_ROLE;
USE WAREHOUSE CRM_WH;

CREATE STREAM IF NOT EXISTS CRM_DB.LANDING.CUSTOMER_CHANGES
    ON TABLE CRM_DB.LANDING.CUSTOMER;

SELECT SYSTEM$STREAM_HAS_DATA('CRM_DB.LANDING.CUSTOMER_CHANGES') AS HAS_DATA;
