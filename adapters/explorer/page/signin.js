// Signing in, where the server asks for the operator's token.

import { get, token } from "/explorer/api.js";
import { alertBox, field, h } from "/explorer/dom.js";

// signInView asks for the token, and calls done when the server takes it.
export function signInView(done) {
  const alert = alertBox();
  const input = h("input", { type: "password", name: "token", autocomplete: "current-password", required: true });
  async function submit(event) {
    event.preventDefault();
    token.set(input.value.trim());
    try {
      await get("/pipeline");
      done();
    } catch (fault) {
      token.set("");
      alert.show(fault.status === 401 ? "This is not the operator's token." : fault.message);
      input.select();
    }
  }
  const node = h("section", { class: "signin" },
    h("h1", {}, "Sign in"),
    h("p", {}, "This server shows carts to its operator. The token is the one that it was started with, in ", h("code", {}, "EVERCART_OPERATOR_TOKEN"), ". It stays in this tab."),
    h("form", { onsubmit: submit, class: "card form" }, field("Operator's token", input), alert.node, h("button", { class: "primary" }, "Sign in")));
  requestAnimationFrame(() => input.focus());
  return { node, title: "Sign in", name: "signin" };
}
