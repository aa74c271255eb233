// The views and their generations: which one queries read, and how another is made.

import { commandLine, h, keep, put } from "/explorer/dom.js";
import { since } from "/explorer/format.js";

// viewsCard shows the views. It calls act with the path of what is to be done.
export function viewsCard(act) {
  const list = h("div", { class: "views" });
  const question = asking(act);
  let rebuilds = true;
  let store = {};
  return {
    node: h("section", { class: "card" }, h("h2", {}, "Views"), list, question.node),
    show(p) {
      rebuilds = p.rebuilds;
      store = p;
      keep(list, p.views.length ? p.views : [null], (v) => (v ? v.name : "none"), (v, old) => (v ? view(v, old) : h("p", { class: "nothing" }, "No view yet.")));
    },
  };

  // view shows a view; the node that is there already is brought up to date, so that
  // its button keeps the focus.
  function view(v, old) {
    const node = old || h("article", { class: "view" },
      h("div", { class: "row" }, h("h3", {}, v.name), rebuilds ? h("button", { type: "button", class: "rebuild", "aria-label": "Rebuild view " + v.name }, "Rebuild…") : null),
      h("ul", { class: "generations" }),
      rebuilds ? null : h("p", { class: "hint" }, "To build it anew:"), rebuilds ? null : commandLine("views rebuild " + v.name, store));
    const newest = v.generations.at(-1);
    const button = node.querySelector(".rebuild");
    if (button) {
      button.disabled = Boolean(newest && !newest.flipped);
      button.onclick = () => question.ask(rebuilding(v));
    }
    keep(node.querySelector(".generations"), v.generations.map((g) => ({ ...g, live: g.number === v.live })), (g) => String(g.number), (g) => generation(v.name, g, () => question.ask(flipping(v, g.number))));
    return node;
  }
}

function generation(view, g, flip) {
  const state = g.live ? "live" : g.flipped ? "kept" : "being built";
  return h("li", {},
    h("span", { class: "name" }, "Generation " + g.number), h("span", { class: "badge " + (g.live ? "open" : "soft") }, state),
    h("span", { class: "hint" }, g.flipped ? (g.live ? "queries read it; made live " : "last made live ") : "begun ", since(g.flipped || g.created)),
    !g.live && g.flipped ? h("button", { type: "button", class: "small", "aria-label": "Make live: generation " + g.number + " of view " + view, onclick: flip }, "Make live…") : null);
}

// rebuilding says what a rebuild will do.
function rebuilding(v) {
  const next = Math.max(...v.generations.map((g) => g.number)) + 1;
  return {
    title: "Rebuild view " + v.name + "?",
    says: ["Generation " + next + " is built from the archive, while events go on coming into both.",
      "Queries read generation " + v.live + " until the new one has caught up, and the new one from then on. Generation " + v.live + " is kept for a while, so that this can be taken back."],
    yes: "Rebuild", path: "/views/" + encodeURIComponent(v.name) + "/rebuild",
  };
}

// flipping says what making another generation live will do.
function flipping(v, number) {
  return {
    title: "Make generation " + number + " of view " + v.name + " live?",
    says: ["Queries read it at once, in place of generation " + v.live + ". Both go on taking in events, so that nothing is lost, and this can be taken back."],
    yes: "Make it live", path: "/views/" + encodeURIComponent(v.name) + "/flip?generation=" + number,
  };
}

// asking makes the dialog that says what is going to happen before it does.
function asking(act) {
  const title = h("h2", { id: "sure-of-view" });
  const text = h("div", { id: "what-of-view" });
  const yes = h("button", { type: "button", class: "primary" });
  const node = h("dialog", { "aria-labelledby": "sure-of-view", "aria-describedby": "what-of-view" }, title, text,
    h("form", { method: "dialog", class: "row" }, h("button", { value: "no" }, "Leave it as it is"), yes));
  return {
    node,
    ask(what) {
      title.textContent = what.title;
      put(text, what.says.map((s) => h("p", {}, s)));
      yes.textContent = what.yes;
      yes.onclick = () => { node.close(); act(what.path); };
      node.showModal();
    },
  };
}
