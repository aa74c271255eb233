// How times, money and names are shown.

import { decimals } from "/explorer/currencies.js";
import { h } from "/explorer/dom.js";

const instant = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
// Not "yesterday": 25 hours ago may be the day before that.
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "always" });

// when makes an element that shows an instant in the reader's time. Its title is the
// exact one, in UTC.
export function when(text) {
  return text ? h("time", { datetime: text, title: text }, instant.format(new Date(text))) : "at an unknown time";
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

// since makes an element that shows how long ago an instant is, for as long as it is
// seen: keepTime keeps it true. Its title is the exact instant, in UTC.
export function since(text) {
  return text ? h("time", { class: "since", datetime: text, title: text }, ago(text)) : "—";
}

// keepTime brings all that since made up to date.
export function keepTime() {
  for (const node of document.querySelectorAll("time.since")) {
    const now = ago(node.dateTime);
    if (node.textContent !== now) node.textContent = now;
  }
}

// tail shows the end of a long position, which is what differs, without its zeros.
export function tail(text) {
  return text.length > 16 ? "…" + text.slice(-14).replace(/^0+(?=.)/, "") : text;
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

// readable shows amounts in a text of the server's, "3 at 12.90 EUR", as money does.
export function readable(text) {
  return text.replace(/(^| )(\d+(?:\.\d+)?) ([A-Z]{3})$/, (whole, before, amount, currency) => {
    const minorUnits = minor(amount, currency);
    return minorUnits === null ? whole : before + money({ amount: minorUnits, currency });
  });
}

// minor reads an amount as people write it ("4.99" or "4,99") as minor units; null
// for what is none.
export function minor(text, currency) {
  const match = /^(\d+)(?:[.,](\d+))?$/.exec(text.trim());
  const digits = decimals[currency];
  if (!match || digits === undefined || (match[2] || "").length > digits) return null;
  return Number(match[1] + (match[2] || "").padEnd(digits, "0"));
}

// example is an amount as it is written in a currency; empty for a currency that there
// is not.
export function example(currency) {
  return currency in decimals ? major(499, decimals[currency]) : "";
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
