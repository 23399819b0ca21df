const copied = snowflake.execute({
    sqlText: `INSERT INTO LAB.MART.NOTES (ID, NOTE)
        SELECT ID, CUSTOMER FROM LAB.MART.ORDERS WHERE ID > ?::NUMBER(38, 0)`,
    binds: [LEAST],
});
return String(copied.getNumRowsAffected());
