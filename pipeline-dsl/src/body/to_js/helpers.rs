//! Functions that every body has as far as it uses them.

/// A function, the calls it is recognised by, and its text.
struct Helper {
    name: &'static str,
    text: &'static str,
}

const HELPERS: &[Helper] = &[
    Helper {
        name: "bind",
        text: r#"const bind = (value) => {
    if (value === undefined || value === null) {
        return null;
    }
    return typeof value === "boolean" ? String(value) : value;
};
"#,
    },
    Helper {
        name: "run",
        text: r#"const run = (sqlText, ...binds) => {
    const statement = snowflake.createStatement({ sqlText: sqlText, binds: binds.map(bind) });
    statement.execute();
    return statement;
};
"#,
    },
    Helper {
        name: "rows",
        text: r#"// All but FLOAT and BOOLEAN are read as text, which keeps every digit.
const rows = function* (sqlText, ...binds) {
    const statement = snowflake.createStatement({ sqlText: sqlText, binds: binds.map(bind) });
    const result = statement.execute();
    while (result.next()) {
        const values = [];
        for (let i = 1; i <= statement.getColumnCount(); i++) {
            const value = result.getColumnValue(i);
            if (value === null || value === undefined) {
                values.push(null);
            } else if (statement.isColumnBoolean(i)) {
                values.push(Boolean(value));
            } else if (["FLOAT", "REAL", "DOUBLE"].includes(statement.getColumnSqlType(i))) {
                values.push(value);
            } else {
                values.push(result.getColumnValueAsString(i));
            }
        }
        yield values;
    }
};
"#,
    },
    Helper {
        name: "row",
        text: r#"const row = (sqlText, ...binds) => {
    const [first, second] = rows(sqlText, ...binds);
    if (second !== undefined) {
        throw new Error("expected exactly 1 returned row, but got more");
    }
    return first === undefined ? [] : first;
};
"#,
    },
    Helper {
        name: "range",
        text: r#"const range = function* (from, to) {
    if (from === null || to === null) {
        throw new Error("a bound of a loop is NULL");
    }
    for (let number = BigInt(from); number <= BigInt(to); number++) {
        yield String(number);
    }
};
"#,
    },
    Helper {
        name: "backwards",
        text: r#"const backwards = function* (from, to) {
    if (from === null || to === null) {
        throw new Error("a bound of a loop is NULL");
    }
    for (let number = Number(to); number >= Number(from); number--) {
        yield String(number);
    }
};
"#,
    },
    Helper {
        name: "raise",
        text: r#"const raise = (code, message) => {
    const error = new Error(message);
    error.code = code;
    error.state = "P0001";
    throw error;
};
"#,
    },
    Helper {
        name: "about",
        text: r#"const about = (error) => [
    error.code === undefined ? null : String(error.code),
    error.message === undefined ? String(error) : error.message,
    error.state === undefined ? null : error.state,
];
"#,
    },
    Helper {
        name: "json",
        text: r#"// A number that JavaScript would round stays text. A NULL in an array is written as undefined.
const exact = (token) => {
    if (token[0] === "\"" || /e/i.test(token)) {
        return token === "undefined" ? "null" : token;
    }
    const shortest = token.includes(".") ? token.replace(/\.?0+$/, "") : token;
    return String(Number(token)) === shortest ? token : `"${token}"`;
};
// Undefined is NULL, null would be the null of JSON.
const json = (text) => {
    if (text === null || text === undefined) {
        return undefined;
    }
    return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|undefined/g, exact));
};
"#,
    },
    Helper {
        name: "truth",
        text: r#"const truth = (value) => (value === null || value === undefined ? null : Boolean(value));
"#,
    },
    Helper {
        name: "hex",
        text: r#"const hex = (bytes) => {
    if (bytes === null || bytes === undefined) {
        return null;
    }
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
"#,
    },
    Helper {
        name: "bytes",
        text: r#"const bytes = (text) => {
    if (text === null || text === undefined) {
        return null;
    }
    return Uint8Array.from(text.match(/../g) || [], (digits) => parseInt(digits, 16));
};
"#,
    },
];

/// The text of the functions that `body` needs, with an empty line after it.
pub(super) fn used_by(body: &str) -> String {
    let mut needed = vec![];
    let calls = |text: &str, name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + name.len()..].chars().next();
            !before.is_some_and(|before| before.is_alphanumeric() || "_.$".contains(before))
                && after.is_some_and(|after| "(,)".contains(after))
        })
    };
    // A later helper may call earlier ones.
    let mut text = body.to_owned();
    for helper in HELPERS.iter().rev() {
        if calls(&text, helper.name) {
            needed.push(helper.text);
            text.push_str(helper.text);
        }
    }
    needed.reverse();
    if needed.is_empty() { String::new() } else { needed.concat() + "\n" }
}
