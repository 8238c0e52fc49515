// Pages work without this file. It keeps the language, opens what a link leads into, copies links, and searches.
"use strict";
(function () {
  const zh = document.getElementById("lang-zh"), en = document.getElementById("lang-en");
  function remember(value) { try { if (value) localStorage.setItem("yusuan-lang", value); else return localStorage.getItem("yusuan-lang"); } catch (e) { return null; } }
  function choose() { document.documentElement.lang = en.checked ? "en" : "zh-CN"; }
  const asked = new URLSearchParams(location.search).get("lang") || remember();
  if (asked === "en") { en.checked = true; } else if (asked === "zh") { zh.checked = true; }
  choose();
  for (const input of [zh, en]) input.addEventListener("change", function () { choose(); remember(en.checked ? "en" : "zh"); });

  function cell(tag, text, name) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  }
  function both(chinese, english) {
    const made = cell("span");
    made.append(cell("span", chinese, "zh"), cell("span", english, "en"));
    return made;
  }

  // The source text is folded by page; where it stands beside the records there is room to show it.
  if (matchMedia("(min-width: 64rem)").matches) for (const each of document.querySelectorAll("details.sheet")) each.open = true;

  // A link into something folded unfolds it; the target is shown in the middle of its panel.
  function show() {
    const id = decodeURIComponent(location.hash.slice(1));
    const target = id && document.getElementById(id);
    if (!target) return;
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (typeof target.scrollIntoView === "function") target.scrollIntoView({ block: target.tagName === "DETAILS" ? "start" : "center", inline: "nearest" });
  }
  window.addEventListener("hashchange", show);
  show();

  // A link to copy at every figure: what it says stands at the foot of the window while it is pointed at or has the focus.
  const bar = cell("div", undefined, "figurebar"), words = cell("span"), copy = cell("button");
  let address = "";
  bar.hidden = true;
  copy.setAttribute("aria-live", "polite");
  copy.type = "button";
  copy.append(both("复制链接", "Copy link"));
  bar.append(words, copy);
  document.body.append(bar);
  function point(event) {
    const link = event.target.closest && event.target.closest("a[id], a.figure, .facts a[href*='#'], .years td a, .ranking td a");
    if (!link || link.closest("aside.source, .boxes") && !link.matches(".n")) return;
    const url = new URL(link.id ? "#" + link.id : link.getAttribute("href"), location.href);
    address = url.href;
    words.textContent = link.textContent.trim() + (link.title ? " · " + link.title : "");
    copy.replaceChildren(both("复制链接 (C)", "Copy link (C)"));
    bar.hidden = false;
  }
  document.addEventListener("pointerover", point);
  document.addEventListener("focusin", point);
  document.addEventListener("keydown", function (event) { 
    if (event.key === "Escape") bar.hidden = true;
    // From the keyboard: C while a figure has the focus.
    const typing = event.target.closest && event.target.closest("input, select, textarea");
    if (event.key.toLowerCase() === "c" && !event.ctrlKey && !event.metaKey && !event.altKey && !bar.hidden && !typing) copy.click();
  });
  copy.addEventListener("click", function () {
    function done() { copy.replaceChildren(both("已复制", "Copied")); }
    function otherwise() { words.textContent = address; getSelection().selectAllChildren(words); }
    if (navigator.clipboard) navigator.clipboard.writeText(address).then(done, otherwise); else otherwise();
  });

  // Search: the index comes as scripts, for pages opened as files may not fetch.
  const search = document.getElementById("search");
  if (!search) return;
  const count = Number(search.dataset.shards), grams = Number(search.dataset.grams);
  const body = document.getElementById("rows"), more = document.getElementById("more"), said = document.getElementById("count");
  const texts = document.getElementById("texts"), hits = document.getElementById("hits"), moreTexts = document.getElementById("moretexts");
  const NAMES = ["q", "year", "region", "status"], PAGE = 50, DOCUMENTS = 10, LINES = 4;
  const input = {}, all = [], held = {}, records = {}, waiting = {};
  for (const name of NAMES.concat("failed")) input[name] = document.getElementById(name);
  let found = [], shown = 0, labels = {}, ids = [], turn = 0, timer = 0;
  window.yusuan = {
    labels: function (given) { labels = given; },
    add: function (rows) { for (const row of rows) all.push(row); },
    ids: function (given) { ids = given; },
    grams: function (number, given) { held[number] = given; },
    text: function (id, given) { records[id] = given; }
  };
  function load(name) {
    if (!waiting[name]) waiting[name] = new Promise(function (resolve) {
      const script = document.createElement("script");
      script.src = "search/" + name + ".js";
      script.addEventListener("load", resolve);
      script.addEventListener("error", resolve);
      document.head.appendChild(script);
    });
    return waiting[name];
  }
  function named(list, value) {
    const pair = (labels[list] || {})[value] || [value || "—", value || "—"];
    return both(pair[0], pair[1]);
  }
  function line(row) {
    const made = cell("tr"), head = cell("th"), link = cell("a", row[1]), kind = cell("td"), state = cell("td");
    head.scope = "row";
    link.href = "disclosures/" + encodeURIComponent(row[0]) + ".html";
    head.append(link);
    if (row[9]) { const page = cell("a"); page.href = row[9]; page.className = "bodylink"; page.append(both("单位页", "body")); head.append(" ", page); }
    kind.append(named("scope", row[5]), " · ", named("stage", row[4]));
    const badge = named("status", row[6]);
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
  function admitted(row) {
    if (input.year.value && String(row[2] || "None") !== input.year.value) return false;
    if (input.region.value && row[3] !== input.region.value) return false;
    if (input.status.value && row[6] !== input.status.value) return false;
    return !input.failed.checked || row[7];
  }
  function terms() { return input.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean); }
  function run() {
    const wanted = terms();
    found = all.filter(function (row) {
      const text = (row[1] + " " + row[8] + " " + (row[2] || "")).toLowerCase();
      return admitted(row) && wanted.every(function (word) { return text.includes(word); });
    });
    body.textContent = "";
    shown = 0;
    page();
    said.textContent = found.length + " / " + all.length;
    document.getElementById("named").hidden = !found.length;
    keep();
    clearTimeout(timer);
    timer = setTimeout(function () { inside(wanted); }, 250);
  }
  // The state stands in the address, so that a search can be sent to somebody.
  function keep() {
    const state = new URLSearchParams();
    for (const name of NAMES) if (input[name].value) state.set(name, input[name].value);
    if (input.failed.checked) state.set("failed", "1");
    try { history.replaceState(null, "", location.pathname + (String(state) ? "?" + state : "")); } catch (e) { /* an address that may not change stays */ }
  }
  function pairs(words) {
    const made = new Set();
    for (const word of words.join(" ").match(/[0-9a-z\u3400-\u9fff]+/g) || [])
      for (let i = 0; i + 1 < word.length; i += 1) made.add(word.slice(i, i + 2));
    return [...made];
  }
  async function inside(wanted) {
    const mine = turn += 1, asked = pairs(wanted);
    texts.hidden = !asked.length;
    hits.textContent = "";
    moreTexts.hidden = true;
    if (!asked.length) return;
    const file = function (pair) { return (31 * pair.charCodeAt(0) + pair.charCodeAt(1)) % grams; };
    await Promise.all(asked.map(function (pair) { return load("grams-" + file(pair)); }).concat(load("ids")));
    if (mine !== turn) return;
    const lists = asked.map(function (pair) { return new Set((held[file(pair)] || {})[pair] || []); });
    const known = new Map(all.map(function (row) { return [row[0], row]; }));
    const rows = [...lists[0]].filter(function (n) { return lists.every(function (list) { return list.has(n); }); })
      .map(function (n) { return known.get(ids[n]); }).filter(function (row) { return row && admitted(row); })
      .sort(function (one, two) { return (two[2] || 0) - (one[2] || 0); });
    let at = 0, matching = 0;
    async function next() {
      const part = rows.slice(at, at + DOCUMENTS);
      at += part.length;
      await Promise.all(part.map(function (row) { return load("text/" + row[0]); }));
      if (mine !== turn) return;
      for (const row of part) matching += document_(row, wanted);
      document.getElementById("found").textContent = matching + (at < rows.length ? "+" : "");
      moreTexts.hidden = at >= rows.length;
    }
    moreTexts.onclick = next;
    await next();
  }
  // Lines that hold all words, the rows of tables first; a document none of whose lines does is none.
  function document_(row, wanted) {
    const lines = (records[row[0]] || []).filter(function (each) {
      const text = each[1].toLowerCase();
      return wanted.every(function (word) { return text.includes(word); });
    });
    if (!lines.length) return 0;
    const made = cell("article", undefined, "hit"), head = cell("h3"), link = cell("a", row[1]), list = cell("ul");
    link.href = "disclosures/" + encodeURIComponent(row[0]) + ".html";
    head.append(link, " " + (row[2] || ""), " ", named("scope", row[5]), named("stage", row[4]));
    for (const each of lines.slice(0, LINES)) {
      const item = cell("li"), to = cell("a");
      to.href = link.getAttribute("href") + "#" + each[0];
      marked(to, each[1], wanted);
      item.append(to);
      list.append(item);
    }
    made.append(head, list);
    if (lines.length > LINES) made.append(both("共 " + lines.length + " 处", lines.length + " places"));
    hits.append(made);
    return 1;
  }
  function marked(into, text, wanted) {
    const first = Math.max(0, Math.min.apply(null, wanted.map(function (word) { return text.toLowerCase().indexOf(word); })) - 30);
    let rest = (first ? "…" : "") + text.slice(first, first + 160) + (text.length > first + 160 ? "…" : "");
    while (rest) {
      let at = -1, length = 0;
      for (const word of wanted) {
        const there = rest.toLowerCase().indexOf(word);
        if (there >= 0 && (at < 0 || there < at)) { at = there; length = word.length; }
      }
      if (at < 0) break;
      into.append(rest.slice(0, at), cell("mark", rest.slice(at, at + length)));
      rest = rest.slice(at + length);
    }
    into.append(rest);
  }
  Promise.all([load("labels")].concat(Array.from({ length: count }, function (_, i) { return load(String(i)); }))).then(function () {
    const given = new URLSearchParams(location.search);
    for (const name of NAMES) if (given.get(name)) input[name].value = given.get(name);
    input.failed.checked = given.get("failed") === "1";
    search.hidden = false;
    for (const name in input) input[name].addEventListener(name === "q" ? "input" : "change", run);
    more.addEventListener("click", page);
    run();
  });
})();
