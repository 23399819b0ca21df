-- 03. Creates the streams, which record what changes from now on
-- Pipeline cba: Customer behaviour analysis, every two minutes.
-- Generated from the Rust definitions by `render`: change those, not this file. Safe to run again.

USE ROLE STREAMS_TASKS_ROLE;
USE WAREHOUSE STREAMS_TASKS_WH;

CREATE STREAM IF NOT EXISTS RAW_DB.SAMPLE_DATA.STREAM_TABLE_A
    ON TABLE RAW_DB.SAMPLE_DATA.TABLE_A
    COMMENT = 'All changes (INSERT, UPDATE, DELETE) of TABLE_A.';

SELECT SYSTEM$STREAM_HAS_DATA('RAW_DB.SAMPLE_DATA.STREAM_TABLE_A') AS HAS_DATA;
