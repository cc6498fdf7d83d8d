// Keeps what is being written: <textarea data-draft="URL"> is sent there a second after typing pauses, with its form's
// proof of origin. The form's [data-draft-state] says how it stands. While the server cannot be reached the text stays
// in this tab, and comes back into the field after a reload; so it does when it was sent and did not arrive. It comes back
// for whoever wrote it, [data-writer], and for nobody else who signs in in this tab.
import { say } from "./words.js";

const PAUSE = 1_000;
const RETRY = 5_000;
const LONGEST_WAIT = 2_000;
const pending = new WeakMap();
const underWay = new WeakMap();

// ---- Versions. What this tab knows to have been saved it may save over; anything else was written in another tab.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** Return what the server calls the version of a text: its CRC-32. */
function versionOf(text) {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 255];
  return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

const versions = new WeakMap();

function known(field) {
  if (!versions.has(field)) versions.set(field, new Set([field.dataset.version].filter(Boolean)));
  return versions.get(field);
}

const place = (field) => `draft:${field.dataset.writer}:${field.dataset.draft}`;
// What is being sent is kept until a cookie, or the page, says that what has its id is there.
const sending = (field) => `sent:${place(field)}`;
const idOf = (field) => field.form?.elements.token?.value.split(":")[0];

function state(field, name) {
  field.dataset.draftState = name;
  const element = field.form?.querySelector("[data-draft-state]:not(textarea)");
  if (!element) return;
  element.dataset.state = name;
  element.textContent = name === "unsaved" ? say("unsaved", since(field)) : say(name);
}

const since = (field) =>
  new Date(Number(field.dataset.since)).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

async function save(field) {
  if (!field.isConnected || field.dataset.sent) return;
  const text = field.value;
  state(field, "saving");
  try {
    const body = bodyOf(field);
    known(field).add(versionOf(text));
    const answer = await fetch(field.dataset.draft, { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) return signedOut(field, text);
    if (answer.status === 409) return elsewhere(field, await answer.text());
    if (!answer.ok) throw new Error(String(answer.status));
    versions.set(field, new Set([versionOf(text)]));
    if (field.value !== text) return later(field, PAUSE);
    sessionStorage.removeItem(place(field));
    delete field.dataset.since;
    state(field, "saved");
  } catch {
    keep(field, text);
    state(field, "unsaved");
    later(field, RETRY);
  }
}

function bodyOf(field) {
  const body = new URLSearchParams({ [field.name]: field.value });
  for (const name of ["csrfmiddlewaretoken", "seen", "token"]) {
    const other = field.form?.elements[name];
    if (other) body.set(name, other.value);
  }
  if (field.dataset.version !== undefined) body.set("over", [...known(field)].join(" "));
  return body;
}

// Both texts stay in sight, and this one in the tab, until the person has said what becomes of them.
function elsewhere(field, text) {
  keep(field, field.value);
  state(field, "");
  const notice = field.form.querySelector("[data-elsewhere]");
  notice.querySelector("textarea").value = text;
  notice.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-take], [data-leave]");
  const notice = button?.closest("[data-elsewhere]");
  if (!notice) return;
  const field = button.form.querySelector("[data-draft]");
  const text = notice.querySelector("textarea").value;
  if (button.matches("[data-take]")) field.value = `${field.value}\n\n${text}`.trim();
  known(field).add(versionOf(text));
  notice.hidden = true;
  field.focus();
  later(field, 0);
});

function signedOut(field, text) {
  keep(field, text);
  state(field, "signedOut");
}

function keep(field, text) {
  field.dataset.since ??= Date.now();
  put(field, text);
}

// With the text, what it may be saved over when it comes back into its field.
function put(field, text) {
  known(field).add(versionOf(text));
  sessionStorage.setItem(place(field), text);
  sessionStorage.setItem(`known:${place(field)}`, [...known(field)].join(" "));
}

function later(field, delay) {
  clearTimeout(pending.get(field));
  pending.set(field, setTimeout(() => begin(field), delay));
}

function begin(field) {
  const saved = save(field).finally(() => underWay.get(field) === saved && underWay.delete(field));
  underWay.set(field, saved);
}

// A text that is moved leaves nothing by which the server would know a late save of it: the save goes first.
document.addEventListener("submit", (event) => {
  const field = event.target.querySelector("[data-draft]");
  if (event.submitter?.name !== "move" || !underWay.has(field)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const patience = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
  Promise.race([underWay.get(field), patience]).then(() => {
    underWay.delete(field);
    event.target.requestSubmit(event.submitter);
  });
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-draft]")) return;
  event.target.dataset.draftState = "saving";
  later(event.target, PAUSE);
});

// What is sent needs no draft; a refusal brings the field back with its text. What carries an id may not arrive.
document.addEventListener("submit", (event) => {
  // What stands in another form, and has not been saved yet, is there again on the next page.
  for (const field of document.querySelectorAll('[data-draft][data-draft-state="saving"]')) {
    put(field, field.value);
    // A text that is moved goes on its way together with it.
    if (event.submitter?.name !== "move" || !idOf(field)) continue;
    sessionStorage.setItem(sending(field), idOf(field));
    field.dataset.sent = "1";
    delete field.dataset.draftState;
  }
  for (const field of event.target.querySelectorAll("[data-draft]")) {
    clearTimeout(pending.get(field));
    delete field.dataset.draftState;
    sessionStorage.removeItem(place(field));
    if (!idOf(field)) continue;
    put(field, field.value);
    sessionStorage.setItem(sending(field), idOf(field));
  }
});

function forgetSent() {
  const cookies = document.cookie;
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith("sent:"))) {
    const id = sessionStorage.getItem(key);
    if (!cookies.includes(`sent-${id}=`) && !document.getElementById(`e-${id}`)) continue;
    sessionStorage.removeItem(key);
    sessionStorage.removeItem(key.replace("sent:", ""));
    document.cookie = `sent-${id}=;path=/;max-age=0`;
  }
}

// The page goes: what is still waiting is sent on its way.
addEventListener("pagehide", () => {
  for (const field of document.querySelectorAll('[data-draft][data-draft-state="saving"]')) {
    const body = bodyOf(field);
    body.set("leaving", "1");
    fetch(field.dataset.draft, { method: "POST", body, keepalive: true }).catch(() => keep(field, field.value));
  }
});

function restore(root) {
  for (const field of root.querySelectorAll?.("[data-draft]") ?? []) {
    const kept = sessionStorage.getItem(place(field));
    if (kept === null) continue;
    sessionStorage.removeItem(sending(field));
    const over = sessionStorage.getItem(`known:${place(field)}`);
    if (over !== null) versions.set(field, new Set(over.split(" ").filter(Boolean)));
    field.value = kept;
    later(field, 0);
  }
}

forgetSent();
restore(document);
document.addEventListener("htmx:load", (event) => restore(event.detail.elt));
