//! What a large pipeline in another crate builds on, and a quarter of it.

use pipeline_dsl::prelude::*;

#[database]
pub struct Shop;
#[schema(database = Shop)]
pub struct Sales;
#[warehouse]
pub struct Wh;
#[role]
pub struct Owner;
#[table(schema = Sales)]
pub struct Log {
    pub id: Integer,
}

/// Tables of 20 columns, a task for each, and each task after the one before; a stream on the first table starts them.
#[macro_export]
macro_rules! quarter {
    ($changes:literal $load:literal: $first:ident $root:ident $second:ident $($rest:ident)*) => {
        $crate::quarter! { @ table $first }
        #[stream(on = $first, name = $changes)]
        pub struct Changes;
        #[procedure(schema = Sales, name = $load, from = Changes, into = $second, mode = append)]
        pub struct Load;
        #[task(schema = Sales, warehouse = Wh, schedule = "5 minutes", when = has_data(Changes), call = Load)]
        pub struct $root;
        $crate::quarter! { @ after $root $second $($rest)* }
    };
    (@ after $before:ident $table:ident $task:ident $($rest:ident)*) => {
        $crate::quarter! { @ table $table }
        #[task(schema = Sales, warehouse = Wh, after($before), timeout = "1 hour", sql = "DELETE FROM {Log}")]
        pub struct $task;
        $crate::quarter! { @ after $task $($rest)* }
    };
    (@ after $last:ident) => {
        /// The last task.
        pub type Last = $last;
    };
    (@ table $table:ident) => {
        #[table(schema = Sales)]
        pub struct $table {
            pub c0: Integer,
            pub c1: Varchar<50>,
            pub c2: Option<Number<10, 2>>,
            pub c3: Option<TimestampNtz>,
            pub c4: Option<Boolean>,
            pub c5: Integer,
            pub c6: Varchar<50>,
            pub c7: Option<Number<10, 2>>,
            pub c8: Option<TimestampNtz>,
            pub c9: Option<Boolean>,
            pub c10: Integer,
            pub c11: Varchar<50>,
            pub c12: Option<Number<10, 2>>,
            pub c13: Option<TimestampNtz>,
            pub c14: Option<Boolean>,
            pub c15: Integer,
            pub c16: Varchar<50>,
            pub c17: Option<Number<10, 2>>,
            pub c18: Option<TimestampNtz>,
            pub c19: Option<Boolean>,
        }
    };
}

quarter! {
    "CHANGES_0" "LOAD_0":
    T0 S0 T1 S1 T2 S2 T3 S3 T4 S4 T5 S5 T6 S6 T7 S7 T8 S8 T9 S9 T10 S10 T11 S11 T12 S12 T13 S13 T14 S14 T15 S15 T16 S16
    T17 S17 T18 S18 T19 S19 T20 S20 T21 S21 T22 S22 T23 S23 T24 S24 T25 S25 T26 S26 T27 S27 T28 S28 T29 S29 T30 S30 T31
    S31 T32 S32 T33 S33 T34 S34 T35 S35 T36 S36 T37 S37 T38 S38 T39 S39 T40 S40 T41 S41 T42 S42 T43 S43 T44 S44 T45 S45
    T46 S46 T47 S47 T48 S48 T49 S49 T50 S50 T51 S51 T52 S52 T53 S53 T54 S54 T55 S55 T56 S56 T57 S57 T58 S58 T59 S59 T60
    S60 T61 S61 T62 S62 T63 S63 T64 S64 T65 S65 T66 S66 T67 S67 T68 S68 T69 S69 T70 S70 T71 S71 T72 S72 T73 S73 T74 S74
    T75 S75 T76 S76 T77 S77 T78 S78 T79 S79 T80 S80 T81 S81 T82 S82 T83 S83 T84 S84 T85 S85 T86 S86 T87 S87 T88 S88 T89
    S89 T90 S90 T91 S91 T92 S92 T93 S93 T94 S94 T95 S95 T96 S96 T97 S97 T98 S98 T99 S99
}
