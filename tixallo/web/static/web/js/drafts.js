// Keeps what is being written: <textarea data-draft="URL"> is sent there a second after typing pauses, with its form's
// proof of origin. The form's [data-draft-state] says how it stands. While the server cannot be reached the text stays
// in this tab, and comes back into the field after a reload; so it does when it was sent and did not arrive. It comes back
// for whoever wrote it, [data-writer], and for nobody else who signs in in this tab. What is sent when the page is left is
// kept as well, for whoever is back before it has arrived.
import { say } from "./words.js";

const PAUSE = 1_000;
const RETRY = 5_000;
const LONGEST_WAIT = 2_000;
const LONGEST_WAY = 30_000;
// A browser takes 64 KiB on the way out of a page.
const MOST_ON_LEAVING = 60_000;
const pending = new WeakMap();
const underWay = new WeakMap();

// ---- Versions. What this tab knows to have been saved it may save over; anything else was written in another tab.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** Return what the server calls the version of a text: its CRC-32. Blank is what there is no draft of. */
function versionOf(text) {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text.trim() && text)) sum = (sum >>> 8) ^ TABLE[(sum ^ byte) & 255];
  return ((sum ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
}

const BLANK = versionOf("");
const versions = new WeakMap();
const shown = (field) => field.dataset.version || BLANK;

function known(field) {
  if (!versions.has(field)) versions.set(field, new Set([shown(field)]));
  return versions.get(field);
}

const place = (field) => `draft:${field.dataset.writer}:${field.dataset.draft}`;
// What is being sent is kept until a cookie, or the page, says that what has its id is there.
const sending = (field) => `sent:${place(field)}`;
const leaving = (field) => `left:${place(field)}`;
const idOf = (field) => field.form?.elements.token?.value.split(":")[0];

function state(field, name) {
  field.dataset.draftState = name;
  const element = field.form?.querySelector("[data-draft-state]:not(textarea)");
  if (!element) return;
  element.dataset.state = name;
  element.textContent = say(name, name === "unsaved" ? since(field) : field.maxLength.toLocaleString(document.documentElement.lang));
}

// A field takes no more by typing, but what another tab or a saved reply brings may go beyond.
const isTooLong = (field) => field.maxLength >= 0 && [...field.value].length > field.maxLength;

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
    if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) return signedOut(field);
    if (answer.status === 409) return elsewhere(field, await answer.text());
    if (!answer.ok) throw new Error(String(answer.status));
    const kept = answer.headers.get("ETag")?.match(/[0-9a-f]{8}/)?.[0] ?? versionOf(text);
    versions.set(field, new Set([kept]));
    if (field.value !== text) return later(field, PAUSE);
    forget(field);
    delete field.dataset.since;
    // What is too long to be kept whole stays in the tab.
    if (kept !== versionOf(text)) put(field, text);
    state(field, isTooLong(field) ? "tooLong" : "saved");
  } catch {
    // A page that goes has given up its requests, and sends the text anew.
    if (!isGoing) keep(field);
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
  keep(field);
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

function signedOut(field) {
  keep(field);
  state(field, "signedOut");
}

function keep(field) {
  field.dataset.since ??= Date.now();
  put(field, field.value);
}

// With the text, what it may be saved over when it comes back into its field.
function put(field, text) {
  known(field).add(versionOf(text));
  sessionStorage.setItem(place(field), text);
  sessionStorage.setItem(`known:${place(field)}`, [...known(field)].join(" "));
}

function forget(field) {
  for (const key of [place(field), `known:${place(field)}`, leaving(field)]) sessionStorage.removeItem(key);
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

// With a text goes what it was written over; what was written elsewhere stays. A text that is moved goes below what stands
// in the other field, which may not be saved yet.
document.addEventListener("formdata", (event) => {
  const field = event.target.querySelector("[data-draft][data-version]");
  if (field) event.formData.set("over", [...known(field)].join(" "));
  const other = event.formData.has("move") && document.getElementById(`${event.formData.get("move")}-body`);
  if (!other) return;
  event.formData.set("reply", other.value);
  event.formData.set("reply_over", [...known(other)].join(" "));
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
    forget(field);
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
    for (const name of ["sent:", "", "known:"]) sessionStorage.removeItem(key.replace("sent:", name));
    document.cookie = `sent-${id}=;path=/;max-age=0`;
  }
}

// ---- Leaving. The page goes: what is still waiting is sent on its way.

let isGoing = false;
addEventListener("pageshow", () => (isGoing = false));
addEventListener("pagehide", () => {
  isGoing = true;
  for (const field of document.querySelectorAll('[data-draft][data-draft-state="saving"]')) {
    const body = bodyOf(field);
    body.set("leaving", "1");
    const fits = body.toString().length < MOST_ON_LEAVING;
    if (!fits || sessionStorage.getItem(place(field)) !== null) put(field, field.value);
    else if (field.dataset.version !== undefined) remember(field);
    if (fits) fetch(field.dataset.draft, { method: "POST", body, keepalive: true }).catch(() => keep(field));
  }
});

function remember(field) {
  const record = { text: field.value, over: [...known(field)], at: Date.now(), token: field.form.elements.token?.value };
  sessionStorage.setItem(leaving(field), JSON.stringify(record));
}

// A page that was made before what was sent on leaving arrived shows an older text. One that shows yet another text shows
// what was written elsewhere; and of what was there, and is not any more, nobody knows whether it was sent meanwhile.
function takeUp(field) {
  const record = JSON.parse(sessionStorage.getItem(leaving(field)));
  sessionStorage.removeItem(leaving(field));
  if (!record || sessionStorage.getItem(place(field)) !== null || shown(field) === versionOf(record.text)) return;
  if (!record.over.includes(shown(field))) return;
  if (shown(field) === BLANK && Date.now() - record.at > LONGEST_WAY) return;
  versions.set(field, new Set(record.over));
  put(field, record.text);
  // Sent under the same id, it is not brought back by what arrives later still.
  if (record.token) field.form.elements.token.value = record.token;
}

function restore(root) {
  for (const field of root.querySelectorAll?.("[data-draft]") ?? []) {
    takeUp(field);
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
