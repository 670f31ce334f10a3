// The decisions of all employers: searched, narrowed, sorted and paged in the browser; the index comes in pieces, newest year first.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var place = document.getElementById("decisions");
  var t = WG.t;
  WG.load("meta").then(function (meta) {
    var rows = [];
    var total = 0;
    var left = 0;
    var turn = 0;
    var year = null;
    var fields = {
      q: document.getElementById("q"), year: document.getElementById("f-year"), decision: document.getElementById("f-decision"),
      unit: document.getElementById("f-unit"), type: document.getElementById("f-type"), size: document.getElementById("f-size"),
      notice: document.getElementById("f-notice"), rule: document.getElementById("f-rule")
    };

    function fill(select, kind, codes) {
      codes.forEach(function (code) {
        var names = meta.labels[kind][code];
        if (names) { select.appendChild(WG.option(code, names[0], names[1])); }
      });
    }
    meta.years.forEach(function (y) {
      fields.year.appendChild(WG.option(String(y.year), y.year + " 年度（基准年 " + (y.year - 1) + "）", y.year + " (base year " + (y.year - 1) + ")"));
    });
    fill(fields.decision, "decision", Object.keys(meta.labels.decision));
    fill(fields.type, "unit_type", Object.keys(meta.labels.unit_type));
    fill(fields.size, "size_class", Object.keys(meta.labels.size_class));
    fill(fields.notice, "notice_status", Object.keys(meta.labels.notice_status));
    meta.units.forEach(function (u) { fields.unit.appendChild(WG.option(u[0], u[1], u[2])); });
    meta.rules.forEach(function (r) { fields.rule.appendChild(WG.option(r.id, r.zh, r.en)); });

    var collator = new Intl.Collator("zh-CN");
    var columns = [
      { key: "name", zh: "单位", en: "Employer", wide: true, sort: function (r) { return r.name || r.id; }, compare: collator.compare,
        cell: function (r) {
          return [WG.el("a", { href: "employer.html#" + encodeURIComponent(r.id) + "/" + year }, r.name || r.id),
            WG.el("span", { "class": "code" }, r.id + (r.uscc ? " · " + r.uscc : ""))];
        } },
      { key: "unit", zh: "地区", en: "Region", sort: function (r) { return r.region || ""; }, cell: function (r) {
        var region = meta.regions[r.region];
        return r.region ? (region ? region[0] : r.region) : WG.unknown();
      } },
      { key: "type", zh: "类型", en: "Type", sort: function (r) { return r.type || ""; }, cell: function (r) { return WG.label(meta, "unit_type", r.type); } },
      { key: "size", zh: "规模", en: "Size", sort: function (r) { return r.size || ""; }, cell: function (r) { return WG.label(meta, "size_class", r.size); } },
      { key: "average", zh: "月均参保", en: "Insured, average", number: true, sort: function (r) { return r.average; }, cell: function (r) { return WG.number(r.average, 1); } },
      { key: "layoff", zh: "裁员率", en: "Layoff rate", number: true, sort: function (r) { return r.layoff; }, cell: function (r) { return WG.percent(r.layoff); } },
      { key: "decision", zh: "结论", en: "Decision", sort: function (r) { return r.decision; }, cell: function (r) { return WG.tag(meta, "decision", r.decision); } },
      { key: "amount", zh: "返还金额", en: "Refund", number: true, sort: function (r) { return r.amount; }, cell: function (r) { return WG.number(r.amount, 2); } },
      { key: "paid", zh: "已拨付", en: "Paid", number: true, sort: function (r) { return r.paid; }, cell: function (r) { return WG.number(r.paid, 2); } },
      { key: "payable", zh: "应拨付", en: "Payable", number: true, sort: function (r) { return r.payable; }, cell: function (r) { return WG.number(r.payable, 2); } },
      { key: "notice", zh: "公示", en: "Notice", sort: function (r) { return r.notice; }, cell: function (r) { return WG.label(meta, "notice_status", r.notice); } }
    ];
    var table = WG.table(place, columns, {
      caption: ["稳岗返还决定，金额单位：元", "Refund decisions, amounts in yuan"], loading: function () { return left > 0; }
    });

    function rowsOf(piece) {
      function decoded(name) { return piece[name][1].map(function (i) { return i < 0 ? null : piece[name][0][i]; }); }
      var region = decoded("region_code"), type = decoded("unit_type"), size = decoded("size_class"), decision = decoded("decision");
      var notice = decoded("notice_status"), rules = decoded("failed_rules");
      return piece.employer_id.map(function (id, i) {
        return {
          id: id, uscc: piece.uscc[i], name: piece.employer_name[i], region: region[i], type: type[i], size: size[i], dispatch: piece.is_dispatch[i],
          decision: decision[i], average: piece.average_insured[i], layoff: piece.layoff_rate[i], amount: piece.refund_amount[i],
          paid: piece.paid_amount[i], payable: piece.payable_amount[i], notice: notice[i], rules: ";" + (rules[i] || "") + ";",
          text: (id + "\n" + (piece.uscc[i] || "") + "\n" + (piece.employer_name[i] || "")).toLowerCase()
        };
      });
    }

    function show(stay) {
      var wanted = fields.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      var f = {};
      Object.keys(fields).forEach(function (name) { f[name] = fields[name].value; });
      var found = rows.filter(function (r) {
        if (f.decision && r.decision !== f.decision) { return false; }
        if (f.type && (r.type || "unknown") !== f.type) { return false; }
        if (f.size && (r.size || "unknown") !== f.size) { return false; }
        if (f.notice && r.notice !== f.notice) { return false; }
        if (f.rule && r.rules.indexOf(";" + f.rule + ";") < 0) { return false; }
        if (f.unit && ((meta.regions[r.region] || [null, "unknown"])[1] || "unknown") !== f.unit) { return false; }
        return wanted.every(function (w) { return r.text.indexOf(w) >= 0; });
      });
      table.show(found, total, stay);
    }

    function read(which) {
      turn += 1;
      var mine = turn;
      var index = meta.index[which];
      year = which;
      rows = [];
      total = index.rows;
      left = index.pieces;
      function next(i) {
        if (mine !== turn || i >= index.pieces) { return; }
        WG.load("index/" + which + "-" + ("00" + i).slice(-3)).then(function (piece) {
          if (mine !== turn) { return; }
          rows = rows.concat(rowsOf(piece));
          left -= 1;
          if (i === 0 || left === 0 || fields.q.value) { show(true); }
          window.setTimeout(function () { next(i + 1); }, 0);
        }).catch(WG.failed(place));
      }
      next(0);
    }

    function remember() {
      var kept = Object.keys(fields).filter(function (n) { return fields[n].value; })
        .map(function (n) { return n + "=" + encodeURIComponent(fields[n].value); });
      try { window.history.replaceState(null, "", "#" + kept.join("&")); } catch (e) { /* the address stays as it was */ }
    }

    function recall() {
      window.location.hash.slice(1).split("&").forEach(function (pair) {
        var at = pair.indexOf("=");
        if (at > 0 && fields[pair.slice(0, at)]) { fields[pair.slice(0, at)].value = decodeURIComponent(pair.slice(at + 1)); }
      });
      if (!fields.year.value && meta.years.length) { fields.year.value = String(meta.years[0].year); }
    }

    if (!meta.years.length) {
      place.replaceChildren(WG.el("p", { "class": "notice" }, t("本期没有已开始的返还年度。", "No programme year has begun in this month.")));
      return;
    }
    recall();
    fields.q.addEventListener("input", WG.later(function () { remember(); show(); }, 120));
    Object.keys(fields).forEach(function (name) {
      if (name === "q") { return; }
      fields[name].addEventListener("change", function () { remember(); if (name === "year") { read(fields.year.value); } else { show(); } });
    });
    document.getElementById("filters").addEventListener("reset", function () {
      window.setTimeout(function () { fields.year.value = year; remember(); show(); }, 0);
    });
    document.getElementById("filters").addEventListener("submit", function (event) { event.preventDefault(); });
    window.addEventListener("hashchange", function () {
      Object.keys(fields).forEach(function (n) { fields[n].value = ""; });
      recall();
      if (fields.year.value !== year) { read(fields.year.value); } else { show(); }
    });
    read(fields.year.value);
  }).catch(WG.failed(place));
});
