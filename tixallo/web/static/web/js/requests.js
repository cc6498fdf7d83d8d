// What becomes of requests that htmx makes and that fail: a sentence, and nothing lost. The bar says when we are offline,
// or signed out.
import { say } from "./words.js";
import { toast } from "./toasts.js";

const bar = document.getElementById("offline");
const offline = bar ? [...bar.childNodes] : [];
let failures = 0;

/** Tell that the server was reached, or was not: the bar shows after the second failure in a row. */
export function reached(well) {
  failures = well ? 0 : failures + 1;
  if (!bar) return;
  bar.replaceChildren(...offline);
  bar.hidden = failures < 2;
}

/** Tell that whoever was signed in no longer is; this page leads to signing in, and back to itself. */
export function signedOut() {
  if (!bar || bar.querySelector("a")) return;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = say("signedOut");
  bar.replaceChildren(link);
  bar.hidden = false;
}

/** Tell that what the page shows has gone. */
export function gone() {
  if (!bar || bar.textContent === say("gone")) return;
  bar.textContent = say("gone");
  bar.hidden = false;
}

/** Return what a page about a refusal says, as one line. */
export function adviceOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const parts = [page.querySelector("h1"), page.querySelector("[data-advice]")];
  return parts.map((part) => part?.textContent.trim()).filter(Boolean).join(". ");
}

document.addEventListener("htmx:responseError", (event) => toast(adviceOf(event.detail.xhr.responseText) || say("failed"), "error"));
document.addEventListener("htmx:sendError", () => toast(say("unreachable"), "error"));
document.addEventListener("htmx:afterRequest", (event) => {
  const status = event.detail.xhr?.status;
  if (status) reached(true);
  // Refusals that are swapped into the page (a form with its errors) come without this header.
  if (status === 409 && event.detail.xhr.getResponseHeader("HX-Reswap") === "none") {
    toast(adviceOf(event.detail.xhr.responseText) || say("failed"), "error");
  }
});
addEventListener("online", () => reached(true));
