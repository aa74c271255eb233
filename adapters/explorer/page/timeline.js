// The events of a cart: a list to choose from, and the one chosen in full.

import { h, keep } from "/explorer/dom.js";
import { money, plural, when, words } from "/explorer/format.js";

// timelineList makes the list. It calls choose with the version of an event.
export function timelineList(choose, pageSize) {
  const list = h("ol", { class: "events" });
  const earlier = h("button", { type: "button", class: "quiet" }, "Earlier events");
  const later = h("button", { type: "button", class: "quiet" }, "Later events");
  let chosen = 0;
  earlier.addEventListener("click", () => choose(chosen - ((chosen - 1) % pageSize) - 1));
  later.addEventListener("click", () => choose(chosen - ((chosen - 1) % pageSize) + pageSize));
  const node = h("section", { class: "timeline", "aria-label": "Events", onscroll: edges }, earlier, list, later);
  new ResizeObserver(edges).observe(node);

  // edges says where the box has more than it shows, for the eye to see that it scrolls.
  function edges() {
    const slack = 8; // of which nothing can be read
    node.toggleAttribute("data-above", node.scrollTop > slack);
    node.toggleAttribute("data-below", node.scrollTop + node.clientHeight < node.scrollHeight - slack);
  }

  return {
    node,
    show(steps, version, head) {
      chosen = version;
      const first = version - ((version - 1) % pageSize);
      earlier.hidden = first === 1;
      later.hidden = first + pageSize > head;
      list.start = first;
      keep(list, steps, (s) => s.event.id, (s) => entry(s, choose));
      for (const node of list.children) {
        const button = node.querySelector("button");
        if (Number(node.dataset.version) === version) button.setAttribute("aria-current", "true");
        else button.removeAttribute("aria-current");
      }
      reveal(node, list.querySelector("[aria-current]"));
      edges();
    },
  };
}

// reveal scrolls box, and not the page, so that what is in it is seen, clear of the
// fading edges.
function reveal(box, inner) {
  if (!inner) return;
  const edge = 48;
  const outside = box.getBoundingClientRect();
  const { top, bottom } = inner.getBoundingClientRect();
  if (top - edge < outside.top) box.scrollTop -= outside.top - top + edge;
  else if (bottom + edge > outside.bottom) box.scrollTop += bottom + edge - outside.bottom;
}

function entry(step, choose) {
  const e = step.event;
  const version = Number(e.sequence);
  const type = typeOf(e);
  const joined = e.commitfirst !== e.commitlast && e.sequence !== e.commitlast;
  return h("li", { "data-version": version, class: joined ? "joined" : "" },
    h("button", { type: "button", onclick: () => choose(version) },
      h("span", { class: "version" }, String(version)),
      h("span", { class: "what" }, h("span", { class: "type" }, words(type)), h("span", { class: "gist" }, gist(type, e.data)),
        h("span", { class: "at" }, when(e.time))),
      seal(step.proof)));
}

function typeOf(e) {
  return e.type.split(".")[2];
}

// gist says in a line what an event did.
function gist(type, d) {
  switch (type) {
    case "CartOpened":
      return d.owner ? "for " + d.owner.split("|").pop() : "";
    case "ItemAdded":
      return (d.quantity || 1) + " × " + (d.item ?? d.item_name) + (d.unit_price ? " at " + money(d.unit_price) : "");
    case "ItemQuantityChanged":
      return d.item + ", now " + d.quantity;
    case "ItemRemoved":
      return d.item ?? d.item_name;
    case "CartClosed":
      return d.total ? "total " + money(d.total) : d.lines ? plural(d.lines.length, "line") : "";
    case "ShopperReminded":
      return plural(d.items, "item") + " left alone";
    default:
      return "";
  }
}

const proofs = {
  verified: ["✓", "Hash verified", "Computed anew, it is the one that was recorded, after the commit before it."],
  broken: ["✗", "Hash broken", "The commit, or the one before it, is not what was recorded. Run evercart verify."],
  none: ["–", "No hash", "The event is in the older form, which has no hash."],
};

function seal(proof) {
  const [sign, label] = proofs[proof];
  return h("span", { class: "seal " + proof, title: label }, h("span", { "aria-hidden": "true" }, sign), h("span", { class: "unseen" }, label));
}

// eventDetails shows all of one event. near finds the version of an event of this
// cart by its ID or its command's; 0 where there is none.
export function eventDetails(step, id, near) {
  const e = step.event;
  const [, label, meaning] = proofs[step.proof];
  const commit = Number(e.commitfirst) === Number(e.commitlast) ? "version " + Number(e.commitfirst) : "versions " + Number(e.commitfirst) + " to " + Number(e.commitlast);
  const cause = e.causationid && near(e.causationid);
  const facts = [
    ["Recorded", e.time ? when(e.time) : "before times were recorded"],
    ["In UTC", e.time && code(e.time)],
    ["Event", code(e.id)],
    ["Type", code(e.type)],
    ["Command", e.commandid && code(e.commandid)],
    ["Correlation", e.correlationid && code(e.correlationid)],
    ["Caused by", e.causationid && (cause ? h("a", { href: "#/cart/" + id + "/" + cause }, code(e.causationid)) : code(e.causationid))],
    ["Trace", e.traceparent && code(e.traceparent)],
    ["Actor", e.actor ? code(e.actor) : "nobody by name"],
    ["Commit", commit],
    ["Commit hash", e.commithash && code(e.commithash)],
    ["Fingerprint", e.fingerprint && code(e.fingerprint)],
  ];
  return h("section", { class: "card event" },
    h("h2", {}, words(typeOf(e)), h("small", {}, "version " + Number(e.sequence))),
    h("p", { class: "proof " + step.proof }, h("strong", {}, label + ". "), meaning),
    h("pre", { class: "data", tabindex: "0", "aria-label": "What the event says" }, JSON.stringify(e.data, null, 2)),
    h("dl", {}, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

function code(text) {
  return h("code", {}, text);
}
