// What the page asks the server, and what it hears from it.

const tokenKey = "evercart.operator.token";

// Problem is a no of the server: an RFC 9457 problem.
export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

// The token stays in this tab, and goes with it.
export const token = {
  get: () => sessionStorage.getItem(tokenKey) || "",
  set: (value) => (value ? sessionStorage.setItem(tokenKey, value) : sessionStorage.removeItem(tokenKey)),
};

function headers(more = {}) {
  return token.get() ? { ...more, Authorization: "Bearer " + token.get() } : more;
}

// ask sends a request and returns the answer's JSON. A no is a Problem.
export async function ask(method, path, { body, key, signal } = {}) {
  const more = {};
  if (body !== undefined) more["Content-Type"] = "application/json";
  if (key) more["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch("/operator" + path, { method, signal, headers: headers(more), body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Problem(0, "unreachable", "The server does not answer. Is it running?");
  }
  if (response.ok) return response.json();
  await refuse(response);
}

async function refuse(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // no problem document: the status must do
  }
  if (response.status === 401) dispatchEvent(new CustomEvent("evercart:signin"));
  throw new Problem(response.status, problem.code || "unknown", problem.detail || response.statusText);
}

// command sends a command under a key of its own, so that a retry is safe.
export function command(method, path, body) {
  return ask(method, path, { body, key: crypto.randomUUID ? crypto.randomUUID() : undefined });
}

// get asks for something.
export function get(path, query = {}, signal) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  return ask("GET", path + (given.length ? "?" + new URLSearchParams(given) : ""), { signal });
}

// follow listens to the server's stream for as long as the page is seen. It tells
// heard of each event, and state of "live" and "offline"; after each gap it tells
// resync, since what happened meanwhile was not heard.
export function follow({ heard, state, resync }) {
  let current = null;
  let again = 0;
  let failed = 0;

  async function listen() {
    const mine = (current = new AbortController());
    try {
      const response = await fetch("/operator/stream", { headers: headers(), signal: mine.signal });
      if (!response.ok) await refuse(response);
      failed = 0;
      state("live");
      resync();
      await read(response.body.pipeThrough(new TextDecoderStream()).getReader(), heard);
    } catch (fault) {
      if (mine.signal.aborted || fault.status === 401) return;
      failed++;
      state("offline");
    }
    if (!mine.signal.aborted) again = setTimeout(listen, Math.min(1000 * failed, 10000));
  }

  function stop() {
    clearTimeout(again);
    current?.abort();
  }

  document.addEventListener("visibilitychange", () => {
    stop();
    if (document.visibilityState === "visible") listen();
    else state("paused");
  });
  listen();
  return { restart() { stop(); listen(); } };
}

// read reads server-sent events until the stream ends.
async function read(reader, heard) {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const field = (name) => lines.filter((l) => l.startsWith(name + ": ")).map((l) => l.slice(name.length + 2)).join("\n");
      if (field("event")) heard(field("event"), JSON.parse(field("data")));
    }
  }
}
