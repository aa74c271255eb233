// All carts: the one changed last first, with search, and live.

import { command, get } from "/explorer/api.js";
import { alertBox, commandLine, field, h, keep, put } from "/explorer/dom.js";
import { money, plural, since } from "/explorer/format.js";

const page = 100;

export function cartsView() {
  const alert = alertBox();
  const count = h("p", { class: "count", role: "status" });
  const rows = h("tbody");
  const more = h("button", { type: "button", hidden: true, onclick: loadMore }, "Show more");
  const empty = h("div", { class: "empty", hidden: true });
  const search = h("input", { type: "search", name: "search", placeholder: "Cart, owner or item", autocomplete: "off", spellcheck: "false", oninput: () => later(200, reload) });
  const table = h("table", { class: "carts", hidden: true },
    h("caption", { class: "unseen" }, "Carts, the one changed last first"),
    h("thead", {}, h("tr", {}, ["Cart", "Status", "Items", "Total", "Owner", "Changed"].map((name) => h("th", { scope: "col", class: name.toLowerCase() }, name)))),
    rows);

  let carts = []; // what is shown
  let next = "";
  let status = "";
  let timer = 0;
  let asking = null; // the newest request; older ones are given up
  let flash = new Set(); // carts to point out at the next drawing

  function later(ms, work) {
    clearTimeout(timer);
    timer = setTimeout(work, ms);
  }

  // wanted is what is looked for: also a cart by its address, as HTTP names it.
  function wanted() {
    return search.value.trim().replace(/^\S*\/carts\//, "");
  }

  async function fetchPage(after) {
    asking?.abort();
    asking = new AbortController();
    return get("/carts", { status, search: wanted(), after, limit: page }, asking.signal);
  }

  async function attempt(work) {
    try {
      await work();
      alert.show("");
    } catch (fault) {
      if (fault.name !== "AbortError" && fault.status !== 401) alert.show(fault.message);
    }
  }

  function reload() {
    return attempt(async () => {
      const answer = await fetchPage();
      carts = answer.carts;
      next = answer.next || "";
      draw();
    });
  }

  function loadMore() {
    return attempt(async () => {
      const answer = await fetchPage(next);
      const there = new Set(carts.map((c) => c.id));
      carts = carts.concat(answer.carts.filter((c) => !there.has(c.id)));
      next = answer.next || "";
      draw();
    });
  }

  // refresh puts what changed on top, and leaves what is further down.
  function refresh(ids) {
    return attempt(async () => {
      const answer = await fetchPage();
      const fresh = new Set(answer.carts.map((c) => c.id));
      const rest = answer.next ? carts.slice(answer.carts.length - 1) : [];
      carts = answer.carts.concat(rest.filter((c) => !fresh.has(c.id) && !ids.has(c.id)));
      if (carts.length <= page) next = answer.next || "";
      flash = ids;
      draw();
    });
  }

  function draw() {
    keep(rows, carts, (c) => c.id, row);
    for (const node of rows.children) {
      if (flash.has(node.dataset.key)) point(node);
    }
    flash = new Set();
    more.hidden = !next;
    const searching = search.value.trim() || status;
    count.textContent = carts.length ? counted(carts.length, next, searching) : "";
    table.hidden = !carts.length;
    empty.hidden = carts.length > 0;
    if (!carts.length) searching ? put(empty, nothingFound(next)) : greet();
  }

  // greet shows a newcomer what to do, with the command for this very store.
  async function greet() {
    if (empty.firstChild?.id === "welcome") return;
    put(empty, welcome({}));
    try {
      const store = await get("/pipeline");
      if (!carts.length && store.flags && empty.firstChild?.id === "welcome") put(empty, welcome(store));
    } catch {
      // the button is there; and what is wrong, others tell
    }
  }

  async function open() {
    await attempt(async () => {
      const cart = await command("POST", "/carts", {});
      location.hash = "#/cart/" + cart.id;
    });
  }

  const node = h("section", {},
    h("div", { class: "head" }, h("h1", {}, "Carts"), h("button", { type: "button", class: "primary", onclick: open }, "Open a cart")),
    h("form", { class: "tools", role: "search", onsubmit: (e) => e.preventDefault() },
      field("Search", search, { class: "field grow" }),
      choice("Status", [["", "All"], ["open", "Open"], ["closed", "Closed"]], (value) => { status = value; reload(); })),
    alert.node, count, table, empty, more);

  const pending = new Set();
  reload();
  return {
    node, title: "Carts", name: "carts",
    resync: reload,
    changed(list) {
      for (const c of list) pending.add(c.id);
      later(80, () => { const ids = new Set(pending); pending.clear(); refresh(ids); });
    },
    close() { clearTimeout(timer); asking?.abort(); },
  };
}

// counted says how many carts are shown, and of how many, as far as that is known: how
// many there are in all, nobody counts.
function counted(n, next, searching) {
  if (searching) return plural(n, "cart") + " found" + (next ? " so far" : "");
  return next ? "The newest " + n.toLocaleString() + " of more than " + plural(n, "cart") : plural(n, "cart");
}

function point(node) {
  node.classList.remove("flash");
  void node.offsetWidth; // so that the animation begins anew
  node.classList.add("flash");
}

// choice makes a group of radio buttons in one row.
function choice(legend, options, chosen) {
  return h("fieldset", { class: "choice" }, h("legend", {}, legend), h("div", {}, options.map(([value, label], i) =>
    h("label", {}, h("input", { type: "radio", name: "choice-" + legend, value, checked: i === 0, onchange: () => chosen(value) }), h("span", {}, label)))));
}

function row(c) {
  const rest = c.items - c.names.length;
  const names = c.names.length ? c.names.slice(0, 4).join(" · ") + (rest > 0 || c.names.length > 4 ? " +" + (c.items - Math.min(4, c.names.length)) : "") : c.items ? plural(c.items, "item") : "empty";
  return h("tr", {},
    h("th", { scope: "row", class: "cart" }, h("a", { href: "#/cart/" + c.id }, h("span", { class: "names" }, names), h("span", { class: "id" }, c.id))),
    h("td", { class: "status" }, badge(c.status), c.reminded ? h("span", { class: "badge soft" }, "reminded") : null),
    h("td", { class: "items" }, String(c.items), h("span", { class: "unit" }, c.items === 1 ? " item" : " items")),
    h("td", { class: "total" + (c.total ? "" : " none") }, money(c.total)),
    h("td", { class: "owner" + (c.owner ? "" : " none") }, c.owner ? h("span", { title: c.owner }, c.owner.split("|").pop()) : "—"),
    h("td", { class: "changed" }, since(c.changed_at)));
}

// badge shows a cart's status.
export function badge(status) {
  return h("span", { class: "badge " + status }, status);
}

function nothingFound(further) {
  return [h("h2", {}, "Nothing found"), h("p", {}, further ? "Not among the newest carts. Look further with the button below." : "No cart's ID begins so, and no owner or item contains it.")];
}

function welcome(store) {
  return [h("h2", { id: "welcome" }, "There are no carts yet"),
    h("p", {}, "Open one with the button above" + (store.flags ? ", or let the demo fill the store while the server runs:" : ".")),
    commandLine("demo", store)];
}
