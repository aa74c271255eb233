// The pipeline at a glance: who has come how far, and what went wrong.

import { ask, get } from "/explorer/api.js";
import { alertBox, h, keep, put } from "/explorer/dom.js";
import { ago, plural, size, when } from "/explorer/format.js";

const every = 1000;
const patience = 3; // seconds: the archive gathers events for one

const roles = {
  relay: "publishes commits to the feed",
  archive: "keeps every event for good",
  carts: "view: lists of carts",
  related: "view: bought together",
  notify: "tells the outside world",
};

export function pipelineView() {
  const alert = alertBox();
  const summary = h("p", { class: "summary", role: "status" });
  const stages = h("ol", { class: "stages" });
  const flow = h("section", { class: "card" }, h("h2", {}, "From store to views"), stages);
  const generations = h("tbody");
  const parked = h("div", { class: "faults" });
  const quarantine = h("div", { class: "faults" });
  const replays = h("div", { class: "replays" });
  let timer = 0;
  let closed = false;

  async function look() {
    clearTimeout(timer);
    try {
      draw(await get("/pipeline"));
      alert.show("");
    } catch (fault) {
      if (fault.status === 401) return;
      alert.show(fault.message);
    }
    if (!closed) timer = setTimeout(look, every);
  }

  function draw(p) {
    const followers = p.relay ? [p.relay, ...p.consumers] : [];
    const behind = followers.filter((f) => f.lag_seconds >= patience);
    const wrong = p.parked_count + p.quarantined_count;
    const text = behind.length ? behind.map((f) => f.name).join(", ") + (behind.length > 1 ? " are" : " is") + " catching up" : p.relay ? "Everything has been carried through" : "Functions of AWS run the pipeline: CloudWatch knows how far they have come";
    const all = text + (wrong ? "; " + plural(wrong, "thing needs", "things need") + " an operator." : ".");
    if (summary.textContent !== all) summary.textContent = all;
    summary.dataset.state = wrong ? "wrong" : behind.length ? "behind" : "fine";
    flow.hidden = !followers.length;
    keep(stages, followers, (f) => f.name, stage);
    keep(generations, p.views.flatMap((v) => v.generations.map((g) => ({ ...g, view: v.name, live: g.number === v.live }))), (g) => g.view + g.number, generation);
    keep(parked, p.parked.length ? p.parked : [null], (s) => (s ? s.target + s.stream : "none"), parkedStream);
    keep(quarantine, p.quarantined.length ? p.quarantined : [null], (q) => (q ? q.consumer + q.position : "none"), quarantined);
    keep(replays, p.replays.length ? p.replays : [null], (r) => (r ? r.id : "none"), (r, old) => replay(r, old, change));
  }

  async function change(id, what) {
    try {
      await ask("POST", "/replays/" + id + "/" + what);
      await look();
    } catch (fault) {
      if (fault.status !== 401) alert.show(fault.message);
    }
  }

  const node = h("section", { class: "pipeline" },
    h("div", { class: "head" }, h("h1", {}, "Pipeline")), summary, alert.node,
    flow,
    h("section", { class: "card" }, h("h2", {}, "Replays"), replays),
    h("section", { class: "card" }, h("h2", {}, "Generations of the views"),
      h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Generations" }, h("table", {},
        h("thead", {}, h("tr", {}, ["View", "Generation", "State", "Created", "Became live"].map((name) => h("th", { scope: "col" }, name)))), generations))),
    h("section", { class: "card" }, h("h2", {}, "Parked streams"), parked),
    h("section", { class: "card" }, h("h2", {}, "Quarantine"), quarantine));

  look();
  return {
    node, title: "Pipeline", name: "pipeline",
    changed: look, resync: look,
    close() { closed = true; clearTimeout(timer); },
  };
}

function stage(f) {
  const lag = f.lag_seconds < 1 ? "under a second" : f.lag_seconds < 90 ? Math.round(f.lag_seconds) + " s" : plural(Math.round(f.lag_seconds / 60), "minute");
  return h("li", { class: f.lag_seconds < patience ? "fine" : "behind" },
    h("span", { class: "name" }, f.name), h("span", { class: "role" }, roles[f.name] || ""),
    h("span", { class: "lag" }, f.at_tip ? "up to date" : f.lag_seconds ? lag + " behind" : "catching up"),
    h("span", { class: "position", title: f.position }, f.position ? "at " + f.position : "nothing seen yet"));
}

function generation(g) {
  const state = g.live ? "live" : g.flipped ? "kept" : "being built";
  return h("tr", {}, h("th", { scope: "row" }, g.view), h("td", {}, String(g.number)), h("td", {}, h("span", { class: "badge " + (g.live ? "open" : "soft") }, state)),
    h("td", {}, when(g.created)), h("td", {}, g.flipped ? when(g.flipped) : "—"));
}

function parkedStream(s) {
  if (!s) return nothing("No stream is parked.");
  const id = s.stream.replace(/^cart\//, "");
  return h("article", {}, h("h3", {}, h("a", { href: "#/cart/" + id + "/" + s.version }, s.stream), " in " + s.target),
    h("p", {}, s.reason), h("p", { class: "hint" }, "At version " + s.version + " since " + when(s.since) + ", " + plural(s.held, "event") + " held. " + (s.transient ? "It is tried again by itself." : "evercart views unpark " + s.target.split(".")[0] + " " + id)));
}

function quarantined(q) {
  if (!q) return nothing("No record is in quarantine.");
  return h("article", {}, h("h3", {}, q.consumer + " at " + q.position), h("p", {}, q.reason), h("p", { class: "hint" }, "Since " + when(q.at) + ". evercart quarantine list"));
}

function nothing(text) {
  return h("p", { class: "nothing" }, text);
}

// replay shows a replay; the node that is there already is brought up to date, so
// that its button keeps the focus.
function replay(r, old, change) {
  if (!r) return nothing("No replay yet. evercart views rebuild related makes one.");
  const node = old || h("article", { class: "replay" }, h("h3"), h("progress", { max: "1" }), h("p", { class: "hint" }), h("button", { type: "button" }));
  const [title, bar, hint, button] = node.children;
  const part = r.state === "done" ? 1 : r.bytes ? r.bytes_done / r.bytes : 0;
  put(title, "To " + r.target + " ", h("span", { class: "badge " + ({ running: "open", failed: "wrong" }[r.state] || "soft") }, r.state));
  bar.value = part;
  bar.setAttribute("aria-label", "Replay " + r.id);
  put(hint, Math.floor(part * 100) + " %, " + size(r.bytes_done) + " of " + size(r.bytes) + ", " + plural(r.sent, "event") + " sent; started " + ago(r.started) + (r.reason ? ". " + r.reason : ""));
  const what = { running: "pause", paused: "resume", failed: "resume" }[r.state];
  button.hidden = !what;
  button.textContent = what === "pause" ? "Pause" : "Resume";
  button.setAttribute("aria-label", button.textContent + " replay " + r.id);
  button.onclick = () => change(r.id, what);
  return node;
}
