// How times, money and names are shown.

import { decimals } from "/explorer/currencies.js";

const instant = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const short = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

// when shows an instant in the reader's time.
export function when(text) {
  return text ? instant.format(new Date(text)) : "at an unknown time";
}

// moment shows an instant in short.
export function moment(text) {
  return text ? short.format(new Date(text)) : "—";
}

// ago shows how long ago an instant is.
export function ago(text) {
  if (!text) return "—";
  const seconds = (Date.parse(text) - Date.now()) / 1000;
  for (const [unit, size] of [["year", 31536000], ["month", 2629800], ["week", 604800], ["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? "just now" : relative.format(Math.trunc(seconds), "second");
}

// major returns an amount of minor units as a number with a decimal point, exactly.
function major(amount, digits) {
  const text = String(amount).padStart(digits + 1, "0");
  return digits ? text.slice(0, -digits) + "." + text.slice(-digits) : text;
}

// money shows an amount of minor units.
export function money(price) {
  if (!price) return "—";
  const digits = decimals[price.currency] ?? 0;
  const text = major(price.amount, digits);
  try {
    const exact = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    return new Intl.NumberFormat(undefined, { style: "currency", currency: price.currency, ...exact }).format(text);
  } catch {
    return text + " " + price.currency;
  }
}

// minor reads an amount as people write it ("4.99" or "4,99") as minor units; null
// for what is none.
export function minor(text, currency) {
  const match = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim());
  const digits = decimals[currency] ?? 0;
  if (!match || (match[2] || "").length > digits) return null;
  return Number(match[1] + (match[2] || "").padEnd(digits, "0"));
}

// words turns the name of an event into words: "Item quantity changed".
export function words(type) {
  const text = type.replace(/([a-z])([A-Z])/g, (_, a, b) => a + " " + b.toLowerCase());
  return text;
}

// plural counts things.
export function plural(n, one, many = one + "s") {
  return n.toLocaleString() + " " + (n === 1 ? one : many);
}

// size shows a number of bytes.
export function size(bytes) {
  for (const [unit, n] of [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10]]) {
    if (bytes >= n) return (bytes / n).toFixed(1) + " " + unit;
  }
  return plural(bytes, "byte");
}
