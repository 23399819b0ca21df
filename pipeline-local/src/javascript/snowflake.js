// The `snowflake` object of JavaScript procedures, over the few functions of `host`. `file` is the name under which the
// body is compiled. Gives what runs a body.
(function (host, file) {
  "use strict";
  const { stringify, parse } = JSON;
  const { defineProperty } = Object;
  const PromiseType = Promise;
  const escaped = file.replace(/[^A-Za-z0-9_]/g, "\\$&");
  const frame = new RegExp("(?:\\(|at )" + escaped + ":(\\d+):(\\d+)\\)?$", "m");

  // Where in the body an error came from: its innermost frame there.
  const place = (stack) => {
    const found = frame.exec(String(stack));
    return found === null ? undefined : host.place(Number(found[1]), Number(found[2]));
  };

  class SnowflakeError extends Error {
    constructor({ code, state, message }, call) {
      super(message);
      const at = place(this.stack);
      defineProperty(this, "place", { value: at });
      this.code = code;
      this.state = state;
      this.stackTraceTxt = at === undefined ? "At " + call : `At ${call}, line ${at[0]} position ${at[1]}`;
    }
    toString() { return this.message; }
  }
  const fail = (message, call) => { throw new SnowflakeError({ code: 100183, state: "P0000", message }, call); };
  const refuse = (reply, call) => {
    if (reply.error !== undefined) throw new SnowflakeError(parse(reply.error), call);
    return reply;
  };

  const KEY = Symbol("source");
  class SfDate extends Date {
    #source;
    constructor(...values) {
      super(...(values[0] === KEY ? [values[1].time] : values));
      if (values[0] === KEY) this.#source = values[1];
    }
    // What it was read from, unless it was moved since.
    static #of(date) {
      const source = date.#source;
      return source !== undefined && source.time === date.getTime() ? source : undefined;
    }
    static stamp(date) {
      return #source in date ? SfDate.#of(date) : undefined;
    }
    getEpochSeconds() { return SfDate.#of(this)?.seconds ?? Math.floor(this.getTime() / 1000); }
    getNanoSeconds() {
      return SfDate.#of(this)?.nanos ?? (this.getTime() - Math.floor(this.getTime() / 1000) * 1000) * 1000000;
    }
    getScale() { return this.#source?.scale ?? 3; }
    getTimezone() { return SfDate.#of(this)?.offset ?? -this.getTimezoneOffset(); }
  }
  const stampOf = SfDate.stamp;
  delete SfDate.stamp;

  const isDate = (value) => value instanceof Date;
  // A date as a timestamp: its type, the microseconds since 1970 of what that type holds, and the offset.
  const moment = (date) => {
    const source = stampOf(date);
    if (source !== undefined) return { kind: "moment", of: source.of, micros: source.micros, offset: source.offset };
    const time = date.getTime();
    if (Number.isNaN(time)) throw new RangeError("Invalid Date");
    return { kind: "moment", of: "ltz", micros: String(time * 1000), offset: 0 };
  };

  // From SQL.
  const read = (cell) => {
    const value = parse(cell);
    switch (value.kind) {
      case "undefined": return undefined;
      case "null": return null;
      case "float": return Number(value.value);
      case "bytes": return Uint8Array.from(value.value);
      case "date": return new Date(value.value);
      case "moment": return new SfDate(KEY, value);
      default: return value.value;
    }
  };

  // To SQL, with its JSON where that is wanted.
  const give = (value, semiStructured) => {
    if (value === undefined) return { kind: "undefined" };
    if (value === null) return { kind: "null" };
    if (value instanceof PromiseType) {
      throw new TypeError("The body returned a Promise, and nothing waits for promises: the snowflake API is synchronous");
    }
    const forms = { json: semiStructured ? stringify(value) ?? "null" : "", text: String(value) };
    switch (typeof value) {
      case "number": return { kind: "number", ...forms };
      case "string": return { kind: "text", ...forms };
      case "boolean": return { kind: "boolean", value, ...forms };
    }
    if (isDate(value)) return { ...moment(value), ...forms };
    if (value instanceof Uint8Array) return { kind: "bytes", value: Array.from(value), ...forms };
    return { kind: "other", ...forms };
  };

  const bind = (value, index, call) => {
    if (value === null) return { kind: "null" };
    if (typeof value === "number") return { kind: "number", text: String(value) };
    if (typeof value === "string") return { kind: "text", text: value };
    if (value instanceof SfDate) return moment(value);
    const kind = isDate(value) ? "Date" : typeof value;
    return fail(`Unsupported type for binding argument ${index + 1} ${kind}`, call);
  };

  // Runs a prepared statement.
  const run = (prepared, call) => {
    const reply = refuse(host.execute(prepared.sql, prepared.binds), call);
    return { ...parse(reply.result), cell: reply.cell, text: reply.text };
  };

  const columnOf = (result, key, call) => {
    let index;
    if (typeof key === "number") {
      index = key - 1;
    } else {
      const name = String(key);
      index = result.columns.findIndex((column) => column.name === name);
      if (index < 0) index = result.columns.findIndex((column) => column.name === name.toUpperCase());
    }
    if (result.columns[index] === undefined) fail(`Given column name/index does not exist: ${String(key)}`, call);
    return index;
  };

  const numeric = ["NUMBER", "FLOAT"];
  const stamps = ["TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"];
  const nativeTypes = {
    NUMBER: "number", FLOAT: "number", VARCHAR: "string", TIME: "string", BOOLEAN: "boolean", DATE: "Date",
    BINARY: "Uint8Array", VARIANT: "object", OBJECT: "object", ARRAY: "object",
  };

  let resultOf;
  class Statement {
    #prepared;
    #result;
    constructor(key, prepared) {
      if (key !== KEY) throw new TypeError("Use snowflake.createStatement to make a statement.");
      this.#prepared = prepared;
    }
    static {
      resultOf = (statement, call) => statement.#result ?? fail("Statement is not executed yet.", call);
    }
    execute() {
      this.#result = undefined;
      this.#result = run(this.#prepared, "Statement.execute");
      return new ResultSet(KEY, this.#result);
    }
    getSqlText() { return this.#prepared.sql; }
    getQueryId() { return resultOf(this, "Statement.getQueryId").queryId; }
    getColumnCount() { return resultOf(this, "Statement.getColumnCount").columns.length; }
    getRowCount() { return resultOf(this, "Statement.getRowCount").rows; }
    getNumRowsAffected() {
      const { inserted, updated, deleted } = resultOf(this, "Statement.getNumRowsAffected");
      return inserted + updated + deleted;
    }
    getNumRowsInserted() { return resultOf(this, "Statement.getNumRowsInserted").inserted; }
    getNumRowsUpdated() { return resultOf(this, "Statement.getNumRowsUpdated").updated; }
    getNumRowsDeleted() { return resultOf(this, "Statement.getNumRowsDeleted").deleted; }
    getNumDuplicateRowsUpdated() { return resultOf(this, "Statement.getNumDuplicateRowsUpdated").duplicates; }
  }
  const addToStatement = (name, value) => {
    const call = "Statement." + name;
    const method = {
      [name](key) {
        const result = resultOf(this, call);
        return value(result.columns[columnOf(result, key, call)]);
      },
    }[name];
    defineProperty(Statement.prototype, name, { value: method, writable: true, configurable: true });
  };
  addToStatement("getColumnName", (column) => column.name);
  addToStatement("getColumnScale", (column) => column.scale);
  addToStatement("getColumnSqlType", (column) => column.type);
  addToStatement("getColumnType", (column) => nativeTypes[column.type] ?? "SfDate");
  addToStatement("isColumnNullable", (column) => column.nullable);
  for (const [name, types] of Object.entries({
    Text: ["VARCHAR"], Array: ["ARRAY"], Binary: ["BINARY"], Boolean: ["BOOLEAN"], Date: ["DATE"], Number: numeric,
    Object: ["OBJECT"], Time: ["TIME"], Timestamp: stamps, Variant: ["VARIANT"],
  })) {
    addToStatement("isColumn" + name, (column) => types.includes(column.type));
  }

  class ResultSet {
    #result;
    #row = -1;
    constructor(key, result) {
      if (key !== KEY) throw new TypeError("A result set comes from executing a statement.");
      this.#result = result;
      for (const { name } of result.columns) {
        // A column does not hide a method.
        if (name in this) continue;
        const get = () => this.#value(name, "ResultSet." + name);
        defineProperty(this, name, { get, enumerable: true, configurable: true });
      }
    }
    #at(key, call) {
      if (this.#row < 0 || this.#row >= this.#result.rows) {
        fail("ResultSet is empty or not prepared, call next() first", call);
      }
      return columnOf(this.#result, key, call);
    }
    #value(key, call) {
      const column = this.#at(key, call);
      return read(refuse(this.#result.cell(this.#row, column), call).value);
    }
    next() {
      if (this.#row < this.#result.rows) this.#row += 1;
      return this.#row < this.#result.rows;
    }
    getColumnValue(key) { return this.#value(key, "ResultSet.getColumnValue"); }
    getColumnValueAsString(key) {
      const column = this.#at(key, "ResultSet.getColumnValueAsString");
      return refuse(this.#result.text(this.#row, column), "ResultSet.getColumnValueAsString").value ?? null;
    }
    getColumnCount() { return this.#result.columns.length; }
    getColumnSqlType(key) {
      return this.#result.columns[columnOf(this.#result, key, "ResultSet.getColumnSqlType")].type;
    }
    getRowCount() { return this.#result.rows; }
    getNumRowsAffected() {
      const { inserted, updated, deleted } = this.#result;
      return inserted + updated + deleted;
    }
    getQueryId() { return this.#result.queryId; }
  }

  const prepare = (command, call) => {
    if (typeof command !== "object" || command === null) {
      fail(`${call} takes one object with sqlText and, if the text has bind variables, binds.`, call);
    }
    const { sqlText, binds = [] } = command;
    if (typeof sqlText !== "string" || sqlText.trim() === "") {
      fail(`sqlText of ${call} is missing or empty; it is the text of one statement.`, call);
    }
    if (!Array.isArray(binds)) fail(`binds of ${call} is not an array.`, call);
    const { value: sql } = refuse(host.prepare(sqlText), call);
    return { sql, binds: stringify(Array.from(binds, (value, index) => bind(value, index, call))) };
  };

  const levels = ["off", "trace", "debug", "info", "warn", "error", "fatal"];
  // Attributes as text; there may be none.
  const attributes = (value, call) => {
    if (value === undefined) return "";
    if (typeof value !== "object" || value === null) fail(`The attributes of ${call} are not an object.`, call);
    return stringify(value);
  };
  const snowflake = {
    createStatement(command) { return new Statement(KEY, prepare(command, "Snowflake.createStatement")); },
    execute(command) {
      return new ResultSet(KEY, run(prepare(command, "Snowflake.execute"), "Snowflake.execute"));
    },
    log(...values) {
      const call = "Snowflake.log";
      if (values.length < 2 || values.length > 3) fail("log takes a level, a message and, if wanted, attributes.", call);
      const [level, message] = values;
      if (!levels.includes(level)) fail(`Unknown log level ${String(level)}; one of ${levels.join(", ")} is wanted.`, call);
      host.log(level, typeof message === "string" ? message : stringify(message) ?? "undefined", attributes(values[2], call));
    },
    addEvent(...values) {
      const call = "Snowflake.addEvent";
      if (values.length < 1 || values.length > 2) fail("addEvent takes a name and, if wanted, attributes.", call);
      if (typeof values[0] !== "string") fail("The name that addEvent takes is a text.", call);
      host.log("event", values[0], attributes(values[1], call));
    },
    setSpanAttribute(...values) {
      const call = "Snowflake.setSpanAttribute";
      if (values.length !== 2) fail("setSpanAttribute takes a key and a value.", call);
      if (typeof values[0] !== "string") fail("The key that setSpanAttribute takes is a text.", call);
      host.log("attribute", values[0], stringify(values[1]) ?? "null");
    },
  };
  // Functions, which run for the rows of a query, have no session to talk to.
  if (!host.function) defineProperty(globalThis, "snowflake", { value: Object.freeze(snowflake) });
  defineProperty(globalThis, "SfDate", { value: SfDate, writable: true, configurable: true });

  // No code from text.
  const forbid = (original) => {
    const replacement = function () {
      throw new EvalError("Code generation from strings disallowed for this context");
    };
    defineProperty(replacement, "name", { value: original.name });
    if (original.prototype !== undefined) {
      defineProperty(replacement, "prototype", { value: original.prototype });
      defineProperty(original.prototype, "constructor", { value: replacement });
    }
    return replacement;
  };
  globalThis.eval = forbid(globalThis.eval);
  for (const sample of [function* () {}, async function () {}, async function* () {}]) {
    forbid(Object.getPrototypeOf(sample).constructor);
  }
  globalThis.Function = forbid(Function);

  const describe = (error) => {
    if (error instanceof SnowflakeError) return { text: error.message, place: error.place };
    let text;
    try {
      text = String(error);
    } catch {
      text = "a value that has no text";
    }
    return { text, place: error instanceof Error ? place(error.stack) : undefined };
  };
  return {
    run(body, given, semiStructured) {
      try {
        return stringify({ returned: give(body(...parse(given).map((cell) => read(cell))), semiStructured) });
      } catch (error) {
        return stringify({ thrown: describe(error) });
      }
    },
    describe: (error) => stringify({ thrown: describe(error) }),
  };
})
