//! The tables that the procedures work on, and what they hold at the start.

use pipeline_dsl::prelude::*;

#[database]
pub struct Lab;
#[schema(database = Lab)]
pub struct Mart;

#[table(schema = Mart)]
pub struct Orders {
    pub id: Integer,
    pub customer: Option<Varchar<50>>,
    pub amount: Option<Number<10, 2>>,
    pub ordered_at: Option<TimestampNtz>,
}

#[table(schema = Mart)]
pub struct Customers {
    pub name: Varchar<50>,
    pub region: Option<Varchar<10>>,
    pub referred_by: Option<Varchar<50>>,
}

#[stream(on = Orders)]
pub struct OrderChanges;

#[stream(on = Orders, append_only)]
pub struct NewOrders;

/// The orders with what has happened to them.
#[table(schema = Mart)]
pub struct Batch {
    #[column(flatten)]
    pub order: Orders,
    pub action: Option<Varchar<10>>,
    pub batch_id: Option<Varchar<36>>,
}

/// The latest of each order.
#[table(schema = Mart)]
pub struct Latest {
    pub order_id: Integer,
    pub customer: Option<Varchar<50>>,
    pub amount: Option<Number<10, 2>>,
    #[column(default = true)]
    pub active: Boolean,
}

#[table(schema = Mart)]
pub struct Totals {
    pub customer: Option<Varchar<50>>,
    pub orders: Integer,
    pub total: Option<Number<38, 2>>,
}

/// What a procedure writes down about its run.
#[table(schema = Mart)]
pub struct Notes {
    pub id: Option<Integer>,
    pub note: Option<Varchar>,
}

/// A column of each type.
#[table(schema = Mart)]
pub struct Things {
    pub id: Integer,
    pub whole: Option<Integer>,
    pub exact: Option<Number<38, 10>>,
    pub price: Option<Number<5, 2>>,
    pub ratio: Option<Float>,
    pub label: Option<Varchar>,
    pub raw: Option<Binary>,
    pub flag: Option<Boolean>,
    pub day: Option<Date>,
    pub clock: Option<Time>,
    pub at_ntz: Option<TimestampNtz>,
    pub at_ltz: Option<TimestampLtz>,
    pub at_tz: Option<TimestampTz>,
    pub any: Option<Variant>,
    pub fields: Option<ObjectValue>,
    pub list: Option<Array>,
}

/// The same columns, to be filled.
#[table(schema = Mart)]
pub struct Copies {
    #[column(flatten)]
    pub thing: Things,
}

/// What a table holds at the start.
pub fn rows(table: &str) -> &'static [&'static str] {
    match table {
        "ORDERS" => &["INSERT INTO ORDERS VALUES
            (1, 'ann', 12.50, '2026-01-02 03:04:05.678901'),
            (2, 'bob', -0.01, '1969-12-31 23:59:59.000001'),
            (3, NULL, NULL, NULL),
            (4, 'it''s \"4\" \\\\ $$ `${x}`\\n🐘 é', 99999999.99, '9999-12-31 23:59:59'),
            (9007199254740993, 'ann', 0, '2026-02-28 00:00:00'),
            (99999999999999999999999999999999999999, '', 7.5, '2024-02-29 12:00:00.5')"],
        "CUSTOMERS" => &["INSERT INTO CUSTOMERS VALUES
            ('ann', 'EU', NULL), ('bob', NULL, 'ann'), ('cid', 'US', 'bob'), ('', 'EU', 'nobody')"],
        "LATEST" => &["INSERT INTO LATEST VALUES (1, 'ann', 1, TRUE), (2, 'old', NULL, FALSE), (77, 'gone', 7, TRUE)"],
        "NOTES" => &["INSERT INTO NOTES VALUES (NULL, 'at the start')"],
        "LANDING" => &["INSERT INTO LANDING VALUES
            (1, '1', '12.50', '2026-01-31'), (2, ' 2', 'twelve', '2026-02-28'), (3, '1', '7', '2026-02-30'),
            (4, NULL, '1.005', '2026-01-31'), (5, '1', '8.125', '2026-03-01'), (6, 'x''y', NULL, NULL)"],
        "REGIONS" => &["INSERT INTO REGIONS VALUES
            ('ann', 'US', '1900-01-01', '2026-02-01'), ('ann', 'EU', '2026-02-01', '9999-12-31'),
            ('bob', 'EU', '1900-01-01', '9999-12-31'), ('', NULL, '1900-01-01', '9999-12-31')"],
        "FACTS" => &["INSERT INTO FACTS VALUES (1, '?', NULL), (3, 'EU', 1)"],
        "SETTINGS" => &["INSERT INTO SETTINGS VALUES ('least_amount', '5'), ('label', 'it''s $$'), ('enabled', 'maybe')"],
        "EVENTS" => &["INSERT INTO EVENTS SELECT COLUMN1, COLUMN2, COLUMN3, COLUMN4, COLUMN5, TRY_PARSE_JSON(COLUMN6) FROM VALUES
            (1, 'ann', '2026-01-01 10:00:00', 'view', 1.5, NULL),
            (2, 'ann', '2026-01-01 10:20:00', 'basket', NULL,
                '{\"items\": [{\"sku\": \"a''1\", \"price\": 9.99}, {\"sku\": null, \"price\": 0.5, \"count\": 3}, {\"sku\": \"b\"}]}'),
            (3, 'ann', '2026-01-01 11:30:00', 'order', 20.125, '{\"items\": []}'),
            (4, 'bob', '2026-01-01 10:05:00', 'view', NULL, '\"text\"'),
            (5, 'bob', '2026-01-01 10:06:00', 'view', 2, NULL),
            (6, 'bob', '2026-01-02 00:00:00', 'basket', -3.333, '{\"items\": [1, {\"price\": 2}]}')"],
        "THINGS" => &[
            "INSERT INTO THINGS SELECT 1, 9007199254740993, 1234567890123456789012345678.0123456789, 999.99, 0.1, 'plain',
                TO_BINARY('00ff10', 'HEX'), TRUE, '2024-02-29', '23:59:59.123456', '2026-01-02 03:04:05.678901',
                '2026-01-02 03:04:05.678901 +0100', '2026-01-02 03:04:05.678901 -0830',
                PARSE_JSON('{\"a\": [1, 2.50, null, \"x\"], \"big\": 9007199254740991}'),
                OBJECT_CONSTRUCT('k', 'v', 'n', 1.0), ARRAY_CONSTRUCT(1, 'two', NULL, TRUE)",
            "INSERT INTO THINGS SELECT 2, -99999999999999999999999999999999999999, -0.0000000001, -0.5, -1.5e300,
                'it''s \"q\" \\\\ $$ ${x} `\\n\\t🐘 é', TO_BINARY('', 'HEX'), FALSE, '0001-01-01', '00:00:00',
                '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999 +0000', '9999-12-31 23:59:59 +1400',
                PARSE_JSON('\"text\"'), OBJECT_CONSTRUCT(), ARRAY_CONSTRUCT()",
            "INSERT INTO THINGS (ID) VALUES (3)",
            "INSERT INTO THINGS SELECT 4, 0, 0, 0, 0, '', TO_BINARY('27', 'HEX'), NULL, '9999-12-31', '12:00:00.5',
                '2026-06-30 12:00:00', '2026-06-30 12:00:00 +0200', '2026-06-30 12:00:00 +0000',
                PARSE_JSON('null'), OBJECT_CONSTRUCT('', PARSE_JSON('null')), ARRAY_CONSTRUCT(ARRAY_CONSTRUCT(1))",
        ],
        _ => &[],
    }
}

/// What has happened to a table since the streams on it were made.
pub fn changes(table: &str) -> &'static [&'static str] {
    match table {
        "ORDERS" => &[
            "INSERT INTO ORDERS VALUES (10, 'new', 10, '2026-03-01 00:00:00'), (11, NULL, NULL, NULL), (12, 'gone', 1, NULL)",
            "UPDATE ORDERS SET AMOUNT = 5.05, CUSTOMER = 'it''s new' WHERE ID IN (2, 10)",
            "DELETE FROM ORDERS WHERE ID IN (1, 12)",
        ],
        "TABLE_A" => {
            &["INSERT INTO RAW_DB.SAMPLE_DATA.TABLE_A (CUSTOMER_ID, TRANSACTION_DATE, AMOUNT, TRANSACTION_TYPE) VALUES
            ('it''s $$', '2026-07-01 09:00:00.123456', 100.00, 'PURCHASE'), (NULL, NULL, NULL, NULL),
            ('KEEP', '9999-12-31 23:59:59', 99999999.99, 'DEPOSIT'), ('', '1969-12-31 23:59:59.9', -0.01, '')"]
        }
        "CUSTOMER" => &["INSERT INTO CRM_DB.LANDING.CUSTOMER VALUES
            (1, 'ann', 'ann@example.com', 'PRIVATE', '2026-01-01 00:00:00.5'), (2, '', NULL, NULL, '1969-12-31'),
            (9007199254740993, 'big 🐘', '\\\\ ''q''', NULL, '2026-02-02')"],
        "SHOP_ORDER" => &["INSERT INTO SALES_DB.ORDERS.SHOP_ORDER (CUSTOMER, ORDERED_ON, AMOUNT) VALUES
            ('ann', '2024-02-29', 12.50), ('', '1969-12-31', -0.01), ('it''s', '9999-12-31', 9999999999.99)"],
        _ => &[],
    }
}
