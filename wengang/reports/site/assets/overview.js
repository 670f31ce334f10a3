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
  document.addEventListener("click", function (event) {
    var figure = event.target.closest("[data-trace]");
    if (!figure) { return; }
    asked = figure;
    command.textContent = "wengang trace " + figure.getAttribute("data-trace");
    document.getElementById("trace-figure").textContent = figure.textContent;
    box.hidden = false;
    window.getSelection().selectAllChildren(command);
  });
  document.getElementById("trace-close").addEventListener("click", close);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !box.hidden) { close(); }
  });
});
