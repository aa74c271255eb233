// One cart through time.

import { cartActions } from "/explorer/actions.js";
import { alertBox, h, put } from "/explorer/dom.js";
import { when, words } from "/explorer/format.js";
import { historyOf } from "/explorer/history.js";
import { cartState, diffTable } from "/explorer/state.js";
import { eventDetails, timelineList } from "/explorer/timeline.js";

// cartView shows a cart as of a version; 0 is the newest, whatever it is.
export function cartView(id, start) {
  const history = historyOf(id);
  const alert = alertBox();
  let head = null; // the cart as it is
  let version = start; // the one that is shown
  let follows = start === 0; // the newest is to be shown
  let since = null; // the version to compare with; null: the one before
  let drawing = 0; // counts the drawings, so that a late answer does not overtake

  const range = h("input", { type: "range", id: "through-time", min: "1", step: "1", oninput: () => choose(Number(range.value)) });
  const label = h("output", { for: "through-time", class: "where" });
  const back = h("button", { type: "button", "aria-label": "One version back", onclick: () => choose(version - 1) }, "‹");
  const on = h("button", { type: "button", "aria-label": "One version on", onclick: () => choose(version + 1) }, "›");
  const now = h("button", { type: "button", onclick: () => choose(head.version) }, "Now");
  const slider = h("div", { class: "card slider" },
    h("div", { class: "row" }, h("label", { for: "through-time" }, "Through time"), label),
    h("div", { class: "row" }, back, range, on, now));

  const list = timelineList(choose, history.page);
  const state = h("section", { class: "card state", "aria-label": "The cart" });
  const actions = cartActions(id, (cart) => { follows = true; take(cart); });
  const tools = h("section", { class: "card", "aria-label": "What can be done" }, actions.node);
  const details = h("div", {});
  const changes = h("div", {});
  const compare = h("input", { type: "number", id: "compare", min: "0", step: "1", onchange: choosePast });
  const diff = h("section", { class: "card" },
    h("div", { class: "row" }, h("h2", {}, "What changed"),
      h("div", { class: "field inline" }, h("label", { for: "compare" }, "since version"), compare)), changes);

  const missing = h("div", { class: "empty", role: "alert", hidden: true }, h("h2", {}, "There is no such cart"), h("p", {}, "It was never opened in this store."), h("p", {}, h("a", { href: "#/" }, "See all carts")));
  const body = h("div", { class: "through", hidden: true }, slider, h("div", { class: "columns" }, list.node, h("div", { class: "stack" }, h("div", { class: "pair" }, h("div", { class: "stack" }, state, tools), h("div", { class: "stack" }, diff, details)))));
  const node = h("section", {},
    h("p", { class: "crumb" }, h("a", { href: "#/" }, "Carts")),
    h("div", { class: "head" }, h("h1", { class: "cart-id" }, "Cart ", h("code", {}, id))), alert.node, missing, body);

  // choosePast compares with another version: the nearest that there is to what is typed.
  function choosePast() {
    since = compare.value === "" ? null : Math.max(0, Math.min(head.version, Math.trunc(compare.valueAsNumber)));
    compare.value = since ?? version - 1;
    draw();
  }

  // choose shows another version.
  function choose(wanted) {
    if (!head) return;
    version = Math.max(1, Math.min(head.version, wanted));
    follows = version === head.version;
    window.history.replaceState(null, "", "#/cart/" + id + (follows ? "" : "/" + version));
    draw();
  }

  // take learns what the cart is now.
  function take(cart) {
    if (!head || cart.version >= head.version) head = cart;
    if (follows || version > head.version) version = head.version;
    body.hidden = false;
    missing.hidden = true;
    draw();
  }

  async function reload() {
    try {
      take(await history.now());
      alert.show("");
    } catch (fault) {
      if (fault.code === "cart_not_found") missing.hidden = false;
      else if (fault.status !== 401) alert.show(fault.message);
    }
  }

  async function draw() {
    const mine = ++drawing;
    const shown = version;
    const from = Math.min(since ?? shown - 1, head.version);
    placeSlider(shown);
    try {
      const [cart, steps, difference] = await Promise.all([shown === head.version ? head : history.at(shown), history.steps(shown), history.diff(from, shown)]);
      if (mine !== drawing) return;
      const step = steps.find((s) => Number(s.event.sequence) === shown);
      const newest = shown === head.version;
      list.show(steps, shown, head.version);
      place(shown, step);
      put(state, cartState(cart, newest && cart.status === "open" ? actions.edit : null), hint(newest, cart));
      tools.hidden = !newest || cart.status !== "open";
      put(changes, diffTable(difference.changes));
      if (document.activeElement !== compare) compare.value = since ?? shown - 1;
      compare.max = head.version;
      if (step) put(details, eventDetails(step, id, (cause) => finds(steps, cause)));
      alert.show("");
    } catch (fault) {
      if (mine === drawing && fault.status !== 401) alert.show(fault.message);
    }
  }

  function placeSlider(shown) {
    range.max = head.version;
    range.value = shown;
    range.disabled = head.version === 1;
    back.disabled = shown === 1;
    on.disabled = now.disabled = shown === head.version;
  }

  function place(shown, step) {
    put(label, "version " + shown + " of " + head.version, step?.event.time ? [", ", when(step.event.time)] : "");
    range.setAttribute("aria-valuetext", "version " + shown + " of " + head.version + (step ? ", " + words(step.event.type.split(".")[2]) : ""));
  }

  reload();
  return {
    node, id, title: "Cart " + id.slice(0, 8), name: "carts",
    go(wanted) { choose(wanted || head?.version || 1); },
    resync: reload,
    changed: (list) => list.some((c) => c.id === id || !c.id) && reload(),
  };
}

// hint says why a cart cannot be changed; nothing where it can.
function hint(newest, cart) {
  if (newest && cart.status === "open") return null;
  return h("p", { class: "hint" }, newest ? "This cart is closed, for good." : "This is the past: it can be looked at, and not be changed.");
}

function finds(steps, cause) {
  const step = steps.find((s) => s.event.id === cause || s.event.commandid === cause);
  return step ? Number(step.event.sequence) : 0;
}
