// Asks before a page is left whose form holds text that is kept nowhere: data-leaving on the form. A form with a draft
// asks only while the draft is not saved; data-leaving="always" asks until the form is sent.
let sent = false;

document.addEventListener("submit", () => (sent = true), true);
document.addEventListener("htmx:beforeRequest", () => (sent = false));

function holdsText(form) {
  if (form.dataset.leaving === "always") return true;
  return [...form.elements].some((field) => field.matches("textarea, input:not([type=hidden])") && field.value !== field.defaultValue);
}

addEventListener("beforeunload", (event) => {
  if (sent) return;
  const open = [...document.querySelectorAll("form[data-leaving]")].some(holdsText);
  const unsaved = document.querySelector('[data-draft][data-draft-state="unsaved"]');
  if (open || unsaved) event.preventDefault();
});
