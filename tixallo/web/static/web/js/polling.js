// One poll to a page: the element with data-poll="URL" is asked for what is new, every 1.5 s while the page is seen, every
// 30 s while not. 204 says nothing new; else each element with an id in the answer takes the place of its namesake here.
// What has the focus waits until it has not; a form with something to fill in is never replaced. The answer's ETag is
// sent back as If-None-Match (data-poll-tag at first), so that the server can tell.
import { reached } from "./requests.js";
import { announce } from "./words.js";

const SEEN = 1_500;
const HIDDEN = 30_000;
const FIELDS = "textarea, select, input:not([type=hidden])";
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
    reached(answer.status < 500 && answer.status > 0);
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
  for (const fresh of [...page.head.children, ...page.body.children]) {
    if (!fresh.id) continue;
    const old = document.getElementById(fresh.id);
    if (old) replace(old, fresh);
  }
}

function replace(old, fresh) {
  if (old.id === "title") {
    document.title = fresh.textContent;
  } else if (old.matches(FIELDS) || old.querySelector(FIELDS)) {
    return;
  } else if (old.contains(document.activeElement)) {
    waiting.set(old.id, fresh);
  } else if (old.outerHTML !== fresh.outerHTML) {
    const node = document.importNode(fresh, true);
    old.replaceWith(node);
    window.htmx?.process(node);
    if (node.dataset.announce && node.dataset.announce !== old.dataset.announce) announce(node.dataset.announce);
  }
}

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
document.addEventListener("visibilitychange", () => (document.hidden ? plan() : poll()));
document.addEventListener("htmx:load", () => timer || plan());
plan();
