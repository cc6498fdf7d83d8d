// What every page runs. Pages work without it; it makes them quick.
document.documentElement.classList.add("scripted");
