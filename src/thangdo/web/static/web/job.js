// Asks how far a job is. Without this file the link on the page does the same.
"use strict";
(() => {
  const state = document.getElementById("state");
  const bar = document.getElementById("bar");
  async function look() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return;
      const told = await answer.json();
      if (told.over) { location.reload(); return; }
      if (told.total) { bar.max = told.total; bar.value = told.done; }
      if (state.textContent !== told.words) state.textContent = told.words;
    } catch { /* no connection: asked again below */ }
    setTimeout(look, 2000);
  }
  setTimeout(look, 1000);
})();
