// Elements are made here, from text and attributes only: no markup is ever parsed.

// h makes an element. Attributes that begin with "on" are listeners; false, null and
// undefined leave an attribute or a child out; true is an empty attribute.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  put(element, ...children);
  return element;
}

// put replaces what an element holds.
export function put(element, ...children) {
  element.replaceChildren(...children.flat(9).filter((c) => c !== null && c !== undefined && c !== false));
}

// keep updates the children of parent so that they are those that make returns for
// items, in their order. What has the same key and the same content keeps its node,
// and so its focus.
export function keep(parent, items, keyOf, make) {
  const before = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = keyOf(item);
    const content = JSON.stringify(item);
    const old = before.get(key);
    if (old && old.content === content) return old;
    const node = make(item, old);
    node.dataset.key = key;
    node.content = content;
    return node;
  });
  if (nodes.length !== parent.children.length || nodes.some((node, i) => node !== parent.children[i])) parent.replaceChildren(...nodes);
}

// commandLine shows a command of evercart that works on the server's store; program and
// flags are those that the server says. Where it says no flags, no other process can,
// and nothing is shown.
export function commandLine(command, { program, flags }) {
  return flags ? h("pre", { class: "command", tabindex: "0", "aria-label": "Command" }, h("code", {}, program + " " + command + " " + flags)) : null;
}

let notices = 0;

// field makes a labelled control.
export function field(label, control, attributes = {}) {
  control.id ||= "field-" + ++notices;
  return h("div", { class: "field", ...attributes }, h("label", { for: control.id }, label), control);
}

// alertBox makes a place where faults are told: to those who listen, too.
export function alertBox() {
  const box = h("div", { class: "alert", role: "alert", hidden: true });
  return {
    node: box,
    show(text) {
      box.hidden = !text;
      box.textContent = text || "";
    },
  };
}
