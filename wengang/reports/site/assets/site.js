// What every page shares: language, colours, loading pieces of data, words and numbers, tables.
var WG = (function () {
  "use strict";
  var root = document.documentElement;
  var waiting = {};
  var held = {};

  function keep(key, value) {
    try {
      if (value === null) { window.localStorage.removeItem(key); } else { window.localStorage.setItem(key, value); }
    } catch (e) { /* a browser that keeps nothing still shows the page */ }
  }

  function lang() { return root.getAttribute("data-lang"); }

  // --- building the page: text is only ever set as text ---
  function el(tag, attributes) {
    var node = document.createElement(tag);
    Object.keys(attributes || {}).forEach(function (name) {
      var value = attributes[name];
      if (value === null || value === undefined || value === false) { return; }
      if (name === "class") { node.className = value; }
      else if (name === "on") { Object.keys(value).forEach(function (event) { node.addEventListener(event, value[event]); }); }
      else { node.setAttribute(name, value === true ? "" : value); }
    });
    for (var i = 2; i < arguments.length; i += 1) { add(node, arguments[i]); }
    return node;
  }

  function add(node, child) {
    if (child === null || child === undefined) { return; }
    if (Array.isArray(child)) { child.forEach(function (c) { add(node, c); }); return; }
    node.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }

  // Both languages stand in the page; the one not chosen is hidden by the style sheet.
  function t(zh, en) {
    if (zh === en) { return document.createTextNode(zh); }
    var both = document.createDocumentFragment();
    both.appendChild(el("span", { "class": "zh", lang: "zh-CN" }, zh));
    both.appendChild(el("span", { "class": "en", lang: "en" }, en));
    return both;
  }

  function words(node, attribute, zh, en) {
    node.setAttribute("data-zh-" + attribute, zh);
    node.setAttribute("data-en-" + attribute, en);
    node.setAttribute("data-words", ((node.getAttribute("data-words") || "") + " " + attribute).trim());
    speak(node);
    return node;
  }

  function speak(node) {
    node.getAttribute("data-words").split(" ").forEach(function (attribute) {
      var text = node.getAttribute("data-" + lang() + "-" + attribute);
      if (attribute === "text") { node.textContent = text; } else { node.setAttribute(attribute, text); }
    });
  }

  function option(value, zh, en) {
    return words(el("option", { value: value }), "text", zh, en);
  }

  function setLanguage(language) {
    root.setAttribute("data-lang", language);
    root.lang = language === "en" ? "en" : "zh-CN";
    keep("wengang-lang", language);
    document.querySelectorAll("[data-words]").forEach(speak);
    var title = document.querySelector("title");
    if (title && title.getAttribute("data-" + language)) { document.title = title.getAttribute("data-" + language); }
  }

  function setTheme(theme) {
    if (theme === "auto") { root.removeAttribute("data-theme"); keep("wengang-theme", null); }
    else { root.setAttribute("data-theme", theme); keep("wengang-theme", theme); }
    document.querySelectorAll("[data-set-theme]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.getAttribute("data-set-theme") === theme));
    });
  }

  // --- pieces of data: a script beside the page, since a page opened from a folder may not read files otherwise ---
  function put(name, content) {
    held[name] = content;
    if (waiting[name]) { waiting[name].done(content); }
  }

  function load(name, address) {
    if (waiting[name]) { return waiting[name].promise; }
    var entry = {};
    entry.promise = new Promise(function (resolve, reject) {
      entry.done = resolve;
      if (Object.prototype.hasOwnProperty.call(held, name)) { resolve(held[name]); return; }
      var script = el("script", { src: address || "data/" + name + ".js" });
      script.onload = function () { script.remove(); };
      script.onerror = function () { delete waiting[name]; reject(new Error(name)); };
      document.head.appendChild(script);
    });
    waiting[name] = entry;
    return entry.promise;
  }

  function failed(place) {
    return function (error) {
      place.replaceChildren(el("p", { "class": "notice bad", role: "alert" }, t(
        "数据文件没有读到：data/" + error.message + ".js。请复制整个 site 文件夹后再打开。",
        "A data file could not be read: data/" + error.message + ".js. Copy the whole site folder, then open it again."
      )));
    };
  }

  // --- numbers: what is not known is said so, never 0 ---
  function unknown() { return el("span", { "class": "nk" }, t("未知", "not known")); }

  function number(value, places) {
    if (value === null || value === undefined) { return unknown(); }
    return document.createTextNode(figure(value, places));
  }

  function figure(value, places) {
    var parts = Math.abs(Number(value)).toFixed(places || 0).split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    return (value < 0 ? "-" : "") + parts.join(".");
  }

  function percent(value, places) {
    if (value === null || value === undefined) { return unknown(); }
    return document.createTextNode(figure(Number(value) * 100, places === undefined ? 2 : places) + "%");
  }

  function label(meta, kind, code) {
    if (code === null || code === undefined || code === "") { return unknown(); }
    var found = meta.labels[kind] && meta.labels[kind][code];
    return found ? t(found[0], found[1]) : document.createTextNode(code);
  }

  function tag(meta, kind, code) {
    return el("span", { "class": "tag tag-" + code }, label(meta, kind, code));
  }

  // --- a table of any length: sorted, paged, said aloud ---
  // columns: {key, zh, en, number, cell(row) -> node, sort(row) -> value or null}; rows are any values that `cell` understands.
  function table(place, columns, options) {
    var state = { rows: [], sort: options.sort || null, down: Boolean(options.down), page: 1, size: options.size || 50, of: 0 };
    var heads = {};
    var status = el("p", { "class": "table-status", role: "status", "aria-live": "polite" });
    var body = el("tbody");
    var row = el("tr");
    columns.forEach(function (column) {
      var head = el("th", { scope: "col", "class": column.number ? "num" : null });
      if (column.sort) {
        head.appendChild(el("button", { type: "button", "class": "sort", on: { click: function () { order(column.key); } } },
          t(column.zh, column.en), el("span", { "class": "arrow", "aria-hidden": "true" })));
      } else { head.appendChild(t(column.zh, column.en)); }
      heads[column.key] = head;
      row.appendChild(head);
    });
    var caption = el("caption", {}, t(options.caption[0], options.caption[1]));
    var frame = el("div", { "class": "scroll", role: "group", tabindex: "0" },
      el("table", { "class": "data" }, caption, el("thead", {}, row), body));
    words(frame, "aria-label", options.caption[0], options.caption[1]);
    var input = el("input", { type: "number", min: "1", "class": "page-number", on: { change: function () { go(Number(input.value)); } } });
    words(input, "aria-label", "页码", "page number");
    var of = el("span", { "class": "page-of" });
    var size = el("select", { on: { change: function () { state.size = Number(size.value); go(1); } } });
    words(size, "aria-label", "每页行数", "rows a page");
    [25, 50, 100, 200].forEach(function (n) { size.appendChild(option(String(n), "每页 " + n + " 行", n + " rows a page")); });
    size.value = String(state.size);
    function turn(zh, en, sign, where) {
      return words(el("button", { type: "button", "class": "turn", on: { click: function () { go(where()); } } }, sign), "aria-label", zh, en);
    }
    var first = turn("第一页", "first page", "«", function () { return 1; });
    var before = turn("上一页", "previous page", "‹", function () { return state.page - 1; });
    var after = turn("下一页", "next page", "›", function () { return state.page + 1; });
    var last = turn("最后一页", "last page", "»", function () { return pages(); });
    var pager = words(el("nav", { "class": "pager" }, first, before, el("span", {}, input, of), after, last, size), "aria-label", "翻页", "pages");
    // All that matches is downloaded, not the page of it alone.
    function sheet(name, rows) {
      var heads = columns.map(function (c) { return lang() === "en" ? c.en : c.zh; });
      return { name: name, rows: [heads].concat(rows.map(function (r) {
        return columns.map(function (c) { return WG.download.value(el("span", { "class": c.number ? "num" : null }, c.cell(r))); });
      })) };
    }
    function title() { return options.caption[lang() === "en" ? 1 : 0]; }
    function split() {
      var groups = {};
      state.rows.forEach(function (r) { var name = options.split(r); (groups[name] = groups[name] || []).push(r); });
      return Object.keys(groups).sort().map(function (name) { return sheet(name, groups[name]); });
    }
    place.replaceChildren(status, frame, pager, WG.download.bar(title, function () { return [sheet(title(), state.rows)]; }, options.split && split));

    function pages() { return Math.max(1, Math.ceil(state.rows.length / state.size)); }

    function order(key) {
      // Of amounts the largest are wanted first.
      if (state.sort === key) { state.down = !state.down; } else { state.sort = key; state.down = columns.some(function (c) { return c.key === key && c.number; }); }
      state.page = 1;
      arrange();
      draw();
    }

    function arrange() {
      var column = columns.filter(function (c) { return c.key === state.sort; })[0];
      Object.keys(heads).forEach(function (key) {
        if (column && key === column.key) { heads[key].setAttribute("aria-sort", state.down ? "descending" : "ascending"); }
        else { heads[key].removeAttribute("aria-sort"); }
      });
      if (!column || !column.sort) { return; }
      var keyed = state.rows.map(function (r, i) { return [column.sort(r), i, r]; });
      var sign = state.down ? -1 : 1;
      var compare = column.compare || function (a, b) { return a < b ? -1 : a > b ? 1 : 0; };
      keyed.sort(function (a, b) {
        if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null) || a[1] - b[1]; }
        return sign * compare(a[0], b[0]) || a[1] - b[1];
      });
      state.rows = keyed.map(function (k) { return k[2]; });
    }

    function go(page) {
      state.page = Math.min(Math.max(1, page || 1), pages());
      draw();
      frame.scrollTop = 0;
    }

    function draw() {
      var from = (state.page - 1) * state.size;
      var shown = state.rows.slice(from, from + state.size);
      body.replaceChildren.apply(body, shown.map(function (r) {
        return el("tr", {}, columns.map(function (column, i) {
          return el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, "class": column.number ? "num" : column.wide ? "wide" : null }, column.cell(r));
        }));
      }));
      if (!shown.length) {
        body.appendChild(el("tr", {}, el("td", { colspan: String(columns.length), "class": "none" }, t("没有符合条件的记录", "Nothing matches"))));
      }
      var n = figure(state.rows.length), all = figure(state.of);
      status.replaceChildren(t(
        "共 " + all + " 条，符合条件 " + n + " 条" + (shown.length ? "，显示第 " + figure(from + 1) + "–" + figure(from + shown.length) + " 条" : "") + "。",
        n + " of " + all + " match" + (shown.length ? "; showing " + figure(from + 1) + "–" + figure(from + shown.length) : "") + "."
      ));
      if (options.loading && options.loading()) { status.appendChild(el("span", { "class": "loading" }, t("　正在读入其余数据…", " Reading the rest…"))); }
      input.value = String(state.page);
      input.max = String(pages());
      of.textContent = " / " + figure(pages());
      first.disabled = before.disabled = state.page === 1;
      after.disabled = last.disabled = state.page === pages();
      pager.hidden = state.rows.length <= 25 && state.page === 1;
    }

    return {
      show: function (rows, of, stay) {
        state.rows = rows.slice();
        state.of = of;
        arrange();
        state.page = stay ? Math.min(state.page, pages()) : 1;
        draw();
      }
    };
  }

  function later(action, wait) {
    var timer = null;
    return function () {
      if (timer) { window.clearTimeout(timer); }
      timer = window.setTimeout(action, wait);
    };
  }

  function start() {
    document.querySelectorAll("[data-words]").forEach(speak);
    document.querySelectorAll("[data-set-lang]").forEach(function (button) {
      button.addEventListener("click", function () { setLanguage(button.getAttribute("data-set-lang")); });
    });
    document.querySelectorAll("[data-set-theme]").forEach(function (button) {
      button.addEventListener("click", function () { setTheme(button.getAttribute("data-set-theme")); });
    });
    setLanguage(lang());
    setTheme(root.getAttribute("data-theme") || "auto");
  }
  document.addEventListener("DOMContentLoaded", start);

  return {
    add: add, el: el, failed: failed, figure: figure, label: label, lang: lang, later: later, load: load, number: number, option: option,
    percent: percent, put: put, t: t, table: table, tag: tag, unknown: unknown, words: words
  };
})();
