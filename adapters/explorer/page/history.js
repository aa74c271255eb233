// One cart's history, as far as it was asked for. The past does not change, so what
// came once is kept.

import { get } from "/explorer/api.js";

const page = 50;
const most = 500; // of what is kept of each kind

export function historyOf(id) {
  const carts = new Map();
  const diffs = new Map();
  const pages = new Map();

  async function once(kept, key, load, whole = () => true) {
    if (kept.has(key)) return kept.get(key);
    const value = await load();
    if (whole(value)) {
      if (kept.size >= most) kept.delete(kept.keys().next().value);
      kept.set(key, value);
    }
    return value;
  }

  return {
    page,
    // now is the cart as it is.
    now: () => get("/carts/" + id),
    // at is the cart as of a version.
    at: (version) => once(carts, version, () => get("/carts/" + id, { version })),
    // diff is what turned the cart of one version into that of another; 0 is before
    // the first event.
    diff: (from, to) => once(diffs, from + "/" + to, () => get("/carts/" + id + "/diff", { from, to })),
    // steps are the events of the page that holds a version.
    async steps(version) {
      const first = version - ((version - 1) % page);
      const load = () => get("/carts/" + id + "/timeline", { after: first - 1, limit: page });
      const answer = await once(pages, first, load, (a) => a.steps.length === page);
      return answer.steps;
    },
  };
}
