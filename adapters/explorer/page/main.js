// The page: which view is shown, and who tells it what happens.

import { follow, token } from "/explorer/api.js";
import { cartsView } from "/explorer/carts.js";
import { cartView } from "/explorer/cart.js";
import { pipelineView } from "/explorer/pipeline.js";
import { signInView } from "/explorer/signin.js";
import { h, put } from "/explorer/dom.js";
import { keepTime } from "/explorer/format.js";

const main = document.getElementById("main");
const live = document.getElementById("live");

// The view that is shown: its node, and what it does with what happens. A view has
// node, title and name, and may have changed(carts), resync() and close().
let view = null;

function show(next) {
  view?.close?.();
  view = next;
  put(main, next.node);
  document.title = next.title + " · Evercart";
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.view === next.name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function route() {
  const [, first, typed, at] = location.hash.replace(/^#/, "").split("/");
  const id = typed?.toLowerCase();
  const version = /^\d{1,15}$/.test(at) ? Number(at) : 0;
  if (first === "cart" && id && view?.id === id && view.go) return view.go(version);
  if (first === "cart" && id) show(cartView(id, version));
  else if (first === "pipeline") show(pipelineView());
  else if (!first) show(cartsView());
  else show({ node: h("section", { class: "empty" }, h("h1", {}, "There is nothing here"), h("p", {}, "The address leads nowhere."), h("p", {}, h("a", { href: "#/" }, "See all carts"))), title: "Nothing here" });
  scrollTo(0, 0);
}

const stream = follow({
  heard: (event, data) => event === "changed" && view?.changed?.(data),
  resync: () => view?.resync?.(),
  state(now) {
    live.textContent = { live: "live", offline: "not connected, trying again", paused: "paused" }[now];
    live.dataset.state = now;
  },
});

addEventListener("evercart:signin", () => {
  if (view?.name === "signin") return;
  live.textContent = "signed out";
  live.dataset.state = "paused";
  show(signInView(() => {
    route();
    stream.restart();
  }));
  token.set("");
});

addEventListener("hashchange", () => {
  if (view?.name === "signin") return;
  route();
  main.focus({ preventScroll: true });
});
document.getElementById("skip").addEventListener("click", () => main.focus());
setInterval(keepTime, 5000);
route();
