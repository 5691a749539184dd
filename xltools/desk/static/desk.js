// What a page cannot do without a script: dropping files, pasting a grid, copying words, asking before something is done.
"use strict";
(function () {
  var body = document.body, to = body.dataset.upload;
  var drop = document.getElementById("drop"), sending = document.getElementById("sending");

  // ── files are sent ────────────────────────────────────────────────────────
  function send(files) {
    if (!files.length || !to) return;
    var form = new FormData();
    files.forEach(function (one) { form.append("files", one.file, one.name); });
    var request = new XMLHttpRequest(), words = sending.querySelector("p"), bar = sending.querySelector("progress");
    sending.hidden = false;
    words.textContent = "正在收 " + files.length + " 个文件……";
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) bar.value = 100 * event.loaded / event.total;
    };
    request.onloadend = function () {
      var told = "没有收：连不上程序，请看它是不是还开着";
      try { told = JSON.parse(request.responseText).message; } catch (_) {
        if (request.status === 413) told = "没有收：太大了，请分几次";
      }
      words.textContent = told;
      bar.value = 100;
      if (window.htmx) window.htmx.trigger("#live", "now");
      setTimeout(function () { sending.hidden = true; }, request.status === 200 ? 4000 : 15000);
    };
    request.open("POST", to);
    request.setRequestHeader("X-Requested-With", "desk");
    request.send(form);
  }

  function inside(entry, path, found) {
    if (entry.isFile) {
      return new Promise(function (done) {
        entry.file(function (file) { found.push({ file: file, name: path + file.name }); done(); }, done);
      });
    }
    var reader = entry.createReader();
    return new Promise(function (done) {
      (function more() {
        reader.readEntries(function (entries) {
          if (!entries.length) return done();
          Promise.all(entries.map(function (one) { return inside(one, path + entry.name + "/", found); })).then(more);
        }, done);
      })();
    });
  }

  function carriesFiles(event) {
    return to && event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
  }
  var depth = 0;
  addEventListener("dragenter", function (event) {
    if (carriesFiles(event)) { depth += 1; drop.hidden = false; }
  });
  addEventListener("dragleave", function () {
    depth = Math.max(0, depth - 1);
    if (!depth) drop.hidden = true;
  });
  // Where nothing is received, a file that is dropped must not take the page away; a field for files takes it itself.
  function ours(event) {
    if (event.target.type !== "file") event.preventDefault();
    return carriesFiles(event);
  }
  addEventListener("dragover", ours);
  addEventListener("drop", function (event) {
    if (!ours(event)) return;
    depth = 0;
    drop.hidden = true;
    var found = [], entries = Array.prototype.map.call(event.dataTransfer.items || [], function (item) {
      return item.webkitGetAsEntry && item.webkitGetAsEntry();
    }).filter(Boolean);
    if (!entries.length) {
      send(Array.prototype.map.call(event.dataTransfer.files, function (file) { return { file: file, name: file.name }; }));
      return;
    }
    Promise.all(entries.map(function (entry) { return inside(entry, "", found); })).then(function () { send(found); });
  });

  // ── one listener for all buttons: parts of the page come and go ───────────
  addEventListener("click", function (event) {
    var button = event.target.closest("[data-pick],[data-copy],[data-copy-from],[data-more]");
    if (!button) return;
    if (button.dataset.pick) pick(button.dataset.pick === "folder");
    else if ("more" in button.dataset) more(10);
    else {
      event.preventDefault();
      if (button.dataset.copy) copy(button.dataset.copy, button);
      else fetch(button.dataset.copyFrom).then(function (answer) { return answer.text(); }).then(function (words) { copy(words, button); });
    }
  });

  function pick(folder) {
    var input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    if (folder) input.webkitdirectory = true;
    input.hidden = true;
    input.onchange = function () {
      send(Array.prototype.map.call(input.files, function (file) { return { file: file, name: file.webkitRelativePath || file.name }; }));
      input.remove();
    };
    body.appendChild(input);
    input.click();
  }

  function copy(words, button) {
    function said(how) {
      var before = button.textContent;
      button.textContent = how;
      setTimeout(function () { button.textContent = before; }, 2000);
    }
    function by_hand() {
      var area = document.createElement("textarea");
      area.value = words;
      body.appendChild(area);
      area.select();
      var done = document.execCommand("copy");
      area.remove();
      said(done ? "复制好了" : "没有复制成，请自己选中复制");
    }
    if (navigator.clipboard && navigator.clipboard.writeText) {
      navigator.clipboard.writeText(words).then(function () { said("复制好了"); }, by_hand);
    } else by_hand();
  }

  addEventListener("submit", function (event) {
    var ask = event.target.dataset && event.target.dataset.ask;
    if (ask && !confirm(ask)) event.preventDefault();
  });

  // ── what has changed is shown at once, unless something on the page would be lost by it ────
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function open(one) { return one.open; }
  var folds = all("main details").map(open).join(), chosen = new Map();
  all("main select").forEach(function (one) { chosen.set(one, one.selectedIndex); });
  function busy() {
    return all("main input, main textarea").some(function (one) {
      return one === document.activeElement || (one.type === "file" ? one.files.length : one.value !== one.defaultValue);
    }) || all("main select").some(function (one) {
      return one === document.activeElement || one.selectedIndex !== chosen.get(one);
    }) || all("main details").map(open).join() !== folds || document.querySelector("#parts table") || !getSelection().isCollapsed;
  }
  addEventListener("htmx:afterSettle", function () {
    if (document.querySelector("#live .stale") && !busy()) location.reload();
  });

  // Where the middle of the page is put in anew, what was in focus is so again.
  var held;
  function name(one) { return one.getAttribute("href") || one.textContent; }
  addEventListener("htmx:oobBeforeSwap", function () {
    held = document.querySelector("#board :focus");
  });
  addEventListener("htmx:oobAfterSwap", function () {
    var again = held && all("#board a, #board button").filter(function (one) { return name(one) === name(held); })[0];
    if (again) again.focus({ preventScroll: true });
  });

  // ── the grid of a new roster ──────────────────────────────────────────────
  var grid = document.querySelector("[data-grid] tbody");
  function more(count) {
    for (var n = 0; n < count; n += 1) {
      var row = grid.rows[grid.rows.length - 1].cloneNode(true), number = grid.rows.length + 1;
      row.cells[0].textContent = number;
      row.querySelectorAll("input").forEach(function (input) {
        input.value = "";
        input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, number));
      });
      grid.appendChild(row);
    }
  }
  function heads() {
    return Array.prototype.map.call(grid.parentNode.tHead.rows[0].cells, function (cell) { return cell.textContent.trim(); });
  }
  function field(row, column) { return row.cells[column].firstElementChild; }
  function tell(words) { document.getElementById("pasted").textContent = words; }

  if (grid) grid.addEventListener("paste", function (event) {
    var words = event.clipboardData.getData("text/plain").replace(/\r/g, "");
    if (!/[\t\n]/.test(words)) return;
    event.preventDefault();
    var lines = words.replace(/\n+$/, "").split("\n").map(function (line) { return line.split("\t"); });
    var cell = event.target.closest("td"), first = cell.parentNode.rowIndex - 1, column = cell.cellIndex;
    // Where the heading came along, its words say which column is which, in whatever order; else they stand as the grid's own.
    var own = heads(), at = lines[0].map(function (word) { return own.indexOf(word.replace(/\s/g, "")); });
    var headed = at.filter(function (one) { return one > 0; }).length > 0, unused = [];
    if (headed) {
      lines[0].forEach(function (word, n) { if (at[n] <= 0 && word.trim()) unused.push(word.trim()); });
      lines.shift();
    } else at = lines[0].map(function (_, n) { return column + n < own.length ? column + n : 0; });
    if (first + lines.length > grid.rows.length) more(first + lines.length - grid.rows.length);
    lines.forEach(function (line, down) {
      line.forEach(function (value, n) {
        if (at[n] > 0) field(grid.rows[first + down], at[n]).value = value.trim();
      });
    });
    tell("粘贴了 " + lines.length + " 行" + (headed ? "，按表头对上了各列" : "") +
      (unused.length ? "；没有用上的列：" + unused.join("、") : "") + "。");
  });

  // What a list of an office lacks is put in where it is seen, and can be altered: codes, levels, who is above.
  function plain(name) {
    return name.replace(/[\s()（）]/g, "").replace(/(人民政府|本级|汇总|合计|小计)+$/, "");
  }
  var lacking = document.querySelector("[data-complete]");
  if (lacking) lacking.addEventListener("click", function () {
    var heading = heads(), code = heading.indexOf("单位代码"), name = heading.indexOf("单位名称"), level = heading.indexOf("层级"), above = heading.indexOf("上级代码");
    function said(row, column) { return field(row, column).value.trim(); }
    var top = document.querySelector("[data-top]").value.trim(), area = document.querySelector("[name=area]").value.trim();
    var highest = document.querySelector("[data-top-level]").value;
    if (!top || !area) return tell("先填“地区”和“本级的代码”，再点“补上”。");
    var rows = Array.prototype.filter.call(grid.rows, function (row) { return said(row, name); });
    var taken = rows.map(function (row) { return said(row, code); }), number = 0, put = 0;
    // The office's own row is no agency of its own: by its code, else its name, else as the only one of its level that has none above.
    function only(is) { var found = rows.filter(is); return found.length === 1 ? found[0] : undefined; }
    var own = rows.filter(function (row) { return said(row, code) === top; })[0] ||
      rows.filter(function (row) { return plain(said(row, name)) === plain(area); })[0] ||
      only(function (row) { return said(row, level) === highest && !said(row, above); });
    if (own && said(own, code) && said(own, code) !== top) {
      return tell("名录第 " + (own.rowIndex) + " 行“" + said(own, name) + "”是本级，它的代码是 " + said(own, code) + "，与“本级的代码”" + top + " 不同；请改一处，再点“补上”。");
    }
    function free() {
      do { number += 1; } while (taken.indexOf(top + ("0" + number).slice(number > 99 ? -3 : -2)) >= 0);
      return top + ("0" + number).slice(number > 99 ? -3 : -2);
    }
    function fill(row, column, words) {
      if (!said(row, column)) { field(row, column).value = words; put += 1; }
    }
    rows.forEach(function (row) {
      if (row === own) return;
      if (!said(row, code)) fill(row, code, free());
      fill(row, level, /(镇|乡|街道|街道办事处|街道办)$/.test(said(row, name)) ? lacking.dataset.town : lacking.dataset.office);
      fill(row, above, top);
    });
    if (!own) {
      var last = rows.length ? rows[rows.length - 1].rowIndex : 0;
      if (last >= grid.rows.length) more(1);
      own = grid.rows[last];
    }
    fill(own, code, top);
    fill(own, name, area);
    fill(own, level, highest);
    tell("补了 " + put + " 格，请看一遍；不对的直接改。");
    document.querySelector("[data-look]").click();
  });
})();
