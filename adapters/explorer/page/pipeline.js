// The pipeline at a glance: who has come how far, and what went wrong.

import { ask, get } from "/explorer/api.js";
import { alertBox, commandLine, h, keep, put } from "/explorer/dom.js";
import { plural, since, size, tail } from "/explorer/format.js";
import { viewsCard } from "/explorer/views.js";

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
  const alert = alertBox(); // whether the pipeline can be seen
  const failed = alertBox(); // what was asked for last
  const summary = h("p", { class: "summary", role: "status" });
  const stages = h("ol", { class: "stages" });
  const flow = h("section", { class: "card" }, h("h2", {}, "From store to views"), stages);
  const views = viewsCard(act);
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
    views.show(p);
    keep(parked, p.parked.length ? p.parked : [null], (s) => (s ? s.target + s.stream : "none"), (s) => parkedStream(s, p));
    keep(quarantine, p.quarantined.length ? p.quarantined : [null], (q) => (q ? q.consumer + q.position : "none"), (q) => quarantined(q, p));
    keep(replays, p.replays.length ? p.replays : [null], (r) => (r ? r.id : "none"), (r, old) => replay(r, old, act));
  }

  // act asks the server to do something, and shows what came of it.
  async function act(path) {
    try {
      await ask("POST", path);
    } catch (fault) {
      if (fault.status !== 401) failed.show(fault.message);
      return;
    }
    failed.show("");
    await look();
  }

  const node = h("section", { class: "pipeline" },
    h("div", { class: "head" }, h("h1", {}, "Pipeline")), summary, alert.node, failed.node,
    flow,
    h("section", { class: "card" }, h("h2", {}, "Replays"), replays),
    views.node,
    h("section", { class: "card" }, h("h2", {}, "Parked streams"), parked),
    h("section", { class: "card" }, h("h2", {}, "Quarantine"), quarantine));

  look();
  return {
    node, title: "Pipeline", name: "pipeline",
    changed: look, resync: look,
    close() { closed = true; clearTimeout(timer); },
  };
}

// stage shows one who follows; the node that is there already is brought up to date, so
// that a position that was unfolded stays so.
function stage(f, old) {
  const lag = f.lag_seconds < 1 ? "under a second" : f.lag_seconds < 90 ? Math.round(f.lag_seconds) + " s" : plural(Math.round(f.lag_seconds / 60), "minute");
  const node = old || h("li", {},
    h("span", { class: "name" }, f.name), h("span", { class: "role" }, roles[f.name] || ""), h("span", { class: "lag" }),
    h("details", { class: "position" }, h("summary"), h("code")));
  node.className = f.lag_seconds < patience ? "fine" : "behind";
  node.querySelector(".lag").textContent = f.at_tip ? "up to date" : f.lag_seconds ? lag + " behind" : "catching up";
  const [short, whole] = node.querySelector(".position").children;
  const what = f.position ? "at " + tail(f.position) : "nothing seen yet";
  if (short.textContent !== what) short.textContent = what;
  short.title = "The whole position of " + f.name;
  whole.textContent = f.position || "It has no position.";
  return node;
}

function parkedStream(s, store) {
  if (!s) return nothing("No stream is parked.");
  const id = s.stream.replace(/^cart\//, "");
  return h("article", {}, h("h3", {}, h("a", { href: "#/cart/" + id + "/" + s.version }, s.stream), " in " + s.target),
    h("p", {}, s.reason),
    h("p", { class: "hint" }, "At version " + s.version + ", parked ", since(s.since), ", " + plural(s.held, "event") + " held. " + (s.transient ? "It is tried again by itself." : "Once the fault is mended, this lets it go on:")),
    s.transient ? null : commandLine("views unpark " + s.target.split(".")[0] + " " + id, store));
}

function quarantined(q, store) {
  if (!q) return nothing("No record is in quarantine.");
  return h("article", {}, h("h3", {}, q.consumer + " at " + q.position), h("p", {}, q.reason),
    h("p", { class: "hint" }, "Set aside ", since(q.at), ". Once the fault is mended, this sends all of them again:"), commandLine("quarantine redrive --all", store));
}

function nothing(text) {
  return h("p", { class: "nothing" }, text);
}

// replay shows a replay; the node that is there already is brought up to date, so
// that its button keeps the focus.
function replay(r, old, act) {
  if (!r) return nothing("No replay yet. A view that is rebuilt makes one.");
  const node = old || h("article", { class: "replay" }, h("h3"), h("progress", { max: "1" }), h("p", { class: "hint" }), h("button", { type: "button" }));
  const [title, bar, hint, button] = node.children;
  const part = r.state === "done" ? 1 : r.bytes ? r.bytes_done / r.bytes : 0;
  put(title, "To " + r.target + " ", h("span", { class: "badge " + ({ running: "open", failed: "wrong" }[r.state] || "soft") }, r.state));
  bar.value = part;
  bar.hidden = r.state === "done";
  bar.setAttribute("aria-label", "Replay " + r.id);
  const far = r.state === "done" ? size(r.bytes) : Math.floor(part * 100) + " %, " + size(r.bytes_done) + " of " + size(r.bytes);
  put(hint, far + " read, " + plural(r.sent, "event") + " sent; started ", since(r.started), r.reason ? ". " + r.reason : "");
  const what = { running: "pause", paused: "resume", failed: "resume" }[r.state];
  button.hidden = !what;
  button.textContent = what === "pause" ? "Pause" : "Resume";
  button.setAttribute("aria-label", button.textContent + " replay " + r.id);
  button.onclick = () => act("/replays/" + r.id + "/" + what);
  return node;
}
