const result = snowflake.execute({ sqlText: "SELECT COUNT(*) FROM SHOP.RAW.ORDERS WHERE ID > ?", binds: [LEAST] });
result.next();
return result.getColumnValueAsString(1);
