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
