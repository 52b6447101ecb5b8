// Saves the answer as it is typed. Without this file the same form saves with its button.
"use strict";
(() => {
  const form = document.getElementById("answer");
  const said = document.getElementById("saved");
  const points = document.getElementById("points");
  const arithmetic = document.getElementById("arithmetic");
  let timer = 0;
  let running = false;
  let waiting = false;
  let pressed = null;
  const say = (text, bad) => { said.textContent = text; said.classList.toggle("bad", Boolean(bad)); };

  async function save() {
    if (pressed) return;
    if (running) { waiting = true; return; }
    running = true;
    waiting = false;
    say(form.dataset.saving);
    const body = new FormData(form);
    body.delete("then");
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, credentials: "same-origin", redirect: "error", headers: { "X-Requested-With": "fetch" },
      });
      if (!answer.ok) { say(await answer.text() || form.dataset.failed, true); return; }
      const given = await answer.json();
      form.elements.version.value = given.version;
      if (given.points) points.textContent = given.points;
      arithmetic.textContent = given.arithmetic;
      for (const field of form.querySelectorAll("input[type=text]")) {
        const bad = field.name.slice(6) in given.bad;
        field.closest(".field").classList.toggle("bad", bad);
        field.setAttribute("aria-invalid", bad);
      }
      say(`${form.dataset.saved} ${given.saved}`);
    } catch {
      say(form.dataset.failed, true);
      // Try again by itself: what was typed stays in the form.
      timer = setTimeout(save, 5000);
    } finally {
      running = false;
      if (pressed) form.requestSubmit(pressed);
      else if (waiting) save();
    }
  }
  const soon = (delay) => { clearTimeout(timer); timer = setTimeout(save, delay); };
  form.addEventListener("input", () => soon(700));
  form.addEventListener("change", () => soon(50));
  // The button waits for a save on its way, so that nobody is in conflict with themselves.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!running) return;
    event.preventDefault();
    pressed = event.submitter;
  });
})();

// Upload with progress.
for (const form of document.querySelectorAll("form.upload")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", form.dataset.progress);
    form.append(bar);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (part) => { bar.value = 100 * part.loaded / part.total; });
    request.addEventListener("load", () => {
      if (request.status === 200) { location.reload(); } else { document.open(); document.write(request.responseText); document.close(); }
    });
    request.addEventListener("error", () => { bar.remove(); form.submit(); });
    request.send(new FormData(form));
  });
}
