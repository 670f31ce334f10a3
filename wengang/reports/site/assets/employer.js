// One employer's decision, step by step: the rules in words, what was seen, the limit and the clause; base, amount, shares, payments, files.
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var place = document.getElementById("employer");
  var t = WG.t, el = WG.el;
  var signs = { pass: "✓", fail: "✗", unknown: "?", not_applicable: "–" };
  var money = ["refund.no_arrears", "refund.base"];

  function section(id, zh, en) {
    var parts = Array.prototype.slice.call(arguments, 3);
    return el("section", { "class": "block", "aria-labelledby": id }, el("h2", { id: id }, t(zh, en)), parts);
  }

  function facts(pairs) {
    return el("dl", { "class": "facts" }, pairs.map(function (p) { return el("div", {}, el("dt", {}, t(p[0], p[1])), el("dd", {}, p[2])); }));
  }

  function grid(caption, heads, rows) {
    return el("div", { "class": "scroll", role: "group", tabindex: "0" }, el("table", { "class": "data" },
      el("caption", {}, t(caption[0], caption[1])),
      el("thead", {}, el("tr", {}, heads.map(function (h) { return el("th", { scope: "col", "class": h[2] ? "num" : null }, t(h[0], h[1])); }))),
      el("tbody", {}, rows.map(function (row) {
        return el("tr", { "class": row.total ? "total" : null }, (row.cells || row).map(function (cell, i) {
          return el(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, "class": heads[i][2] ? "num" : null }, cell);
        }));
      }))));
  }

  // What a rule saw, or its limit: codes in words, rates in percent, money in yuan.
  function seen(meta, rule, text) {
    if (text === null || text === undefined || text === "") { return WG.t("—", "—"); }
    if (rule === "refund.layoff_rate" && /^-?\d+\.\d+$/.test(text)) { return WG.percent(text); }
    if (rule === "refund.fund_reserve" && /^-?\d+\.\d+$/.test(text)) { return [WG.figure(text, 2), " ", t("个月", "months")]; }
    if (rule === "refund.paid_months" && /^\d+$/.test(text)) { return [text, " ", t("个月", "months")]; }
    if (money.indexOf(rule) >= 0 && /^-?\d+\.\d+$/.test(text)) { return [WG.figure(text, 2), " ", t("元", "yuan")]; }
    var objections = /^(\d+) upheld; (\d+) open$/.exec(text);
    if (objections) { return t("成立 " + objections[1] + " 件，未处理 " + objections[2] + " 件", text); }
    return text.split(";").map(function (code, i) {
      var found = meta.words[code];
      return [i ? t("、", ", ") : "", found ? t(found[0], found[1]) : code.replace("..", " – ")];
    });
  }

  function clause(meta, document_id, article) {
    var doc = meta.documents[document_id];
    var text = meta.clauses[document_id + "|" + article];
    if (!doc && !document_id) { return null; }
    var name = doc ? (doc[0] || doc[1]) : document_id;
    var head = [t("依据：", "Clause: "), name, article ? (article.length === 1 ? t(" 第" + article + "条", " item " + article) : " " + article) : ""];
    if (!text) { return el("p", { "class": "clause" }, head); }
    return el("details", { "class": "clause" }, el("summary", {}, head), el("blockquote", { lang: "zh-CN" }, text));
  }

  function ranges(group) {
    var n = group[2], first = group[3], last = group[4], list = group[5];
    if (list && list.length) {
      var runs = [], from = list[0], to = list[0];
      list.slice(1).concat([null]).forEach(function (line) {
        if (line !== null && line === to + 1) { to = line; return; }
        runs.push(from === to ? String(from) : from + "–" + to);
        from = to = line;
      });
      return t("第 " + runs.join("、") + " 行", (n === 1 ? "line " : "lines ") + runs.join(", "));
    }
    if (n === 1) { return t("第 " + first + " 行", "line " + first); }
    if (last - first + 1 === n) { return t("第 " + first + "–" + last + " 行", "lines " + first + "–" + last); }
    return t("第 " + first + " 至 " + last + " 行之间的 " + n + " 行", n + " lines between " + first + " and " + last);
  }

  function render(meta, entries, wantedYear) {
    var all = entries.map(function (entry) {
      var d = {};
      meta.decision_fields.forEach(function (name, i) { d[name] = entry[0][i]; });
      return { d: d, rules: entry[1], months: entry[2], shares: entry[3], payments: entry[4], sources: entry[5] };
    });
    var one = all.filter(function (e) { return String(e.d.programme_year) === wantedYear; })[0] || all[0];
    var d = one.d;
    var year = meta.years.filter(function (y) { return y.year === d.programme_year; })[0];
    var region = meta.regions[d.region_code];
    var name = d.employer_name || d.employer_id;
    document.getElementById("employer-name").textContent = name;
    var title = document.querySelector("title");
    title.setAttribute("data-zh", name + " " + d.programme_year + "年度稳岗返还 · " + meta.period);
    title.setAttribute("data-en", name + " · refund " + d.programme_year + " · " + meta.period);
    document.title = title.getAttribute("data-" + WG.lang());

    var picks = el("ul", { "class": "years" }, all.map(function (e) {
      var y = e.d.programme_year;
      return el("li", {}, el("a", { href: "#" + encodeURIComponent(d.employer_id) + "/" + y, "aria-current": y === d.programme_year ? "true" : null },
        t(y + " 年度", "Programme year " + y)));
    }));
    WG.words(picks, "aria-label", "返还年度", "programme years");

    var verdict = el("div", { "class": "verdict verdict-" + d.decision },
      el("p", { "class": "verdict-word" }, WG.label(meta, "decision", d.decision)),
      el("p", { "class": "verdict-amount" }, el("strong", {}, WG.number(d.refund_amount, 2)), " ", t("元", "yuan")),
      el("p", {}, sentence(meta, d, year)));

    var rules = [];
    for (var i = 0; i < one.rules.length; i += 2) {
      if (one.rules[i] !== null) { rules.push({ variant: meta.variants[one.rules[i]], observed: one.rules[i + 1] }); }
    }
    var steps = el("ol", { "class": "steps" }, rules.map(function (r) {
      var v = r.variant;
      var rule = meta.rules.filter(function (x) { return x.id === v[0]; })[0] || { zh: v[0], en: v[0], question_zh: "", question_en: "" };
      var p = v[3] ? (meta.parameters[year.taken] || {})[v[3]] : null;
      return el("li", { "class": "step step-" + v[1] },
        el("span", { "class": "sign", "aria-hidden": "true" }, signs[v[1]] || "?"),
        el("div", { "class": "step-body" },
          el("h3", {}, t(rule.zh, rule.en), " ", el("span", { "class": "tag tag-" + v[1] }, WG.label(meta, "rule_outcome", v[1]))),
          el("p", { "class": "question" }, t(rule.question_zh, rule.question_en)),
          el("dl", { "class": "seen" },
            el("div", {}, el("dt", {}, t("实际", "Observed")), el("dd", {}, seen(meta, v[0], r.observed))),
            el("div", {}, el("dt", {}, t("要求", "Limit")), el("dd", {}, v[0] === "refund.insured" ? t("不得为 ", "not ") : "", seen(meta, v[0], v[2]))),
            v[3] ? el("div", {}, el("dt", {}, t("参数", "Parameter")), el("dd", {},
              el("a", { href: "parameters.html#" + (/_window$/.test(v[3]) ? "windows-head" : "p-" + v[3]) }, titled(meta, v[3])),
              p ? [valued(meta, p[0]), " · ", WG.label(meta, "basis", p[1]), t("，" + p[2] + " 起，置信 " + p[3], ", from " + p[2] + ", confidence " + p[3])] : "")) : null),
          clause(meta, v[4], v[5])));
    }));

    var months = one.months;
    var due = 0, received = 0;
    months.forEach(function (m) { due += Math.round(m[2] * 100); received += Math.round(m[3] * 100); });
    var rows = months.map(function (m) { return [m[0], WG.number(m[1]), WG.number(m[2], 2), WG.number(m[3], 2)]; });
    rows.push({ total: true, cells: [t("合计", "Total"), "", WG.figure(due / 100, 2), WG.figure(received / 100, 2)] });
    var apart = Math.round(received - d.contribution_base * 100) / 100;
    var notes = [];
    if (year && !year.is_open) {
      notes.push(t("按月数字为 " + meta.facts_as_of + " 时所知，决定作于 " + year.taken + "：其后的入库和更正也在其中。",
        "Months as known in " + meta.facts_as_of + "; the decision is of " + year.taken + ": later receipts and corrections are included."));
    } else if (meta.facts_as_of !== meta.period) {
      notes.push(t("按月数字为 " + meta.facts_as_of + " 时所知。", "Months as known in " + meta.facts_as_of + "."));
    } else if (apart) {
      notes.push(t("其中 " + WG.figure(apart, 2) + " 元不计入基数（派往机关、事业单位的人月，或入库年度不同）。",
        WG.figure(apart, 2) + " yuan of it is not in the base (months dispatched to excluded users, or received in another year)."));
    }
    var formula = d.refund_ratio === null
      ? el("p", { "class": "formula" }, t("单位规模未知，返还比例未定，金额为 0。", "The size is not known: no ratio, amount 0."))
      : el("p", { "class": "formula" },
        el("span", {}, t("返还基数 ", "base "), WG.figure(d.contribution_base, 2), t(" 元", " yuan")), " × ",
        el("span", {}, t("返还比例 ", "ratio "), WG.percent(d.refund_ratio, 0)), " → ",
        el("strong", {}, WG.figure(d.refund_amount, 2), t(" 元", " yuan")),
        d.decision === "eligible" || d.decision === "review" ? null : el("span", { "class": "aside" }, t("（未通过规则，金额为 0）", " (rules not met: amount 0)")));

    var shares = d.is_dispatch ? section("shares", "劳务派遣分配", "Shares of the dispatch employer's refund", grid(
      ["返还按人月分到自有员工和各用工单位", "The refund by person-month, to own staff and to each user"],
      [["受益方", "Beneficiary"], ["人数", "Persons", 1], ["人月", "Person-months", 1], ["基数（元）", "Base (yuan)", 1], ["分配（元）", "Share (yuan)", 1],
        ["已拨付（元）", "Paid (yuan)", 1], ["不分配原因", "Withheld because"]],
      one.shares.map(function (s) {
        return [s[0] === "own_staff" ? WG.label(meta, "beneficiary_kind", s[0]) : [s[2] || s[1], el("span", { "class": "code" }, s[1])],
          WG.number(s[3]), WG.number(s[4]), WG.number(s[5], 2), WG.number(s[6], 2), WG.number(s[7], 2), s[8] ? WG.label(meta, "withheld_reason", s[8]) : "—"];
      }))) : null;

    var payments = section("payments", "拨付与公示", "Payment and public notice",
      facts([
        ["已拨付（元）", "Paid (yuan)", WG.number(d.paid_amount, 2)], ["已退回（元）", "Returned (yuan)", WG.number(d.returned_amount, 2)],
        ["应拨付（元）", "Payable (yuan)", WG.number(d.payable_amount, 2)], ["应追回（元）", "Recoverable (yuan)", WG.number(d.recoverable_amount, 2)],
        ["账户类别", "Kind of account", WG.label(meta, "account_status", d.account_status)],
        ["公示", "Public notice", WG.label(meta, "notice_status", d.notice_status)],
        ["首次符合的期间", "First eligible in", d.first_decided_period || t("尚未符合", "not yet")]
      ]),
      one.payments.length ? grid(["银行回执行", "Lines of the bank"],
        [["日期", "Day"], ["批次-序号", "Batch-line"], ["收款方", "Payee"], ["金额（元）", "Amount (yuan)", 1], ["结果", "Result"], ["退回原因", "Returned because"], ["文件与行", "File and line"]],
        one.payments.map(function (p) {
          return [p[0], p[1] + "-" + p[2], p[3] === d.employer_id ? t("本单位", "the employer") : p[3], WG.number(p[4], 2), WG.label(meta, "payment_result", p[5]),
            p[6] || "—", [p[7], " ", t("第 " + p[8] + " 行", "line " + p[8])]];
        })) : el("p", {}, t("没有拨付记录。", "No payment yet.")));

    var sources = section("sources", "来源文件与行号", "Source files and lines",
      el("p", {}, t("这里只列行号，不列内容。查看原始行须有权限，并留下查阅记录：", "Only numbers of lines stand here. The lines themselves need access, and leave a record: "),
        el("code", {}, "wengang explain refund " + d.employer_id + " --period " + meta.period + " --year " + d.programme_year + " --lines")),
      one.sources.length ? grid(["决定所依据的交付文件（" + (year ? year.taken : "") + " 时所知）", "Files behind the decision (as known in " + (year ? year.taken : "") + ")"],
        [["来源", "Source"], ["交付期间", "Delivered for"], ["文件", "File"], ["行数", "Lines", 1], ["行号", "Which"]],
        one.sources.map(function (g) {
          var file = meta.files[Number(g[1])];
          var source = meta.sources[file[0]] || [file[0], file[0]];
          return [t(source[0], source[1]), file[1], file[2], WG.figure(g[2]), ranges([null, null].concat(g.slice(2)))];
        })) : el("p", {}, t("没有找到来源行。", "No source lines were found.")));

    var whole = [
      picks,
      facts([
        ["单位编号", "Employer number", d.employer_id], ["统一社会信用代码", "Unified social credit code", d.uscc || WG.unknown()],
        ["地区", "Region", d.region_code ? (region ? region[0] : d.region_code) : WG.unknown()],
        ["单位类型", "Type", WG.label(meta, "unit_type", d.unit_type)],
        ["规模", "Size", [WG.label(meta, "size_class", d.size_class), d.size_source ? [" · ", WG.label(meta, "size_source", d.size_source)] : ""]],
        ["劳务派遣单位", "Dispatch employer", d.is_dispatch === null ? WG.unknown() : d.is_dispatch ? t("是", "yes") : t("否", "no")]
      ]),
      verdict,
      section("steps", "规则逐条", "The rules, one by one", steps),
      section("measures", "基准年的数字", "Figures of the base year", facts([
        ["月均参保人数", "Insured, monthly average", [WG.number(d.average_insured, 2), " ", t("人", "persons")]],
        ["期初、期末参保人数", "Opening and closing insured", [WG.number(d.opening_insured), " → ", WG.number(d.closing_insured), " ", t("人", "persons")]],
        ["领取失业保险金人数", "Claimants", [WG.number(d.claimants), " ", t("人", "persons")]],
        ["自然减员", "Natural attrition", [WG.number(d.natural_attrition), " ", t("人", "persons")]],
        ["裁员率（决定用）", "Layoff rate that decides", WG.percent(d.layoff_rate)],
        ["裁员率上限", "Its limit", WG.percent(d.layoff_rate_limit)],
        ["领金口径裁员率", "Rate by claims", WG.percent(d.claims_layoff_rate)],
        ["净减员口径裁员率", "Rate by net reduction", WG.percent(d.net_reduction_layoff_rate)],
        ["足额缴费月数", "Months paid in full", [WG.number(d.months_paid_in_full), " ", t("个月", "months")]],
        ["欠缴", "Arrears", [WG.number(d.arrears, 2), " ", t("元", "yuan")]]
      ]), d.verdicts_differ ? el("p", { "class": "notice" }, t("两种口径的裁员率结论不同。", "The two layoff rates lead to different verdicts.")) : null),
      section("months", "基数与金额", "Base and amount", grid(["基准年逐月缴费，金额单位：元", "Premium of the base year by month, in yuan"],
        [["费款所属期", "Fee month"], ["参保人数", "Insured", 1], ["应缴（元）", "Due (yuan)", 1], ["实缴（元）", "Received (yuan)", 1]], rows),
        notes.map(function (n) { return el("p", { "class": "small" }, n); }), formula),
      shares, payments, sources];
    place.replaceChildren();
    WG.add(place, whole);
    place.querySelectorAll("table.data").forEach(WG.download.place);
  }

  function titled(meta, name) {
    var title = meta.titles[name];
    return title ? t(title[0], title[1]) : name;
  }

  // A value in the words of its codes; a long list stands as the limit already.
  function valued(meta, text) {
    var parts = text.split(";");
    if (parts.length > 3) { return ""; }
    return [" = ", parts.map(function (code, i) {
      var found = meta.words[code];
      return [i ? t("、", ", ") : "", found ? t(found[0], found[1]) : code];
    })];
  }

  function sentence(meta, d, year) {
    var names = function (ids, pick) {
      return ids.map(function (id) {
        var rule = meta.rules.filter(function (x) { return x.id === id; })[0];
        return rule ? rule[pick] : id;
      });
    };
    var zh = "", en = "";
    if (d.decision === "eligible") { zh = "全部规则通过。"; en = "Every rule is met."; }
    if (d.failed_rules.length) {
      zh += "未通过：" + names(d.failed_rules, "zh").join("、") + "。";
      en += "Not met: " + names(d.failed_rules, "en").join(", ") + ". ";
    }
    if (d.unknown_rules.length) {
      zh += "无法判断：" + names(d.unknown_rules, "zh").join("、") + "。";
      en += "Not known: " + names(d.unknown_rules, "en").join(", ") + ". ";
    }
    if (year && !year.is_open) {
      zh += "窗口期已结束，沿用 " + year.taken + " 的决定，只有拨付、账户与公示继续更新。";
      en += " The window has closed: the decision of " + year.taken + " stands; only payment, account and notice go on.";
    }
    return t(zh, en);
  }

  function open(meta) {
    var wanted = window.location.hash.slice(1).split("/").map(decodeURIComponent);
    var id = wanted[0];
    if (!id) {
      place.replaceChildren(el("p", { "class": "notice" }, t("请从 ", "Choose an employer from "), el("a", { href: "decisions.html" }, t("决定查询", "the decisions")), t(" 中选择单位。", ".")));
      return;
    }
    var low = 0, high = meta.firsts.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (meta.firsts[middle] <= id) { low = middle + 1; } else { high = middle; }
    }
    function missing() {
      document.getElementById("employer-name").textContent = id;
      place.replaceChildren(el("p", { "class": "notice", role: "alert" }, t(
        "没有单位 " + id + " 的决定：编号有误，或基准年内没有人参保。", "No decision for " + id + ": the number is wrong, or nobody was insured in the base year.")));
    }
    if (low === 0) { missing(); return; }
    WG.load("employers/" + ("000" + (low - 1)).slice(-4)).then(function (piece) {
      var entries = piece.filter(function (entry) { return entry[0][0] === id; });
      if (!entries.length) { missing(); return; }
      render(meta, entries, wanted[1]);
    }).catch(WG.failed(place));
  }

  WG.load("meta").then(function (meta) {
    window.addEventListener("hashchange", function () { open(meta); window.scrollTo(0, 0); document.getElementById("employer-name").focus(); });
    open(meta);
  }).catch(WG.failed(place));
});
