// Language and colours are set before anything is drawn, so that the page does not flash.
(function () {
  "use strict";
  var root = document.documentElement;
  function kept(key) {
    try { return window.localStorage.getItem(key); } catch (e) { return null; }
  }
  root.classList.add("js");
  root.setAttribute("data-lang", kept("wengang-lang") === "en" ? "en" : "zh");
  root.lang = root.getAttribute("data-lang") === "en" ? "en" : "zh-CN";
  var theme = kept("wengang-theme");
  if (theme === "light" || theme === "dark") { root.setAttribute("data-theme", theme); }
})();
