// Single letters, by the character that is typed: data-key="r" on a button or link that does the same by a click;
// data-key="g m" is two in a row. Never in a field, with Ctrl, Alt or Meta, or while characters are composed.
import { say } from "./words.js";

const PAUSE = 1_200;
let first = "";
let timer = 0;

/** Tell whether keys are text here. */
export const isWriting = (target) =>
  target.isContentEditable || target.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

/** Tell whether single letters are switched on. */
export const areOn = () => document.body.dataset.shortcuts === "on";

/** Return the elements that a key can press now, in the order of the page. */
export function keyed() {
  const scope = document.querySelector("dialog:modal") ?? document;
  return [...scope.querySelectorAll("[data-key]")].filter(
    (element) => !element.matches(":disabled") && (isThroughout(element) || element.checkVisibility({ visibilityProperty: true }) || folded(element)),
  );
}

/** Tell whether what an element leads to is there however little room there is for the element itself. */
export const isThroughout = (element) => element.hidden || element.matches(".rail-link");

/** Return the panel that an element is folded away in, if the page has a button to open it. */
export function folded(element) {
  const panel = element.closest("[popover]");
  if (!panel || panel.checkVisibility()) return null;
  return document.querySelector(`[popovertarget="${CSS.escape(panel.id)}"]`)?.checkVisibility() ? panel : null;
}

/** Return what an element does, in words. */
export const nameOf = (element) =>
  element.dataset.palette || element.getAttribute("aria-label") || element.dataset.keyName || textOf(element);

function textOf(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("kbd, svg, .count").forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, " ");
}

document.addEventListener("keydown", (event) => {
  if (!areOn() || event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key.length !== 1 || event.key === " " || isWriting(event.target)) return;
  const typed = first ? `${first} ${event.key}` : event.key;
  forget();
  const found = keyed();
  const element = found.find((candidate) => candidate.dataset.key === typed);
  if (element) {
    event.preventDefault();
    press(element);
  } else if (found.some((candidate) => candidate.dataset.key.startsWith(`${typed} `))) {
    first = typed;
    timer = setTimeout(forget, PAUSE);
  }
});

/** Do what a click on the element does, in a panel that opens for it if need be; fields and menus take the focus. */
export function press(element) {
  folded(element)?.showPopover();
  if (element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) {
    element.focus();
    element.select?.();
  } else if (element.matches("summary")) {
    const details = element.parentElement;
    // What is open already is not closed: the key leads into it.
    if (!details.open) element.click();
    (details.querySelector("textarea") ?? details.querySelector(".menu-item, input, a, button"))?.focus();
  } else element.click();
}

function forget() {
  clearTimeout(timer);
  first = "";
}

// The list is made of what the page has when it is asked for.
const dialog = document.getElementById("shortcuts");
const list = document.getElementById("shortcut-list");
const off = document.getElementById("shortcuts-off");
const always = list ? [...list.children] : [];

function fill() {
  off.hidden = areOn();
  if (!areOn()) return list.replaceChildren(...always.filter(({ dataset: { where } }) => !where));
  const lines = new Map();
  // The page's keys go before those of the chosen rows, and both before those that only move in a list.
  for (const name of ["key", "bulkKey"]) {
    for (const element of document.querySelectorAll(name === "key" ? "[data-key]" : "[data-bulk-key]")) {
      const key = element.dataset[name];
      if (!lines.has(key) && !element.matches(":disabled")) lines.set(key, line(key.split(" "), nameOf(element)));
    }
  }
  const apply = ({ dataset: { where, listKey } }) => !where || (document.querySelector(where) && !lines.has(listKey));
  list.replaceChildren(...lines.values(), ...always.filter(apply));
}

function line(keys, name) {
  const whole = document.createElement("div");
  const term = document.createElement("dt");
  const details = document.createElement("dd");
  term.textContent = name;
  keys.forEach((key, index) => {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    details.append(...(index ? [` ${say("then")} `, cap] : [cap]));
  });
  whole.append(term, details);
  return whole;
}

if (dialog) new MutationObserver(() => dialog.open && fill()).observe(dialog, { attributeFilter: ["open"] });
