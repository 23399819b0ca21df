const copied = snowflake.execute({
    sqlText: `INSERT INTO LAB.MART.NOTES (ID, NOTE)
        SELECT ID, CUSTOMER FROM LAB.MART.ORDERS WHERE ID > ?::NUMBER(38, 0)`,
    // A NULL argument is undefined, which cannot be bound.
    binds: [LEAST === undefined ? null : LEAST],
});
return String(copied.getNumRowsAffected());
