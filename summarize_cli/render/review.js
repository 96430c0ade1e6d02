// The review page: steps from finding to finding, edits, ticks, and saving what was ticked.
// Texts go into the page as text, never as markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const findings = [...document.querySelectorAll(".finding")];
const ticks = [...document.querySelectorAll(".approve")];
let at = -1; // the finding that was stepped to
let unsaved = false;

function say(what) {
  const done = ticks.filter((tick) => tick.checked).length;
  document.getElementById("state").textContent = `${what} ${done} of ${ticks.length} approved.`.trim();
}

// --- steps ---

function step(by) {
  if (!findings.length) return say("There are no findings.");
  at = at < 0 && by < 0 ? findings.length - 1 : (at + by + findings.length) % findings.length;
  const finding = findings[at];
  for (const mark of document.querySelectorAll("mark")) {
    mark.classList.toggle("current", mark.dataset.findings.split(" ").includes(finding.dataset.finding));
  }
  finding.focus({ preventScroll: true });
  finding.scrollIntoView({ block: "center" });
  say(`Finding ${at + 1} of ${findings.length}.`);
}

// --- edits ---

function text(cell) {
  return data.segments[cell.dataset.segment][cell.dataset.lang];
}

function edit(cell) {
  const shown = cell.querySelector(".text");
  const field = document.createElement("textarea");
  field.value = text(cell);
  field.lang = shown.lang;
  field.dir = shown.dir;
  field.rows = 3;
  field.setAttribute("aria-label", `Translation of ${cell.dataset.place}`);
  field.onblur = () => leave(cell, true);
  shown.hidden = true;
  shown.after(field);
  field.focus();
  say(`Editing ${cell.dataset.place}.`);
}

function leave(cell, keep) {
  const field = cell.querySelector("textarea");
  const value = field.value.trim();
  field.onblur = null; // what is removed loses the focus
  cell.querySelector(".text").hidden = false;
  field.remove();
  if (keep) replace(cell, value);
}

function replace(cell, value) {
  if (value === text(cell)) return say("Nothing changed.");
  data.segments[cell.dataset.segment][cell.dataset.lang] = value;
  cell.querySelector(".text").textContent = value; // its marks belonged to the old text
  cell.querySelector(".edited").hidden = false;
  if (!value) cell.querySelector(".approve").checked = false;
  changed(cell, `Edited ${cell.dataset.place}.`);
}

// --- ticks ---

function changed(cell, what) {
  unsaved = true;
  showTick(cell);
  say(what);
}

function showTick(cell) {
  cell.classList.toggle("ticked", cell.querySelector(".approve").checked);
}

function approve(cell) {
  const tick = cell.querySelector(".approve");
  if (!text(cell).trim()) {
    tick.checked = false;
    return say(`There is nothing to approve in ${cell.dataset.place}.`);
  }
  changed(cell, `${tick.checked ? "Approved" : "No longer approved:"} ${cell.dataset.place}.`);
}

// --- saving ---

function approved() {
  return ticks
    .filter((tick) => tick.checked)
    .map((tick) => tick.closest(".target"))
    .map((cell) => ({
      source_lang: data.source_lang,
      lang: cell.dataset.lang,
      source: data.segments[cell.dataset.segment].source,
      target: text(cell),
    }));
}

function json(rows) {
  return JSON.stringify({ schema: 1, name: data.name, approved: rows }, null, 1) + "\n";
}

function xml(value) {
  return value
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "")
    .replace(/[&<>"\r]/g, (character) => `&#${character.codePointAt(0)};`);
}

function tmx(rows) {
  const variant = (lang, value) => `<tuv xml:lang="${xml(lang)}"><seg>${xml(value)}</seg></tuv>`;
  const units = rows.map(
    (row) =>
      `<tu srclang="${xml(row.source_lang)}"><prop type="x-origin">${xml(data.name)}</prop>` +
      `${variant(row.source_lang, row.source)}${variant(row.lang, row.target)}</tu>\n`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n' +
    '<header creationtool="summarize-cli" creationtoolversion="1" segtype="sentence" o-tmf="summarize-cli" ' +
    `adminlang="en" srclang="${xml(data.source_lang)}" datatype="plaintext"/>\n` +
    `<body>\n${units.join("")}</body>\n</tmx>\n`
  );
}

function save(ending, type, written) {
  const rows = approved();
  if (!rows.length) return say("Tick what is right before you save.");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([written(rows)], { type }));
  link.download = `${data.name}.approved.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  unsaved = false;
  say(`Saved. Next: summarize-cli cache import ${link.download}`);
}

// --- what the person does ---

document.getElementById("next").addEventListener("click", () => step(1));
document.getElementById("previous").addEventListener("click", () => step(-1));
document.getElementById("save-json").addEventListener("click", () => save("json", "application/json", json));
document.getElementById("save-tmx").addEventListener("click", () => save("tmx", "application/xml", tmx));

for (const cell of document.querySelectorAll(".target")) {
  showTick(cell);
  cell.querySelector(".approve").addEventListener("change", () => approve(cell));
  cell.querySelector(".edit").addEventListener("click", () => edit(cell));
  cell.querySelector(".text").addEventListener("dblclick", () => edit(cell));
  for (const take of cell.querySelectorAll(".take")) {
    const suggestion = take.parentElement.querySelector(".suggestion");
    take.addEventListener("click", () => replace(cell, suggestion.textContent));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const cell = event.target.closest(".target");
  if (event.target.matches("textarea")) return keyInField(event, cell);
  if (event.target.matches("button, summary, a") && event.key === "Enter") return;
  const keys = document.getElementById("keys").checked;
  if (keys && event.key === "n") step(1);
  else if (keys && event.key === "p") step(-1);
  else if (keys && event.key === "a" && cell) cell.querySelector(".approve").click();
  else if (event.key === "Enter" && cell) edit(cell);
  else return;
  event.preventDefault();
});

function keyInField(event, cell) {
  const keep = event.key === "Enter" && !event.shiftKey;
  if (!keep && event.key !== "Escape") return;
  event.preventDefault();
  leave(cell, keep);
  const finding = findings[at];
  (finding && cell.contains(finding) ? finding : cell.querySelector(".edit")).focus();
}

window.addEventListener("beforeprint", () => document.activeElement.blur());
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
say("");
