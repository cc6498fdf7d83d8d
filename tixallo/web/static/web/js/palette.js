// Ctrl or ⌘ and K: find a page or an action by its name. It holds what the page has: [data-palette] and [data-key].
import { folded, isThroughout, nameOf, press } from "./shortcuts.js";
import { say } from "./words.js";

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-find");
const list = document.getElementById("palette-list");
let items = [];
let chosen = 0;

document.addEventListener("keydown", (event) => {
  if (!dialog || event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (dialog.open) return dialog.close();
  if (document.querySelector("dialog:modal")) return;
  items = collect();
  field.value = "";
  show();
  dialog.showModal();
});

// What can be done here goes before what is there everywhere.
const nearness = (element) => (element.closest("#main, #side") ? 0 : element.closest(".rail") ? 2 : 1);

function collect() {
  const seen = new Set();
  const all = [...document.querySelectorAll("[data-palette], [data-key]")].sort((one, other) => nearness(one) - nearness(other));
  return all.flatMap((element) => {
    const name = nameOf(element);
    if (!name || seen.has(name) || element.matches(":disabled") || !isUsable(element) || element.closest("dialog")) return [];
    seen.add(name);
    return [{ element, name, key: element.dataset.key ?? "" }];
  });
}

const isVisible = (element) => element.checkVisibility({ visibilityProperty: true });
// What stands in a menu can be chosen without opening it; a panel that is folded away opens.
const isUsable = (element) =>
  isThroughout(element) || isVisible(element) || isVisible(element.closest("details.menu") ?? element) || folded(element);

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function matching() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  return items.filter((item) => words.every((word) => plain(item.name).includes(word)));
}

function show() {
  const found = matching();
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  list.replaceChildren(...found.map(option));
  if (!found.length) {
    const none = document.createElement("div");
    none.className = "palette-none";
    none.textContent = say("nothingFound");
    list.append(none);
  }
  mark();
}

function option(item, index) {
  const line = document.createElement("div");
  line.className = "palette-item";
  line.role = "option";
  line.id = `palette-${index}`;
  line.append(item.name);
  for (const key of item.key.split(" ").filter(Boolean)) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    line.append(cap);
  }
  line.addEventListener("click", () => run(item));
  return line;
}

function mark() {
  const lines = [...list.querySelectorAll("[role=option]")];
  lines.forEach((line, index) => line.setAttribute("aria-selected", index === chosen));
  if (lines[chosen]) field.setAttribute("aria-activedescendant", lines[chosen].id);
  else field.removeAttribute("aria-activedescendant");
  lines[chosen]?.scrollIntoView({ block: "nearest" });
}

function run(item) {
  dialog.close();
  press(item.element);
}

field?.addEventListener("input", () => {
  chosen = 0;
  show();
});
field?.addEventListener("keydown", (event) => {
  const found = matching();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.length) {
    event.preventDefault();
    chosen = (chosen + step + found.length) % found.length;
    mark();
  }
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    if (found[chosen]) run(found[chosen]);
  }
});
