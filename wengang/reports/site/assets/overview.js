// The map of the units: another measure, other shades and figures.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var select = document.getElementById("map-measure");
  if (!select) { return; }
  function show() {
    document.querySelectorAll(".tile").forEach(function (tile) {
      tile.setAttribute("data-shade", tile.getAttribute("data-shade-" + select.value));
      tile.querySelectorAll("[data-measure]").forEach(function (value) {
        value.hidden = value.getAttribute("data-measure") !== select.value;
      });
    });
    document.querySelectorAll(".map-legend [data-measure]").forEach(function (value) {
      value.hidden = value.getAttribute("data-measure") !== select.value;
    });
  }
  select.addEventListener("change", show);
  show();
});

// A figure's way down: the command that lists its records.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var box = document.getElementById("trace");
  var command = document.getElementById("trace-command");
  var asked = null;
  if (!box) { return; }
  function close() {
    box.hidden = true;
    if (asked) { asked.focus(); }
  }
  function show(figure, words) {
    asked = figure;
    command.textContent = "wengang trace " + words;
    document.getElementById("trace-figure").textContent = figure ? figure.textContent : "";
    box.hidden = false;
    window.getSelection().selectAllChildren(command);
  }
  document.addEventListener("click", function (event) {
    var figure = event.target.closest("[data-trace]");
    if (figure) { show(figure, figure.getAttribute("data-trace")); }
  });
  // The index of the workbook leads to a figure by its place in the address.
  function recall() {
    if (window.location.hash.slice(0, 7) !== "#trace=") { return; }
    var words = decodeURIComponent(window.location.hash.slice(7));
    var figure = Array.prototype.filter.call(document.querySelectorAll("[data-trace]"), function (node) {
      return node.getAttribute("data-trace") === words;
    })[0];
    if (figure) {
      var folded = figure.closest("details");
      if (folded) { folded.open = true; }
      figure.scrollIntoView({ block: "center" });
    }
    show(figure || null, words);
  }
  window.addEventListener("hashchange", recall);
  recall();
  document.getElementById("trace-close").addEventListener("click", close);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !box.hidden) { close(); }
  });
});
