// Times as microseconds since 1970, in UTC, and as ISO 8601 has them.

const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d:?\d\d(?::?\d\d)?)?)?$/;

// The microseconds of an ISO text, or null where it is none. A text without a zone is taken for UTC.
export function microseconds(text) {
  const found = FORM.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = found;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const real = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) && Number(year) > 0;
  if (!real || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offsetOf(zone);
  return (date.getTime() / 1000 + seconds) * 1e6 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

// Whether an ISO text names a zone.
export function zoned(text) {
  return /(?:Z|[+-]\d\d:?\d\d(?::?\d\d)?)$/.test(text) && text.length > 10;
}

function offsetOf(zone) {
  if (zone === "Z") return 0;
  const [hours, minutes, seconds = 0] = zone.slice(1).replaceAll(":", "").match(/\d\d/g).map(Number);
  return (zone[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

// The ISO text of a time as Python writes it: with microseconds where there are some.
// `zone`: the name of a time zone, or null for times that have none.
export function isoTime(value, zone = null) {
  const exact = BigInt(value);
  let micro = exact % 1_000_000n;
  if (micro < 0n) micro += 1_000_000n;
  const seconds = Number((exact - micro) / 1_000_000n);
  const offset = zone === null ? 0 : offsetIn(zone, seconds);
  const text = padded(new Date((seconds + offset) * 1000));
  const fraction = micro === 0n ? "" : `.${String(micro).padStart(6, "0")}`;
  return `${text}${fraction}${zone === null ? "" : signed(offset)}`;
}

export function isoDate(value) {
  return padded(new Date(Number(value) / 1000)).slice(0, 10);
}

function padded(date) {
  const text = date.toISOString();
  return text.startsWith("+") || text.startsWith("-") ? text.slice(3, 22) : text.slice(0, 19);
}

const formats = new Map();

function offsetIn(zone, seconds) {
  if (zone === "UTC") return 0;
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }));
  }
  const parts = formats.get(zone).formatToParts(new Date(seconds * 1000));
  const text = parts.find((part) => part.type === "timeZoneName").value.slice(3);
  return text === "" ? 0 : offsetOf(text);
}

function signed(offset) {
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60].map((part) => String(part).padStart(2, "0"));
  const seconds = size % 60 ? `:${String(size % 60).padStart(2, "0")}` : "";
  return `${offset < 0 ? "-" : "+"}${parts.join(":")}${seconds}`;
}

const DAY = 86_400_000_000n;
const LEAST = -62_135_596_800_000_000n;
const GREATEST = 253_402_300_799_999_999n;

// The condition on times that are between two numbers of milliseconds: {range, closed}.
// `clock`: "date" for days, "local" for times without a zone, "utc" for points in time.
export function between(low, high, closed, clock) {
  let least = firstMoment(low);
  let above = closed ? firstMoment(following(high)) - 1n : firstMoment(high);
  if (clock === "date") {
    least = -floored(-least) * DAY;
    above = (closed ? floored(above) : -floored(-above)) * DAY;
  }
  if (least > above || least > GREATEST || above < LEAST) {
    const nothing = onClock(least < LEAST ? LEAST : least > GREATEST ? GREATEST : least, clock);
    return { range: [nothing, nothing], closed: false };
  }
  const range = [least < LEAST ? null : onClock(least, clock), above > GREATEST ? null : onClock(above, clock)];
  return { range, closed };
}

// Whole days, the fewer.
function floored(microseconds) {
  const days = microseconds / DAY;
  return microseconds < 0n && days * DAY !== microseconds ? days - 1n : days;
}

// The first whole microsecond that is, in milliseconds, not below a number.
function firstMoment(milliseconds) {
  let found = BigInt(Math.floor(milliseconds * 1000));
  while (Number(found) / 1000 >= milliseconds) found -= 1n;
  while (Number(found) / 1000 < milliseconds) found += 1n;
  return found;
}

// The number that follows.
function following(value) {
  const bits = new BigInt64Array(new Float64Array([value + 0]).buffer);
  bits[0] += value >= 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}

function onClock(microseconds, clock) {
  if (clock === "date") return { date: isoDate(microseconds) };
  return { time: isoTime(microseconds, clock === "utc" ? "UTC" : null) };
}
