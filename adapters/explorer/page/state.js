// A cart as of a version, and what changed.

import { badge } from "/explorer/carts.js";
import { h } from "/explorer/dom.js";
import { money, readable, when } from "/explorer/format.js";

// cartState shows a cart. edit, if given, makes the controls of a line.
export function cartState(cart, edit) {
  const facts = [
    ["Owner", cart.owner ? h("code", {}, cart.owner) : "nobody's: open to whoever knows its ID"],
    ["Opened", cart.opened_at && when(cart.opened_at)],
    ["Changed", cart.changed_at && when(cart.changed_at)],
    ["Closed", cart.closed_at && when(cart.closed_at)],
  ];
  return [
    h("h2", {}, "The cart ", badge(cart.status), h("small", {}, "as of version " + cart.version)),
    cart.lines.length ? lines(cart, edit) : h("p", { class: "nothing" }, "There is nothing in it."),
    h("dl", { class: "short" }, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  ];
}

function lines(cart, edit) {
  const columns = [["Item", "item"], ["Quantity", "number"], ["Unit price", "number"], ["Sum", "number"]];
  const total = cart.total && h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: "3" }, "Total"), h("td", { class: "number" }, money(cart.total)), edit ? h("td") : null));
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Lines of the cart" }, h("table", { class: "lines" },
    h("thead", {}, h("tr", {}, columns.map(([name, kind]) => h("th", { scope: "col", class: kind }, name)), edit ? h("td") : null)),
    h("tbody", {}, cart.lines.map((line) => h("tr", {},
      h("th", { scope: "row", class: "item" }, line.item),
      h("td", { class: "number" }, String(line.quantity)),
      h("td", { class: "number" }, money(line.unit_price)),
      h("td", { class: "number" }, line.unit_price ? money({ ...line.unit_price, amount: line.unit_price.amount * line.quantity }) : "—"),
      edit ? h("td", { class: "edit" }, edit(line)) : null))),
    total));
}

// diffTable shows what changed between two versions.
export function diffTable(changes) {
  if (!changes.length) return h("p", { class: "nothing" }, "Nothing is different.");
  return h("table", { class: "diff" },
    h("thead", {}, h("tr", {}, ["What", "Before", "After"].map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, changes.map((c) => h("tr", { class: c.from === "" || c.from === "none" ? "added" : c.to === "" ? "removed" : "changed" },
      h("th", { scope: "row" }, c.what),
      h("td", {}, c.from === "" ? h("span", { class: "unseen" }, "not there") : value("del", c.from)),
      h("td", {}, c.to === "" ? h("span", { class: "unseen" }, "not there any more") : value("ins", c.to))))));
}

// value shows what something was or is. What is short, as amounts are, stays in a line.
function value(tag, text) {
  const shown = readable(text);
  return h(tag, { class: shown.length <= 14 && "short" }, shown);
}
