-- 02. Creates the tables and loads sample data
-- Pipeline customer_dimension: Keeps the customer dimension.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE CRM_ROLE;
USE WAREHOUSE CRM_WH;

CREATE TABLE IF NOT EXISTS CRM_DB.LANDING.CUSTOMER (
    ID NUMBER(38,0) NOT NULL COMMENT 'The number that the CRM system gave.',
    NAME VARCHAR(100) NOT NULL,
    EMAIL VARCHAR(200),
    SEGMENT VARCHAR(20),
    UPDATED_AT TIMESTAMP_NTZ NOT NULL DEFAULT CURRENT_TIMESTAMP()
)
COMMENT = 'Customers as the CRM system has them now.';

CREATE TABLE IF NOT EXISTS CRM_DB.DIMENSION.CUSTOMER_DIM (
    CUSTOMER_ID NUMBER(38,0) NOT NULL,
    NAME VARCHAR(100) NOT NULL,
    EMAIL VARCHAR(200),
    SEGMENT VARCHAR(20),
    CHANGED_AT TIMESTAMP_NTZ NOT NULL,
    REMOVED_AT TIMESTAMP_NTZ COMMENT 'Set when the CRM system no longer has the customer.'
)
COMMENT = 'One row for every customer there ever was.';

-- Sample data; run again, these statements load nothing
INSERT INTO CRM_DB.LANDING.CUSTOMER (ID, NAME, EMAIL, SEGMENT, UPDATED_AT)
SELECT
    N,
    'Customer ' || N,
    'customer' || N || '@example.com',
    CASE MOD(N, 3) WHEN 0 THEN 'PRIVATE' WHEN 1 THEN 'BUSINESS' END,
    DATEADD('DAY', -MOD(N, 400), '2026-01-01'::TIMESTAMP_NTZ)
FROM (
    SELECT ROW_NUMBER() OVER (ORDER BY SEQ4()) AS N
    FROM TABLE(GENERATOR(ROWCOUNT => 200))
) AS NUMBERS
WHERE NOT EXISTS (SELECT 1 FROM CRM_DB.LANDING.CUSTOMER);

SELECT COUNT(*) AS ROWS_IN_TABLE FROM CRM_DB.LANDING.CUSTOMER;
SELECT COUNT(*) AS ROWS_IN_TABLE FROM CRM_DB.DIMENSION.CUSTOMER_DIM;
