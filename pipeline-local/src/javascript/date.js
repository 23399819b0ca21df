// Makes the local time of Date that of the session's TIMEZONE; the host's own zone is never seen.
(function (host) {
  "use strict";
  const Native = Date;
  const proto = Native.prototype;
  const { apply, construct, defineProperty } = Reflect;
  const { UTC: utc, parse: nativeParse } = Native;
  const getTime = (date) => apply(timeOf, date, []);
  const timeOf = proto.getTime;
  const setTime = proto.setTime;
  const toUTCString = proto.toUTCString;
  const define = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });
  // What the clock on the wall shows, as if it were in UTC.
  const wall = (date) => {
    const time = getTime(date);
    return new Native(Number.isNaN(time) ? time : time + host.offset(time) * 60000);
  };
  const instant = (wallTime) => (Number.isNaN(wallTime) ? wallTime : host.instant(wallTime));

  for (const part of ["FullYear", "Month", "Date", "Day", "Hours", "Minutes", "Seconds", "Milliseconds"]) {
    const get = proto["getUTC" + part];
    define(proto, "get" + part, function () { return apply(get, wall(this), []); });
    const set = proto["setUTC" + part];
    if (set === undefined) continue;
    define(proto, "set" + part, function (...values) {
      const changed = wall(this);
      apply(set, changed, values);
      return apply(setTime, this, [instant(getTime(changed))]);
    });
  }
  define(proto, "getYear", function () { return this.getFullYear() - 1900; });
  define(proto, "getTimezoneOffset", function () {
    const time = getTime(this);
    return Number.isNaN(time) ? time : -host.offset(time);
  });

  const zone = host.zone === "UTC" || host.zone === "Etc/UTC" ? "Coordinated Universal Time" : host.zone;
  const text = (date, withDate, withTime) => {
    const time = getTime(date);
    if (Number.isNaN(time)) return "Invalid Date";
    const [weekday, day, month, year, clock] = apply(toUTCString, wall(date), []).split(" ");
    const minutes = host.offset(time);
    const digits = (number) => String(number).padStart(2, "0");
    const size = Math.abs(minutes);
    const shift = (minutes < 0 ? "-" : "+") + digits(Math.trunc(size / 60)) + digits(size % 60);
    const parts = [];
    if (withDate) parts.push(weekday.slice(0, 3), month, day, year);
    if (withTime) parts.push(clock, "GMT" + shift, "(" + zone + ")");
    return parts.join(" ");
  };
  for (const [suffix, withDate, withTime] of [["String", true, true], ["DateString", true, false], ["TimeString", false, true]]) {
    define(proto, "to" + suffix, function () { return text(this, withDate, withTime); });
    define(proto, "toLocale" + suffix, function () { return text(this, withDate, withTime); });
  }

  const named = /(?:Z|GMT|UTC?|:\d\d.*[+-]\d\d:?\d\d)\s*(?:\(.*\))?$/i;
  const dayOnly = /^\s*[+-]?\d{4,6}(?:-\d\d){0,2}\s*$/;
  // Text without a zone means local time, but for a day alone in ISO form.
  const parseDate = (given) => {
    const source = String(given);
    if (named.test(source) || dayOnly.test(source)) return nativeParse(source);
    return instant(nativeParse(source + (/\dT\d/.test(source) ? "Z" : " GMT")));
  };
  const now = () => host.now();

  function LocalDate(...values) {
    if (new.target === undefined) return new LocalDate().toString();
    let time;
    if (values.length === 0) {
      time = now();
    } else if (values.length > 1) {
      time = instant(utc(...values));
    } else {
      let [value] = values;
      if (value instanceof Native) {
        time = getTime(value);
      } else {
        if (typeof value === "object" && value !== null) value = value.valueOf();
        time = typeof value === "string" || typeof value === "object" ? parseDate(value ?? 0) : Number(value);
      }
    }
    return construct(Native, [time], new.target);
  }
  defineProperty(LocalDate, "name", { value: "Date" });
  defineProperty(LocalDate, "length", { value: 7 });
  defineProperty(LocalDate, "prototype", { value: proto, writable: false });
  define(LocalDate, "UTC", utc);
  define(LocalDate, "parse", parseDate);
  define(LocalDate, "now", now);
  define(proto, "constructor", LocalDate);
  define(globalThis, "Date", LocalDate);
})
