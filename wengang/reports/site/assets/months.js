// Which months are published: a list that is kept beside the packages, so that a page, which is never changed, can lead to the others and
// say that it was replaced.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var menu = document.getElementById("months");
  if (!menu) { return; }
  var here = document.body.getAttribute("data-period");
  var revision = Number(document.body.getAttribute("data-revision"));
  WG.load("months", "../../../months.js").then(function (months) {
    var select = WG.el("select", { id: "month-pick", on: { change: function () { window.location.href = "../../../" + select.value + "/latest/site/index.html"; } } });
    months.forEach(function (m) { select.appendChild(WG.option(m.period, m.period, m.period)); });
    select.value = here;
    menu.replaceChildren(WG.el("label", { "for": "month-pick" }, WG.t("其他月份", "Other months")), select);
    menu.hidden = false;
    var own = months.filter(function (m) { return m.period === here; })[0];
    if (own && own.revision > revision) {
      document.querySelector("header.top").insertAdjacentElement("afterbegin", WG.el("p", { "class": "draft-mark replaced", role: "note" },
        WG.t("本版（第" + revision + "版）已被第" + own.revision + "版替代，以后者为准。", "This revision (" + revision + ") was replaced by revision " + own.revision + ", which holds."), " ",
        WG.el("a", { href: "../../latest/site/index.html" }, WG.t("打开现行版", "Open the one in force"))));
    }
  }).catch(function () { /* a package that was copied elsewhere stands alone */ });
});
