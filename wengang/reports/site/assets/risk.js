// Risk leads: narrowed by rule, stage, severity, status, subject, unit and words; the address keeps what was chosen.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var place = document.getElementById("leads");
  if (!place) { return; }
  WG.load("meta").then(function (meta) {
    return WG.load("leads").then(function (leads) {
      var names = ["q", "rule", "stage", "severity", "status", "kind", "unit"];
      var fields = {};
      names.forEach(function (n) { fields[n] = document.getElementById(n === "q" ? "q" : "f-" + n); });
      function fill(select, kind) {
        Object.keys(meta.labels[kind]).forEach(function (code) {
          var label = meta.labels[kind][code];
          select.appendChild(WG.option(code, label[0], label[1]));
        });
      }
      leads.rules.forEach(function (r) { fields.rule.appendChild(WG.option(r.id, r.id + " " + r.zh, r.id + " " + r.en)); });
      fill(fields.stage, "lead_stage");
      fill(fields.severity, "lead_severity");
      fill(fields.status, "lead_status");
      fill(fields.kind, "subject_kind");
      meta.units.forEach(function (u) { fields.unit.appendChild(WG.option(u[0], u[1], u[2])); });
      var rules = {};
      leads.rules.forEach(function (r) { rules[r.id] = r; });
      var severity = { block: 0, review: 1, warn: 2 };
      var columns = [
        { key: "rule", zh: "规则", en: "Rule", sort: function (r) { return r.rule; }, cell: function (r) {
          var rule = rules[r.rule];
          return [WG.el("a", { href: "#rule-" + r.rule }, r.rule), " ", rule ? WG.t(rule.zh, rule.en) : ""];
        } },
        { key: "severity", zh: "级别", en: "Severity", sort: function (r) { return severity[r.severity]; }, cell: function (r) { return WG.tag(meta, "lead_severity", r.severity); } },
        { key: "subject", zh: "对象", en: "Subject", sort: function (r) { return r.subject; }, cell: function (r) {
          if (r.kind === "person") { return WG.t("个人 " + r.name, "person " + r.name); }
          if (r.kind === "application") { return WG.t("申领件 " + r.name, "application " + r.name); }
          if (r.kind !== "employer") { return WG.t("基金账户 " + r.name, "fund account " + r.name); }
          return r.linked ? WG.el("a", { href: "employer.html#" + encodeURIComponent(r.subject) }, r.name) : r.name;
        } },
        { key: "region", zh: "县（市、区）", en: "County", sort: function (r) { return r.region; }, cell: function (r) { return r.region || "—"; } },
        { key: "evidence", zh: "证据", en: "Evidence", wide: true, cell: function (r) { return WG.t(r.zh, r.en); } },
        // Leads that only warn, and money already left out of a base, follow those with something to recover.
        { key: "amount", zh: "涉及金额（元）", en: "At stake (yuan)", number: true, sort: function (r) { return r.left || r.severity === "warn" ? null : r.amount; }, cell: function (r) {
          return r.left ? [WG.number(r.amount, 2), " ", WG.t("（已剔除）", " (left out)")] : WG.number(r.amount, 2);
        } },
        { key: "first", zh: "首次发现", en: "First seen", sort: function (r) { return r.first; }, cell: function (r) { return r.first; } },
        { key: "status", zh: "状态", en: "Status", sort: function (r) { return r.status; }, cell: function (r) { return WG.tag(meta, "lead_status", r.status); } }
      ];
      var table = WG.table(place, columns, {
        caption: ["风险线索", "Risk leads"], sort: "amount", down: true, size: 25, split: function (r) { return r.region || "—"; }
      });
      function show() {
        var wanted = fields.q.value.trim().toLowerCase();
        table.show(leads.rows.filter(function (r) {
          return (!fields.rule.value || r.rule === fields.rule.value) && (!fields.stage.value || r.stage === fields.stage.value)
            && (!fields.severity.value || r.severity === fields.severity.value) && (!fields.status.value || r.status === fields.status.value)
            && (!fields.kind.value || r.kind === fields.kind.value) && (!fields.unit.value || r.unit === fields.unit.value)
            && (!wanted || (r.subject + r.name + r.zh + r.en + r.rule).toLowerCase().indexOf(wanted) >= 0);
        }), leads.rows.length);
      }
      function recall() {
        window.location.hash.slice(1).split("&").forEach(function (pair) {
          var at = pair.indexOf("=");
          if (at > 0 && fields[pair.slice(0, at)]) { fields[pair.slice(0, at)].value = decodeURIComponent(pair.slice(at + 1)); }
        });
      }
      fields.status.value = "open";
      recall();
      function remember() {
        var kept = names.filter(function (n) { return fields[n].value || n === "status"; })
          .map(function (n) { return n + "=" + encodeURIComponent(fields[n].value); });
        try { window.history.replaceState(null, "", "#" + kept.join("&")); } catch (e) { /* the address stays as it was */ }
        show();
      }
      names.forEach(function (n) { fields[n].addEventListener(n === "q" ? "input" : "change", remember); });
      document.getElementById("filters").addEventListener("reset", function () { window.setTimeout(remember, 0); });
      document.getElementById("filters").addEventListener("submit", function (event) { event.preventDefault(); });
      window.addEventListener("hashchange", function () { recall(); show(); });
      show();
    });
  }).catch(WG.failed(place));
});
