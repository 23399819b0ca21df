-- 03. Creates the streams, which record what changes from now on
-- Pipeline order_reports: Turnover reports, renewed when orders have arrived.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE REPORTS_ROLE;
USE WAREHOUSE REPORTS_WH;

CREATE STREAM IF NOT EXISTS SALES_DB.ORDERS.NEW_ORDERS
    ON TABLE SALES_DB.ORDERS.SHOP_ORDER
    APPEND_ONLY = TRUE;

SELECT SYSTEM$STREAM_HAS_DATA('SALES_DB.ORDERS.NEW_ORDERS') AS HAS_DATA;
