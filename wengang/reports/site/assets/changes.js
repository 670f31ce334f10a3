// Which employers' decisions are not what they were a month ago.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var place = document.getElementById("changed");
  if (!place) { return; }
  WG.load("meta").then(function (meta) {
    return WG.load("changes").then(function (changes) {
      function both(kind, before, now) {
        return before === now ? WG.label(meta, kind, now)
          : [before === null ? WG.t("无", "none") : WG.label(meta, kind, before), " → ", now === null ? WG.t("无", "none") : WG.label(meta, kind, now)];
      }
      var columns = [
        { key: "name", zh: "单位", en: "Employer", wide: true, sort: function (r) { return r[1]; }, cell: function (r) {
          return [r[9] ? WG.el("a", { href: "employer.html#" + encodeURIComponent(r[0]) + "/" + r[2] }, r[1] || r[0]) : r[1] || r[0], WG.el("span", { "class": "code" }, r[0])];
        } },
        { key: "year", zh: "年度", en: "Year", sort: function (r) { return r[2]; }, cell: function (r) { return r[2]; } },
        { key: "decision", zh: "结论（上月 → 本月）", en: "Decision (last month → this)", sort: function (r) { return r[3] + r[4]; }, cell: function (r) { return both("decision", r[3], r[4]); } },
        { key: "before", zh: "上月返还（元）", en: "Refund last month (yuan)", number: true, sort: function (r) { return r[5]; }, cell: function (r) { return r[5] === null ? "—" : WG.number(r[5], 2); } },
        { key: "now", zh: "本月返还（元）", en: "Refund this month (yuan)", number: true, sort: function (r) { return r[6]; }, cell: function (r) { return r[6] === null ? "—" : WG.number(r[6], 2); } },
        { key: "why", zh: "结果有变化的规则", en: "Rules that came out otherwise", wide: true, cell: function (r) {
          return r[7].map(function (id, i) {
            var rule = meta.rules.filter(function (x) { return x.id === id; })[0];
            return [i ? "；" : "", rule ? WG.t(rule.zh, rule.en) : id];
          });
        } }
      ];
      WG.table(place, columns, { caption: ["结论或金额有变化的单位", "Employers whose decision or amount has changed"] }).show(changes, changes.length);
    });
  }).catch(WG.failed(place));
});
