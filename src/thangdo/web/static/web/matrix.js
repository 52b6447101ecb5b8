// Arrow keys over the matrix; Enter follows the cell's own link, so nothing here is needed to decide a cell.
"use strict";
(() => {
  const table = document.querySelector("table.matrix");
  if (!table) return;
  const rows = Array.from(table.tBodies[0].rows, (row) => Array.from(row.cells).slice(1));
  const link = (r, c) => rows[r]?.[c]?.querySelector("a");
  const place = (cell) => [rows.findIndex((row) => row.includes(cell)), cell.cellIndex - 1];
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  table.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    let [r, c] = place(cell);
    do { r += step[0]; c += step[1]; } while (rows[r]?.[c] && !link(r, c));
    link(r, c)?.focus();
  });
  const chosen = new URLSearchParams(location.search);
  const back = () => table.querySelector(`a[href*="u=${chosen.get("u")}&t=${chosen.get("t")}#"]`);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") (back() ?? table.querySelector("td a"))?.focus(); });
  const agree = document.getElementById("agree");
  // Going to the fragment takes the focus away once the page has loaded: give it after that.
  if (agree) addEventListener("load", () => setTimeout(() => agree.focus(), 0));
  else if (!chosen.get("u")) table.querySelector("td a")?.focus({ preventScroll: true });
})();
