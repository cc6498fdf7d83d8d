// While writing: Ctrl or ⌘ and Enter sends the form it stands in; Escape leaves the field and keeps what is in it.
document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && event.target.matches("textarea")) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-submit]") ?? form.querySelector("button[type=submit], button:not([type])"));
  }
  if (event.key === "Escape" && event.target.matches("textarea, input, select")) event.target.blur();
});
