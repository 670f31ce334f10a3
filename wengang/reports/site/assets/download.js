// Files made in the browser of what is shown: a table as CSV or XLSX, a chart as PNG. Nothing is sent anywhere.
WG.download = (function () {
  "use strict";

  function save(name, parts, type) {
    var address = URL.createObjectURL(new Blob(parts, { type: type }));
    var link = WG.el("a", { href: address, download: name });
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
  }

  // What a reader sees of a cell, in the language chosen: no text for the ear alone, no other language.
  function text(node) {
    if (node.nodeType === Node.TEXT_NODE) { return node.nodeValue; }
    if (node.nodeType === Node.ELEMENT_NODE) {
      var hidden = WG.lang() === "zh" ? "en" : "zh";
      if (node.classList.contains(hidden) || node.classList.contains("sr") || node.classList.contains("arrow")) { return ""; }
      if (node.classList.contains("code")) { return " " + node.textContent; }
    }
    return Array.prototype.map.call(node.childNodes, text).join("");
  }

  function plain(node) { return text(node).replace(/\s+/g, " ").trim(); }

  // Amounts are numbers in the file; keys and codes, which only look like numbers, stay texts.
  function value(node) {
    var words = plain(node);
    return node.classList.contains("num") && /^[+-]?[\d,]+(\.\d+)?$/.test(words) ? Number(words.replace(/,/g, "")) : words;
  }

  function grid(table) {
    return Array.prototype.map.call(table.rows, function (row) {
      return Array.prototype.map.call(row.cells, function (cell) { return row.parentNode.tagName === "THEAD" ? plain(cell) : value(cell); });
    });
  }

  function csv(rows) {
    return "\ufeff" + rows.map(function (row) {
      return row.map(function (v) {
        if (typeof v === "number") { return String(v); }
        var safe = /^[=+\-@\t\r]/.test(v) ? "'" + v : v;
        return /[",\n\r]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
      }).join(",");
    }).join("\r\n") + "\r\n";
  }

  // --- a workbook: parts of XML in a ZIP that is not compressed ---
  function xml(words) {
    return words.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  }

  function column(i) { return (i >= 26 ? column(Math.floor(i / 26) - 1) : "") + String.fromCharCode(65 + i % 26); }

  function sheetXml(rows) {
    var body = rows.map(function (row, r) {
      return '<row r="' + (r + 1) + '">' + row.map(function (v, c) {
        var place = column(c) + (r + 1);
        if (typeof v === "number") { return '<c r="' + place + '" s="' + (v % 1 ? 2 : 3) + '"><v>' + v + "</v></c>"; }
        return '<c r="' + place + '" t="inlineStr" s="' + (r ? 0 : 1) + '"><is><t xml:space="preserve">' + xml(v) + "</t></is></c>";
      }).join("") + "</row>";
    }).join("");
    var widths = (rows[0] || []).map(function (_, c) {
      var longest = rows.slice(0, 200).reduce(function (most, row) { return Math.max(most, String(row[c] === undefined ? "" : row[c]).length); }, 4);
      return '<col min="' + (c + 1) + '" max="' + (c + 1) + '" width="' + Math.min(60, longest * 1.8 + 2) + '" customWidth="1"/>';
    }).join("");
    var filter = rows.length > 1 && rows[0].length ? '<autoFilter ref="A1:' + column(rows[0].length - 1) + rows.length + '"/>' : "";
    return '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
      '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
      (widths ? "<cols>" + widths + "</cols>" : "") + "<sheetData>" + body + "</sheetData>" + filter + "</worksheet>";
  }

  var STYLES = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
    '<fonts count="2"><font><sz val="11"/><name val="\u5b8b\u4f53"/></font><font><b/><sz val="11"/><name val="\u5b8b\u4f53"/></font></fonts>' +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="49" applyNumberFormat="1"/>' +
    '<xf numFmtId="49" fontId="1" applyFont="1" applyNumberFormat="1"/><xf numFmtId="4" applyNumberFormat="1"/><xf numFmtId="3" applyNumberFormat="1"/></cellXfs>' +
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
  var OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  var PACKAGE = "http://schemas.openxmlformats.org/package/2006/";
  var KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.";

  function workbook(sheets) {
    var used = {};
    var names = sheets.map(function (s) {
      var base = s.name.replace(/[\[\]:*?\/\\']/g, " ").slice(0, 28) || "-", name = base, n = 2;
      while (used[name]) { name = base + n; n += 1; }
      used[name] = true;
      return name;
    });
    var head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
    var parts = {
      "[Content_Types].xml": head + '<Types xmlns="' + PACKAGE + 'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="' + KIND + 'sheet.main+xml"/>' +
        '<Override PartName="/xl/styles.xml" ContentType="' + KIND + 'styles+xml"/>' +
        names.map(function (_, i) { return '<Override PartName="/xl/worksheets/sheet' + (i + 1) + '.xml" ContentType="' + KIND + 'worksheet+xml"/>'; }).join("") + "</Types>",
      "_rels/.rels": head + '<Relationships xmlns="' + PACKAGE + 'relationships"><Relationship Id="rId1" Type="' + OFFICE + '/officeDocument" Target="xl/workbook.xml"/></Relationships>',
      "xl/workbook.xml": head + '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="' + OFFICE + '"><sheets>' +
        names.map(function (name, i) { return '<sheet name="' + xml(name) + '" sheetId="' + (i + 1) + '" r:id="rId' + (i + 1) + '"/>'; }).join("") + "</sheets></workbook>",
      "xl/_rels/workbook.xml.rels": head + '<Relationships xmlns="' + PACKAGE + 'relationships">' +
        names.map(function (_, i) { return '<Relationship Id="rId' + (i + 1) + '" Type="' + OFFICE + '/worksheet" Target="worksheets/sheet' + (i + 1) + '.xml"/>'; }).join("") +
        '<Relationship Id="rId' + (names.length + 1) + '" Type="' + OFFICE + '/styles" Target="styles.xml"/></Relationships>',
      "xl/styles.xml": STYLES
    };
    sheets.forEach(function (s, i) { parts["xl/worksheets/sheet" + (i + 1) + ".xml"] = sheetXml(s.rows); });
    return zip(parts);
  }

  var CRC = (function () {
    var table = [], n, k, c;
    for (n = 0; n < 256; n += 1) {
      c = n;
      for (k = 0; k < 8; k += 1) { c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; }
      table.push(c >>> 0);
    }
    return table;
  })();

  function crc(bytes) {
    var c = 0xffffffff, i;
    for (i = 0; i < bytes.length; i += 1) { c = CRC[(c ^ bytes[i]) & 255] ^ (c >>> 8); }
    return (c ^ 0xffffffff) >>> 0;
  }

  function numbers(list) {
    var bytes = [];
    list.forEach(function (pair) { for (var i = 0; i < pair[1]; i += 1) { bytes.push(Math.floor(pair[0] / Math.pow(256, i)) % 256); } });
    return new Uint8Array(bytes);
  }

  function zip(parts) {
    var encoder = new TextEncoder(), out = [], central = [], at = 0, count = 0, size = 0;
    Object.keys(parts).forEach(function (name) {
      var key = encoder.encode(name), bytes = encoder.encode(parts[name]);
      // Version, flags (names in UTF-8), stored, a fixed time, checksum, lengths.
      var shared = [[20, 2], [2048, 2], [0, 2], [0, 2], [33, 2], [crc(bytes), 4], [bytes.length, 4], [bytes.length, 4], [key.length, 2], [0, 2]];
      var head = numbers([[0x04034b50, 4]].concat(shared));
      out.push(head, key, bytes);
      var entry = numbers([[0x02014b50, 4], [20, 2]].concat(shared, [[0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]));
      central.push(entry, key);
      size += entry.length + key.length;
      at += head.length + key.length + bytes.length;
      count += 1;
    });
    return out.concat(central, [numbers([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]])]);
  }

  function file(caption, kind) {
    return (caption.replace(/[\\\/:*?"<>|\s]+/g, "_").slice(0, 60) || "table") + "-" + document.body.getAttribute("data-period") + "." + kind;
  }

  // `source` returns what is shown: sheets with a name and rows, the headings first.
  function bar(caption, source, split) {
    function button(zh, en, action) { return WG.el("button", { type: "button", "class": "get", on: { click: action } }, WG.t(zh, en)); }
    var made = [
      button("下载 CSV", "Download CSV", function () { save(file(caption(), "csv"), [csv(source()[0].rows)], "text/csv;charset=utf-8"); }),
      button("下载 XLSX", "Download XLSX", function () { save(file(caption(), "xlsx"), workbook(source()), KIND + "sheet"); })
    ];
    if (split) {
      made.push(button("按县区分表 XLSX", "XLSX, a sheet a county", function () { save(file(caption(), "xlsx"), workbook(split()), KIND + "sheet"); }));
    }
    return WG.el("p", { "class": "gets" }, made);
  }

  function place(table) {
    var frame = table.closest(".scroll") || table;
    function caption() { return table.caption ? plain(table.caption) : document.title; }
    frame.insertAdjacentElement("afterend", bar(caption, function () { return [{ name: caption(), rows: grid(table) }]; }));
  }

  // --- a chart as a picture: its styles are written into a copy, since a picture has no style sheet beside it ---
  var LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight", "text-anchor", "display"];

  function picture(svg, name) {
    var copy = svg.cloneNode(true), from = svg.querySelectorAll("*"), to = copy.querySelectorAll("*");
    Array.prototype.forEach.call(from, function (node, i) {
      var style = window.getComputedStyle(node);
      LOOKS.forEach(function (look) { to[i].setAttribute(look, style.getPropertyValue(look)); });
    });
    var box = svg.viewBox.baseVal, scale = 2;
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width * scale);
    copy.setAttribute("height", box.height * scale);
    var image = new Image();
    image.onload = function () {
      var canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
      canvas.width = box.width * scale;
      canvas.height = box.height * scale;
      pen.fillStyle = window.getComputedStyle(document.body).backgroundColor;
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(image, 0, 0);
      canvas.toBlob(function (blob) { save(file(name, "png"), [blob], "image/png"); }, "image/png");
    };
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("main table.data").forEach(place);
    document.querySelectorAll("main svg[role=img]").forEach(function (svg) {
      var title = document.getElementById(svg.getAttribute("aria-labelledby"));
      svg.insertAdjacentElement("afterend", WG.el("p", { "class": "gets" }, WG.el("button", { type: "button", "class": "get", on: { click: function () {
        picture(svg, title ? plain(title) : "chart");
      } } }, WG.t("下载图片 PNG", "Download PNG"))));
    });
  });

  return { bar: bar, place: place, value: value };
})();
