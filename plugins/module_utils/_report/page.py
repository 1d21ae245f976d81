# Copyright (c) 2026 The netsot.librenms authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: no other code may rely on it.
"""The frame of an HTML report: its style, its script, and a policy that allows these two and nothing else."""

from __future__ import annotations

import base64
import hashlib
import html

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --line: #dfe3e8; --text: #1c2330; --soft: #5d6878; --hover: #f0f4fa; --accent: #1f5fbf;
  --code: #eef1f5; --good: #14733a; --good-back: #dcf3e4; --known: #1b559f; --known-back: #deeafa; --warn: #835200; --warn-back: #fdecc8;
  --bad: #a82323; --bad-back: #fbe0de; --idle: #4f5a69; --idle-back: #e8ebef;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1a2029; --line: #2f3846; --text: #e2e7ee; --soft: #98a4b5; --hover: #212936; --accent: #7db2ff;
    --code: #262f3c; --good: #7ddb9f; --good-back: #163825; --known: #93c1ff; --known-back: #193253; --warn: #f3c46c; --warn-back: #40300f;
    --bad: #ff9e97; --bad-back: #4a1d1c; --idle: #aeb8c6; --idle-back: #2a3340;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.5rem clamp(.75rem, 2vw, 2rem) 4rem; background: var(--page); color: var(--text);
  overflow-wrap: break-word; font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
}
button, input, select { font: inherit; color: inherit; }
code, pre, .mono { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
[hidden] { display: none !important; }
h1 { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin: 0; font-size: 1.5rem; line-height: 1.2; }
h1 .badge { font-size: .8rem; }
.facts { margin: .35rem 0 0; color: var(--soft); }
.facts > span:not(:last-child)::after { content: "·"; margin: 0 .5em; }
.notice { margin: 1rem 0 0; padding: .6rem .9rem; border-radius: 8px; background: var(--bad-back); color: var(--bad); }

.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.1rem 0 .6rem; padding: 0; }
.counts { margin-bottom: 1rem; }
.tile {
  min-width: 6.2rem; padding: .5rem .9rem .55rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  color: var(--text); text-align: left;
}
.tile b { display: block; font-size: 1.55rem; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); }
.tile.good b { color: var(--good); }
.tile.known b { color: var(--known); }
.tile.warn b { color: var(--warn); }
.tile.bad b { color: var(--bad); }
.tile.none b { color: var(--soft); font-weight: 400; }
.js button.tile:enabled { cursor: pointer; }
.js button.tile:enabled:hover { border-color: var(--accent); }
.tile[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); background: var(--hover); }

.panel { margin: 0 0 .6rem; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
.panel > summary { padding: .55rem .9rem; cursor: pointer; }
.panel > summary > b { margin-right: .5em; }
.glance { display: inline-block; margin-right: .9em; font-variant-numeric: tabular-nums; white-space: nowrap; }
.value { display: inline-block; margin-right: 1.1em; color: var(--soft); }
.value b { color: var(--text); font-weight: 500; }
.panel > :not(summary) { margin: 0 .9rem .9rem; }
pre { max-height: 28rem; padding: .8rem; overflow: auto; border-radius: 8px; background: var(--code); user-select: all; }
.note { color: var(--soft); }

#tools {
  position: sticky; top: 0; z-index: 3; display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; min-height: 3.4rem;
  padding: .5rem 0; background: var(--page);
}
#tools input, #tools select, .plain {
  height: 2.2rem; padding: 0 .7rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
}
#tools input { flex: 1 1 16rem; max-width: 30rem; }
#tools select { max-width: 22rem; }
.plain { cursor: pointer; }
.plain:hover { border-color: var(--accent); }
#count { margin-left: auto; color: var(--soft); font-variant-numeric: tabular-nums; }

table { border-collapse: separate; border-spacing: 0; }
th { text-align: left; font-weight: 600; }
#devices { width: 100%; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
#devices > thead th {
  position: sticky; top: 0; z-index: 2; padding: .5rem .7rem; box-shadow: inset 0 -1px var(--line); background: var(--card);
  color: var(--soft); white-space: nowrap;
}
#devices > thead th:first-child { border-top-left-radius: 10px; }
#devices > thead th:last-child { border-top-right-radius: 10px; }
.js #devices > thead th { top: 3.4rem; }
th button { padding: 0; border: 0; background: none; font-weight: 600; cursor: pointer; }
th button::after { content: "↕"; margin-left: .35em; opacity: .35; }
th[aria-sort="ascending"] button::after { content: "↑"; opacity: 1; }
th[aria-sort="descending"] button::after { content: "↓"; opacity: 1; }
th[aria-sort] button { color: var(--text); }
tr.device > td { padding: .5rem .7rem; vertical-align: top; overflow-wrap: break-word; }
#devices > tbody + tbody tr.device > td { border-top: 1px solid var(--line); }
.js tbody.foldable tr.device { cursor: pointer; }
tr.device:hover > td { background: var(--hover); }
td.state, td.short { white-space: nowrap; overflow-wrap: normal; }
td.device { min-width: 11rem; }
td.device .long, td.device small { max-width: 24rem; overflow-wrap: anywhere; }
td.device .long { display: inline-block; }
td .facts { margin: 0; }
td .facts > span { display: inline-block; max-width: 100%; }
td.site, td.platform, td.cluster { min-width: 8rem; }
td.device_type { min-width: 10rem; }
td.role { min-width: 5.5rem; }
td.wide { min-width: 18rem; }
td small { display: block; font-size: .88em; color: var(--soft); }
td .to::before { content: "→ "; color: var(--soft); }
td .to { display: block; }
td .to .note { font-size: .88em; }
.js .finding code, .js .panel td > code, .js .glance code { cursor: pointer; text-decoration: underline dotted; }
.miss { color: var(--soft); }
.miss.bad { color: var(--bad); }
.name { font-weight: 600; }
.badge { display: inline-block; padding: .1rem .55rem; border-radius: 999px; font-size: .88em; font-weight: 600; white-space: nowrap; }
.good .badge, .badge.good { background: var(--good-back); color: var(--good); }
.known .badge, .badge.known { background: var(--known-back); color: var(--known); }
.warn .badge, .badge.warn { background: var(--warn-back); color: var(--warn); }
.bad .badge, .badge.bad { background: var(--bad-back); color: var(--bad); }
.idle .badge, .badge.idle { background: var(--idle-back); color: var(--idle); }
.finding + .finding { margin-top: .4rem; }
.finding code, .glance code { padding: .05rem .35rem; border-radius: 5px; overflow-wrap: normal; white-space: nowrap; }
.issue code { background: var(--bad-back); color: var(--bad); }
.warning code { background: var(--warn-back); color: var(--warn); }
.finding span { display: block; margin-top: .1rem; overflow-wrap: anywhere; }
.finding .hint, .finding .near { color: var(--soft); }
.near b { padding: 0 .35rem; border: 1px solid var(--line); border-radius: 5px; color: var(--text); font-weight: 500; }
.near b + b { margin-left: .3rem; }
.js tbody:not(.open) .hint, .js tbody:not(.open) .near, .js tbody:not(.open) tr.more { display: none; }
.fold {
  display: inline-block; width: 1.5rem; height: 1.5rem; margin: -.1rem .2rem 0 -.45rem; padding: 0; border: 0; border-radius: 6px;
  background: none; color: var(--soft); cursor: pointer; vertical-align: middle;
}
.fold::before { content: "▸"; }
.open .fold::before { content: "▾"; }
.fold.nothing { visibility: hidden; }
html:not(.js) .fold { display: none; }
tr.more > td { padding: 0 .7rem .9rem 3.4rem; }
.details { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; }
.details h3 { margin: .2rem 0 .35rem; font-size: .92rem; font-weight: 600; color: var(--soft); }
.inner th, .inner td { padding: .2rem .8rem .2rem 0; vertical-align: baseline; overflow-wrap: anywhere; }
.inner thead th { color: var(--soft); font-weight: 500; border-bottom: 1px solid var(--line); }
.inner .number { text-align: right; font-variant-numeric: tabular-nums; }
#nothing { padding: 2.5rem 1rem; text-align: center; color: var(--soft); }
@media (max-width: 100rem) {
  #devices > thead th, tr.device > td { padding-left: .45rem; padding-right: .45rem; }
  td.device { min-width: 8rem; }
  td.site, td.platform, td.cluster { min-width: 5rem; }
  td.device_type { min-width: 7rem; }
  td.role { min-width: 4rem; }
  td.wide { min-width: 13rem; }
}
@media (max-width: 78rem) {
  #devices, #devices > tbody, tr.device, tr.device > td, tr.more, tr.more > td { display: block; width: 100%; min-width: 0; }
  #devices > thead { display: none; }
  #devices > tbody { padding: .4rem 0; }
  #devices > tbody + tbody { border-top: 1px solid var(--line); }
  #devices > tbody + tbody tr.device > td { border-top: 0; }
  tr.device > td { padding: .15rem .7rem; overflow-wrap: anywhere; }
  tr.device > td:empty { display: none; }
  tr.device > td[data-title]::before { content: attr(data-title) ": "; color: var(--soft); font-size: .88em; }
  tr.more > td { padding: .3rem .7rem; overflow-x: auto; }
  #tools { position: static; }
  .glance { white-space: normal; }
  .panel > .inner { display: block; max-width: 100%; overflow-x: auto; }
}
@media print {
  body { padding: 0; background: none; font-size: 11px; }
  #tools, .fold { display: none !important; }
  #devices > thead th { position: static; }
  tr.device { break-inside: avoid; }
}
"""

SCRIPT = """
(() => {
  "use strict";
  const table = document.getElementById("devices");
  if (!table) return;
  const root = document.documentElement;
  const groups = Array.from(table.tBodies);
  const search = document.getElementById("search");
  const code = document.getElementById("code");
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const unfold = document.getElementById("unfold");
  const tiles = Array.from(document.querySelectorAll("button.tile[data-state]"));
  const states = new Set();
  const texts = new Map();
  const number = new Intl.NumberFormat("en");
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const textOf = (group) => {
    if (!texts.has(group)) texts.set(group, group.textContent.toLowerCase());
    return texts.get(group);
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      const fits = (!states.size || states.has(group.dataset.state))
        && (!code.value || group.dataset.codes.split(" ").includes(code.value))
        && words.every((word) => textOf(group).includes(word));
      group.hidden = !fits;
      shown += fits;
    }
    const all = groups.length === 1 ? "1 device" : `${number.format(groups.length)} devices`;
    count.textContent = shown === groups.length ? all : `${number.format(shown)} of ${all}`;
    nothing.hidden = shown > 0 || !groups.length;
    for (const tile of tiles) tile.setAttribute("aria-pressed", tile.dataset.state ? states.has(tile.dataset.state) : !states.size);
  };

  const clear = () => {
    states.clear();
    search.value = code.value = "";
    filter();
  };

  const fold = (group, open) => {
    group.classList.toggle("open", open);
    group.querySelector(".fold").setAttribute("aria-expanded", open);
  };

  const sort = (heading, column) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const keys = new Map(groups.map((group) => {
      const cell = group.rows[0].cells[column];
      return [group, cell.dataset.sort ?? cell.textContent];
    }));
    const empty = (group) => keys.get(group) === "";
    const sorted = groups.slice().sort((one, two) => {
      // What is empty stays at the end in both directions.
      if (empty(one) || empty(two)) return empty(one) - empty(two);
      return order.compare(keys.get(one), keys.get(two)) * (ascending ? 1 : -1);
    });
    table.append(...sorted);
  };

  Array.from(table.tHead.rows[0].cells).forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(heading, column));
  });
  for (const tile of tiles) {
    tile.disabled = false;
    tile.addEventListener("click", () => {
      const state = tile.dataset.state;
      if (!state) states.clear();
      else if (!states.delete(state)) states.add(state);
      filter();
    });
  }
  table.addEventListener("click", (event) => {
    const group = event.target.closest("tbody.foldable");
    if (!group || event.target.closest("a, tr.more") || !getSelection().isCollapsed) return;
    fold(group, !group.classList.contains("open"));
  });
  unfold.addEventListener("click", () => {
    const open = unfold.getAttribute("aria-pressed") !== "true";
    unfold.setAttribute("aria-pressed", open);
    unfold.textContent = open ? "Hide details" : "Show details";
    for (const group of groups) if (group.classList.contains("foldable")) fold(group, open);
  });
  // A code that is shown is a filter: in a row, and in the list of findings.
  const known = new Set(Array.from(code.options, (option) => option.value));
  document.addEventListener("click", (event) => {
    const shown = event.target.closest("code")?.textContent;
    if (!shown || !known.has(shown)) return;
    event.preventDefault();
    event.stopPropagation();
    code.value = code.value === shown ? "" : shown;
    filter();
  }, true);
  search.addEventListener("input", filter);
  code.addEventListener("change", filter);
  document.getElementById("clear").addEventListener("click", clear);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.closest("input, select")) {
      event.preventDefault();
      search.focus();
    }
  });
  root.classList.add("js");
  document.getElementById("tools").hidden = false;
  filter();
})();
"""


def page_start(title: str) -> str:
    """Everything before the body's content."""
    policy = f"default-src 'none'; style-src '{_digest(STYLE)}'; script-src '{_digest(SCRIPT)}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{html.escape(title)}</title>
<style>{STYLE}</style>
</head>
<body>
"""


def page_end() -> str:
    """Everything after the body's content."""
    return f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _digest(text: str) -> str:
    """How a Content-Security-Policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
