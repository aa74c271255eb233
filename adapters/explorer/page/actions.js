// What can be done with an open cart.

import { command } from "/explorer/api.js";
import { alertBox, field, h } from "/explorer/dom.js";
import { example, minor } from "/explorer/format.js";

// cartActions returns the controls for a cart. Each calls done with the cart as the
// server answers it.
export function cartActions(id, done) {
  const path = "/carts/" + id;
  const alert = alertBox();

  async function send(method, suffix, body) {
    try {
      const cart = await command(method, path + suffix, body);
      alert.show("");
      done(cart);
      return true;
    } catch (fault) {
      if (fault.status !== 401) alert.show(fault.message + (fault.code ? " (" + fault.code + ")" : ""));
      return false;
    }
  }

  const item = h("input", { name: "item", required: true, maxlength: "200", autocomplete: "off", placeholder: "green tea" });
  const quantity = h("input", { name: "quantity", type: "number", min: "1", max: "999", step: "1", value: "1", required: true });
  const price = h("input", { name: "price", inputmode: "decimal", placeholder: "none", autocomplete: "off" });
  const currency = h("input", { name: "currency", value: "EUR", maxlength: "3", pattern: "[A-Za-z]{3}", autocomplete: "off" });

  async function add(event) {
    event.preventDefault();
    const body = { item: item.value, quantity: Number(quantity.value) };
    if (price.value.trim()) {
      const code = currency.value.trim().toUpperCase();
      const amount = minor(price.value, code);
      if (amount === null) return alert.show(example(code) ? "This is no price in " + code + ": write it as " + example(code) + "." : code + " is no currency that there is: write its code, such as EUR.");
      body.unit_price = { amount, currency: code };
    }
    if (await send("POST", "/items", body)) {
      item.value = price.value = "";
      quantity.value = "1";
      item.focus();
    }
  }

  const sure = h("dialog", { "aria-labelledby": "sure-title" },
    h("h2", { id: "sure-title" }, "Close this cart?"),
    h("p", {}, "A closed cart takes no more changes. It is closed for good."),
    h("form", { method: "dialog", class: "row" },
      h("button", { value: "no" }, "Keep it open"),
      h("button", { type: "button", class: "primary danger", onclick: async () => { sure.close(); await send("POST", "/close"); } }, "Close the cart")));

  const form = h("form", { class: "form add", onsubmit: add },
    field("Item", item, { class: "field grow" }), field("Quantity", quantity), field("Unit price", price), field("Currency", currency),
    h("button", { class: "primary" }, "Add"));

  return {
    node: h("div", { class: "actions" }, h("h3", {}, "Add an item"), form, alert.node,
      h("button", { type: "button", class: "quiet danger", onclick: () => sure.showModal() }, "Close the cart…"), sure),
    // edit makes the controls of one line.
    edit: (line) => [
      h("button", { type: "button", class: "quiet small", "aria-label": "One less of " + line.item, disabled: line.quantity <= 1, onclick: () => send("PATCH", "/items", { item: line.item, quantity: line.quantity - 1 }) }, "−"),
      h("button", { type: "button", class: "quiet small", "aria-label": "One more of " + line.item, disabled: line.quantity >= 999, onclick: () => send("PATCH", "/items", { item: line.item, quantity: line.quantity + 1 }) }, "+"),
      h("button", { type: "button", class: "quiet small", "aria-label": "Remove " + line.item, onclick: () => send("DELETE", "/items?item=" + encodeURIComponent(line.item)) }, "×"),
    ],
  };
}
