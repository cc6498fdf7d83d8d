// One poll to a page: the element with data-poll="URL" is asked for what is new, every 1.5 s while the page is seen, every
// 30 s while not. 204 says nothing new; else each element with an id in the answer takes the place of its namesake here.
// What has the focus waits until it has not; what holds a text field or a changed choice is never replaced, and ticks
// stay. The answer's ETag is sent back as If-None-Match (data-poll-tag at first), so that the server can tell.
import { gone, reached, signedOut } from "./requests.js";
import { announce } from "./words.js";

const SEEN = 1_500;
const HIDDEN = 30_000;
const TEXTS = "textarea, input:not([type=hidden], [type=checkbox], [type=radio])";
const TICKS = "input[type=checkbox], input[type=radio]";
const waiting = new Map();
let timer = 0;
let asking = false;
let tag = null;

function plan() {
  clearTimeout(timer);
  if (document.querySelector("[data-poll]")) timer = setTimeout(poll, document.hidden ? HIDDEN : SEEN);
}

async function poll() {
  const source = document.querySelector("[data-poll]");
  if (!source || asking) return;
  asking = true;
  const address = source.dataset.poll;
  const headers = { "X-Poll": "1" };
  if (tag?.address === address) headers["If-None-Match"] = tag.value;
  else if (source.dataset.pollTag) headers["If-None-Match"] = source.dataset.pollTag;
  try {
    const answer = await fetch(address, { headers, cache: "no-store", redirect: "manual" });
    if (answer.type === "opaqueredirect") signedOut();
    else if (answer.status === 404) gone();
    else reached(answer.status < 500);
    if (answer.status === 200 && document.querySelector("[data-poll]")?.dataset.poll === address) {
      const value = answer.headers.get("ETag");
      tag = value ? { address, value } : null;
      take(await answer.text());
    }
  } catch {
    reached(false);
  }
  asking = false;
  plan();
}

function take(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  // Rows can only come within a table; one without an id brings them.
  const rows = page.querySelectorAll("body > table:not([id]) tr[id]");
  for (const fresh of [...page.head.children, ...page.body.children, ...rows]) {
    if (!fresh.id) continue;
    const old = document.getElementById(fresh.id);
    if (old) replace(old, fresh);
  }
}

function replace(old, fresh) {
  if (old.id === "title") {
    document.title = fresh.textContent;
  } else if (old.matches(TEXTS) || old.querySelector(TEXTS) || isChanged(old)) {
    return;
  } else if (old.contains(document.activeElement)) {
    waiting.set(old.id, fresh);
  } else if (old.outerHTML !== fresh.outerHTML) {
    const node = document.importNode(fresh, true);
    for (const tick of old.querySelectorAll(`${TICKS}:checked`)) {
      const same = [...node.querySelectorAll(TICKS)].find((other) => other.name === tick.name && other.value === tick.value);
      if (same) same.checked = true;
    }
    for (const open of old.querySelectorAll("details[id][open]")) node.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
    old.replaceWith(node);
    window.htmx?.process(node);
    if (node.dataset.announce && node.dataset.announce !== old.dataset.announce) announce(node.dataset.announce);
  }
}

const isChanged = (element) =>
  [...element.querySelectorAll("option")].some((option) => option.selected && !option.defaultSelected && hasDefault(option));
// Without a default the first option is chosen; that is no change.
const hasDefault = (option) => option.index > 0 || [...option.closest("select").options].some((one) => one.defaultSelected);

document.addEventListener("focusout", () => {
  setTimeout(() => {
    for (const [id, fresh] of [...waiting]) {
      const old = document.getElementById(id);
      if (old?.contains(document.activeElement)) continue;
      waiting.delete(id);
      if (old) replace(old, fresh);
    }
  });
});
// Who has changed something asks at once what became of it.
document.addEventListener("poll", poll);
document.addEventListener("visibilitychange", () => (document.hidden ? plan() : poll()));
document.addEventListener("htmx:load", () => timer || plan());
plan();
