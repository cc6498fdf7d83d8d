// The tabs of examples. In the head and not a module, so that the language chosen before is there at the first paint.
{
  const root = document.documentElement;
  const NAME = "tixallo.example";

  let chosen = "bash";
  try {
    const kept = localStorage.getItem(NAME);
    if (["bash", "js", "python"].includes(kept)) chosen = kept;
  } catch {
    // The browser keeps nothing: the choice lasts as long as the page.
  }

  const choose = (language) => {
    root.dataset.example = language;
    for (const examples of document.querySelectorAll(".examples")) {
      const tabs = [...examples.querySelectorAll("[role=tab]")];
      const current = tabs.find((tab) => tab.dataset.language === language) ?? tabs[0];
      for (const tab of tabs) {
        tab.ariaSelected = String(tab === current);
        tab.tabIndex = tab === current ? 0 : -1;
        const panel = document.getElementById(tab.getAttribute("aria-controls"));
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", tab.id);
      }
    }
  };

  // What was clicked stays where it is, however much longer or shorter the examples above it have become.
  const change = (tab) => {
    const before = tab.getBoundingClientRect().top;
    choose(tab.dataset.language);
    tab.focus({ preventScroll: true });
    (tab.closest(".main-pane") ?? window).scrollBy(0, tab.getBoundingClientRect().top - before);
    try {
      localStorage.setItem(NAME, tab.dataset.language);
    } catch {
      // As above.
    }
  };

  const tabOf = (event) => event.target.closest?.(".examples [role=tab]");

  root.dataset.example = chosen;
  document.addEventListener("DOMContentLoaded", () => choose(chosen));
  document.addEventListener("click", (event) => {
    const tab = tabOf(event);
    if (tab) change(tab);
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tab = step && tabOf(event);
    if (!tab) return;
    const tabs = [...tab.parentElement.children];
    event.preventDefault();
    change(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]);
  });
}
