// Pages work without this file. It keeps the language, opens what a link leads into, and searches.
"use strict";
(function () {
  const zh = document.getElementById("lang-zh"), en = document.getElementById("lang-en");
  function remember(value) { try { if (value) localStorage.setItem("yusuan-lang", value); else return localStorage.getItem("yusuan-lang"); } catch (e) { return null; } }
  function choose() { document.documentElement.lang = en.checked ? "en" : "zh-CN"; }
  const asked = new URLSearchParams(location.search).get("lang") || remember();
  if (asked === "en") { en.checked = true; } else if (asked === "zh") { zh.checked = true; }
  choose();
  for (const input of [zh, en]) input.addEventListener("change", function () { choose(); remember(en.checked ? "en" : "zh"); });

  // A link into something folded unfolds it; the target is shown in the middle of its panel.
  function show() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let up = target.parentElement; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (typeof target.scrollIntoView === "function") target.scrollIntoView({ block: "center", inline: "nearest" });
  }
  window.addEventListener("hashchange", show);
  show();
  window.addEventListener("beforeprint", function () { for (const each of document.querySelectorAll("figure details, #passages details")) each.open = true; });

  // Search: shards of the index come as scripts, for pages opened as files may not fetch.
  const search = document.getElementById("search");
  if (!search) return;
  const count = Number(search.dataset.shards), body = document.getElementById("rows");
  const more = document.getElementById("more"), said = document.getElementById("count");
  const input = {};
  for (const name of ["q", "year", "region", "status", "failed"]) input[name] = document.getElementById(name);
  const all = [], PAGE = 100;
  let found = [], shown = 0, loaded = 0, labels = {};
  window.yusuan = { labels: function (words) { labels = words; }, add: function (rows) { for (const row of rows) all.push(row); } };
  function load(name) {
    const script = document.createElement("script");
    script.src = "search/" + name + ".js";
    script.addEventListener("load", function () { loaded += 1; if (loaded === count + 1) ready(); });
    document.head.appendChild(script);
  }
  function cell(tag, text, name) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function words(list, value) {
    const both = (labels[list] || {})[value] || [value || "—", value || "—"], made = cell("span");
    made.append(cell("span", both[0], "zh"), cell("span", both[1], "en"));
    return made;
  }
  function line(row) {
    const made = cell("tr"), head = cell("th"), link = cell("a", row[1]), kind = cell("td"), state = cell("td");
    head.scope = "row";
    link.href = "disclosures/" + encodeURIComponent(row[0]) + ".html";
    head.append(link);
    kind.append(words("stage", row[4]), " · ", words("scope", row[5]));
    const badge = words("status", row[6]);
    badge.className = "badge " + row[6];
    state.append(badge);
    made.append(head, cell("td", row[2] || "—"), kind, cell("td", (labels.regions || {})[row[3]] || row[3] || "—"), state, cell("td", row[7], "num" + (row[7] ? " bad" : "")));
    return made;
  }
  function page() {
    for (const row of found.slice(shown, shown + PAGE)) body.append(line(row));
    shown = Math.min(shown + PAGE, found.length);
    more.hidden = shown >= found.length;
  }
  function run() {
    const asked = input.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    found = all.filter(function (row) {
      if (input.year.value && String(row[2] || "None") !== input.year.value) return false;
      if (input.region.value && row[3] !== input.region.value) return false;
      if (input.status.value && row[6] !== input.status.value) return false;
      if (input.failed.checked && !row[7]) return false;
      const text = (row[1] + " " + row[8] + " " + (row[2] || "")).toLowerCase();
      return asked.every(function (word) { return text.includes(word); });
    });
    body.textContent = "";
    shown = 0;
    page();
    said.textContent = found.length + " / " + all.length;
  }
  function ready() {
    const given = new URLSearchParams(location.search);
    for (const name of ["q", "year", "region", "status"]) if (given.get(name)) input[name].value = given.get(name);
    input.failed.checked = given.get("failed") === "1";
    search.hidden = false;
    for (const name in input) input[name].addEventListener(name === "q" ? "input" : "change", run);
    more.addEventListener("click", page);
    run();
  }
  load("labels");
  for (let i = 0; i < count; i += 1) load(String(i));
})();
