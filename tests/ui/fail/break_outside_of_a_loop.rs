#[path = "../shop.rs"]
mod shop;
use pipeline_dsl::prelude::*;
use shop::*;

#[procedure(schema = Raw)]
pub fn fill(orders: &mut Orders) -> Integer {
    loop {
        transaction(|| {
            orders.delete_all();
            break;
        });
    }
    0
}

fn main() {}
// It compiles without `            break;`.
// It compiles with `        }); break;` instead of `       });`.
