use pipeline_dsl::prelude::*;

#[role]
pub struct Owner;

macro_rules! schemas {
    ($database:ident: $($schema:ident)*) => {
        $(
            #[pipeline_dsl::schema(database = $database)]
            pub struct $schema;
        )*
    };
}

/// Databases of 64 schemas each.
macro_rules! databases {
    ($($database:ident)*) => {
        $(
            pub mod $database {
                #[pipeline_dsl::database]
                pub struct $database;
                schemas! { $database:
                    S0 S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 S16 S17 S18 S19 S20 S21 S22 S23 S24 S25 S26
                    S27 S28 S29 S30 S31 S32 S33 S34 S35 S36 S37 S38 S39 S40 S41 S42 S43 S44 S45 S46 S47 S48 S49 S50
                    S51 S52 S53 S54 S55 S56 S57 S58 S59 S60 S61 S62 S63
                }
            }
        )*

        pipeline! {
            /// 64 databases of 64 schemas each.
            pub Huge(role = Owner) [$(
                $database::S0, $database::S1, $database::S2, $database::S3, $database::S4, $database::S5,
                $database::S6, $database::S7, $database::S8, $database::S9, $database::S10, $database::S11,
                $database::S12, $database::S13, $database::S14, $database::S15, $database::S16, $database::S17,
                $database::S18, $database::S19, $database::S20, $database::S21, $database::S22, $database::S23,
                $database::S24, $database::S25, $database::S26, $database::S27, $database::S28, $database::S29,
                $database::S30, $database::S31, $database::S32, $database::S33, $database::S34, $database::S35,
                $database::S36, $database::S37, $database::S38, $database::S39, $database::S40, $database::S41,
                $database::S42, $database::S43, $database::S44, $database::S45, $database::S46, $database::S47,
                $database::S48, $database::S49, $database::S50, $database::S51, $database::S52, $database::S53,
                $database::S54, $database::S55, $database::S56, $database::S57, $database::S58, $database::S59,
                $database::S60, $database::S61, $database::S62, $database::S63,
            )*]
        }
    };
}

databases! {
    D0 D1 D2 D3 D4 D5 D6 D7 D8 D9 D10 D11 D12 D13 D14 D15 D16 D17 D18 D19 D20 D21 D22 D23 D24 D25 D26 D27 D28 D29 D30
    D31 D32 D33 D34 D35 D36 D37 D38 D39 D40 D41 D42 D43 D44 D45 D46 D47 D48 D49 D50 D51 D52 D53 D54 D55 D56 D57 D58
    D59 D60 D61 D62 D63
}

fn main() {}
