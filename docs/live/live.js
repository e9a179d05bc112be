// SPDX-FileCopyrightText: 2026 The tinyrank authors
// SPDX-License-Identifier: MIT

// The live page: sliders, the two runs step by step, and what they look like. The arithmetic is all in the program.
"use strict";

(() => {
  const root = document.getElementById("live");
  const form = root.querySelector("form");
  const said = root.querySelector(".live-said");
  const canvas = (name) => root.querySelector(`canvas[name=${name}]`);
  // The members of `shown` in exports.cpp.
  const members = ["iteration", "descentOutcome", "residual", "error", "signal", "angle", "phase", "leftSpectral",
    "enteredRefinement", "largest", "pass", "stairsOutcome", "verdict", "rank", "stairsResidual", "stairsError", "truthSigma"];
  const defaults = Object.fromEntries([...form.elements].filter((e) => e.type === "range").map((e) => [e.name, e.value]));
  const running = 0, lowest = 1e-7, highest = 3;

  let program, seed = 1, told, descent, stairs, paused = false, frame = 0, firstDone = false;

  const hex = (bits) => BigInt.asUintN(64, bits).toString(16).padStart(16, "0");
  const text = (at) => {
    const bytes = new Uint8Array(program.memory.buffer, at);
    return new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0)));
  };
  const state = () => {
    const values = new Float64Array(program.memory.buffer, program.state(), members.length);
    return Object.fromEntries(members.map((name, i) => [name, values[i]]));
  };
  const number = (x) => (x >= 0.01 ? x.toPrecision(2) : x.toExponential(1));

  function readSliders() {
    const value = (name) => Number(form.elements[name].value);
    told = { n: value("n"), truthRank: value("truthRank"), condition: value("condition"),
      measurements: value("measurements"), noise: value("noise"), columns: Math.max(value("columns"), value("truthRank")) };
    form.elements.columns.value = told.columns;
    const unknowns = told.n * told.truthRank - told.truthRank * (told.truthRank - 1) / 2;
    const says = { n: told.n, truthRank: told.truthRank, condition: told.condition, noise: told.noise + " %",
      measurements: `${told.measurements}, ${(told.measurements / unknowns).toFixed(1)} per unknown`, columns: told.columns };
    for (const [name, words] of Object.entries(says)) {
      form.elements[name].parentElement.querySelector("output").textContent = words;
      form.elements[name].setAttribute("aria-valuetext", words);
    }
  }

  function begin() {
    readSliders();
    const refused = program.begin(told.n, told.truthRank, told.columns, told.measurements, told.condition, told.noise / 100, seed);
    descent = [];
    stairs = [];
    if (refused) {
      said.textContent = "Refused: " + text(refused);
      root.dataset.state = "refused";
      return;
    }
    root.dataset.state = "running";
    delete root.dataset.descentBits;
    delete root.dataset.stairsBits;
    note(state());
    setPaused(false);
    drawMatrix("truth", 0);
    schedule();
  }

  function note(now) {
    descent[now.iteration] = now;
    const last = stairs[stairs.length - 1];
    if (!last || last.pass !== now.pass) stairs.push(now);
  }

  // A pass of one is as long as an iteration of the other.
  function advance() {
    const until = performance.now() + 12;
    const now = descent[descent.length - 1];
    let left = 1 + Math.floor(now.iteration / 100);
    let descends = now.descentOutcome === running, climbs = now.stairsOutcome === running;
    while (left-- > 0 && (descends || climbs)) {
      if (descends) descends = program.step_descent() === running;
      if (climbs) climbs = program.step_staircase() === running;
      const after = state();
      if (after.iteration === descent.length) note(after);
      else {
        Object.assign(descent[descent.length - 1], { descentOutcome: after.descentOutcome });
        if (after.pass !== stairs[stairs.length - 1].pass || after.verdict) stairs.push(after);
      }
      if (performance.now() > until) break;
    }
    return descends || climbs;
  }

  function schedule() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (paused) return;
      const goesOn = advance();
      draw();
      if (goesOn) schedule();
      else ended();
    });
  }

  function ended() {
    root.dataset.descentBits = hex(program.descent_bits());
    root.dataset.stairsBits = hex(program.staircase_bits());
    root.dataset.state = "ended";
    describe();
    if (!firstDone) {
      firstDone = true;
      checkBits();
    }
  }

  function describe() {
    const d = descent[descent.length - 1], s = state();
    const phase = ["alignment", "growth", "refinement"][d.phase];
    const first = s.descentOutcome === running ? `Gradient descent: ${phase}, iteration ${s.iteration}, error ${number(s.error)}.`
      : `Gradient descent: ${text(program.outcome_text(s.descentOutcome))} after ${s.iteration} passes, error ${number(s.error)}.`;
    const second = s.stairsOutcome === running ? `The staircase: rank ${s.rank} so far, pass ${s.pass}.`
      : `The staircase: ${text(program.verdict_text(s.verdict))}, rank ${s.rank}, after ${s.pass} passes, error ${number(s.stairsError)}.`;
    const bits = root.dataset.state === "ended" ? ` factor_bits ${root.dataset.descentBits} and ${root.dataset.stairsBits}.` : "";
    said.textContent = `${first} ${second}${bits}`;
  }

  // ---- Drawing ----

  const color = (name) => getComputedStyle(root).getPropertyValue("--live-" + name).trim();

  function surface(name) {
    const element = canvas(name), ratio = window.devicePixelRatio || 1;
    const width = element.clientWidth, height = element.clientHeight;
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    const g = element.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.clearRect(0, 0, width, height);
    g.font = "11px system-ui, sans-serif";
    return { g, width, height };
  }

  function axes(name, most) {
    const { g, width, height } = surface(name);
    const box = { left: 38, right: width - 8, top: 20, bottom: height - 22 };
    const x = (i) => box.left + (box.right - box.left) * i / most;
    const y = (v) => {
      const share = Math.log(Math.min(Math.max(v, lowest), highest) / lowest) / Math.log(highest / lowest);
      return box.bottom - (box.bottom - box.top) * share;
    };
    return { g, box, x, y };
  }

  function frameOf({ g, box, x, y }, most) {
    g.strokeStyle = color("faint");
    g.fillStyle = color("quiet");
    g.lineWidth = 1;
    for (let power = -6; power <= 0; power += 2) {
      g.beginPath();
      g.moveTo(box.left, y(10 ** power));
      g.lineTo(box.right, y(10 ** power));
      g.stroke();
      g.textAlign = "right";
      g.fillText(power ? "10" + "⁻" + "⁰¹²³⁴⁵⁶"[-power] : "1", box.left - 5, y(10 ** power) + 4);
    }
    const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((s) => most / s <= 6) || 1000;
    g.textAlign = "center";
    for (let i = 0; i <= most; i += step) g.fillText(String(i), x(i), box.bottom + 15);
  }

  function curve({ g, x, y }, points, at, value, style, dash) {
    g.strokeStyle = color(style);
    g.lineWidth = 2;
    g.setLineDash(dash);
    g.beginPath();
    let begun = false;
    for (const point of points) {
      if (!point) continue;
      const px = x(at(point)), py = y(value(point));
      if (begun) g.lineTo(px, py);
      else g.moveTo(px, py);
      begun = true;
    }
    g.stroke();
    g.setLineDash([]);
  }

  function drawDescent() {
    const last = descent[descent.length - 1], most = Math.max(60, last.iteration);
    const plot = axes("descent", most), { g, box, x } = plot;
    const marks = [0, last.leftSpectral, last.enteredRefinement].map((m) => (m < 0 ? null : m));
    const names = box.right - box.left > 380 ? ["I alignment", "II growth", "III refinement"] : ["I", "II", "III"];
    for (let i = 0; i < 3; ++i) {
      if (marks[i] === null) continue;
      const next = marks.slice(i + 1).find((m) => m !== null), to = next === undefined ? last.iteration : next;
      g.fillStyle = color(i === 1 ? "band-2" : "band");
      g.fillRect(x(marks[i]), box.top, x(to) - x(marks[i]), box.bottom - box.top);
      g.fillStyle = color("ink");
      g.textAlign = "center";
      if (x(to) - x(marks[i]) > g.measureText(names[i]).width) g.fillText(names[i], (x(marks[i]) + x(to)) / 2, 14);
    }
    frameOf(plot, most);
    curve(plot, descent, (p) => p.iteration, (p) => p.angle, "angle", [2, 3]);
    curve(plot, descent, (p) => p.iteration, (p) => p.residual, "residual", [6, 4]);
    curve(plot, descent, (p) => p.iteration, (p) => p.signal, "signal", []);
    curve(plot, descent, (p) => p.iteration, (p) => p.error, "error", []);
  }

  function drawStairs() {
    const last = stairs[stairs.length - 1], most = Math.max(20, last.pass);
    const plot = axes("stairs", most), { g, box, x, y } = plot;
    let rank = 0, label = -100;
    stairs.forEach((p) => {
      if (p.rank === rank) return;
      rank = p.rank;
      g.fillStyle = color("band");
      g.fillRect(x(p.pass), box.top, box.right - x(p.pass), box.bottom - box.top);
      g.strokeStyle = color("faint");
      g.strokeRect(x(p.pass), box.top, 0, box.bottom - box.top);
      g.fillStyle = color("ink");
      g.textAlign = "left";
      const words = (label < 0 ? "rank " : "") + rank;
      if (x(p.pass) > label) {
        g.fillText(words, x(p.pass), 14);
        label = x(p.pass) + g.measureText(words).width + 6;
      }
    });
    frameOf(plot, most);
    curve(plot, stairs, (p) => p.pass, (p) => p.stairsResidual, "residual", [6, 4]);
    curve(plot, stairs, (p) => p.pass, (p) => p.stairsError, "error", []);
    g.fillStyle = color("error");
    for (const p of stairs) g.fillRect(x(p.pass) - 2, y(p.stairsError) - 2, 4, 4);
  }

  function drawSpectrum() {
    const { g, width, height } = surface("spectrum");
    const count = Math.min(told.n, told.columns);
    const values = new Float64Array(program.memory.buffer, program.singular_values(), count);
    const share = (v) => Math.max(0, Math.log(Math.max(v, 1e-5) / 1e-5) / Math.log(2 / 1e-5));
    for (let i = 0; i < count; ++i) {
      const h = share(values[i]) * (height - 12), w = (width - 12) / count;
      g.fillStyle = color(i < told.truthRank ? "signal" : "residual");
      g.fillRect(6 + i * w + w * 0.12, height - 4 - h, w * 0.76, h);
    }
  }

  const rgb = (value) => {
    const found = /^#(.)(.)(.)$/.exec(value);
    const long = found ? "#" + found.slice(1).map((c) => c + c).join("") : value;
    return [1, 3, 5].map((i) => parseInt(long.slice(i, i + 2), 16));
  };

  function drawMatrix(name, whose) {
    const n = told.n, element = canvas(name);
    element.width = element.height = n;
    const values = new Float32Array(program.memory.buffer, program.matrix(whose), n * n);
    if (whose === 0) told.largest = values.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
    const paper = rgb(color("paper")), plus = rgb(color("error")), minus = rgb(color("negative"));
    const g = element.getContext("2d"), image = g.createImageData(n, n);
    for (let i = 0; i < n * n; ++i) {
      const share = Math.min(1, Math.abs(values[i]) / told.largest), to = values[i] < 0 ? minus : plus;
      for (let c = 0; c < 3; ++c) image.data[4 * i + c] = paper[c] + share * (to[c] - paper[c]);
      image.data[4 * i + 3] = 255;
    }
    g.putImageData(image, 0, 0);
  }

  function draw() {
    if (!descent.length) return;
    drawDescent();
    drawStairs();
    drawSpectrum();
    drawMatrix("estimate", 1);
    drawMatrix("found", 2);
    describe();
  }

  // ---- The golden runs, one for each frame ----

  function addRow(name, bits, expected) {
    const row = root.querySelector(".live-bits tbody").insertRow();
    for (const words of [name, bits, expected]) row.insertCell().textContent = words;
    row.dataset.equal = bits === expected ? "yes" : "no";
  }

  function checkBits() {
    addRow("this page, as it begins: gradient descent", root.dataset.descentBits, hex(program.expected_descent_bits()));
    addRow("this page, as it begins: the staircase", root.dataset.stairsBits, hex(program.expected_staircase_bits()));
    const count = program.golden_count();
    // Single precision first: a multiply-add in double takes two hundred instructions here.
    const order = [...Array(count).keys()].sort((a, b) => (a % 2) - (b % 2) || a - b);
    const next = () => {
      const i = order.shift();
      if (i === undefined) {
        const rows = [...root.querySelectorAll(".live-bits tbody tr")];
        const equal = rows.filter((row) => row.dataset.equal === "yes").length;
        root.querySelector(".live-agree").textContent = `${equal} of ${rows.length} are the golden bits.`;
        root.dataset.bits = equal === rows.length ? "equal" : "different";
        return;
      }
      addRow(text(program.golden_name(i)), hex(program.golden_bits(i)), hex(program.golden_expected(i)));
      setTimeout(next, 20);
    };
    setTimeout(next, 20);
  }

  // ---- The page ----

  function setPaused(value) {
    paused = value;
    form.elements.pause.textContent = paused ? "Go on" : "Pause";
  }

  let asked = 0;
  function restart() {
    clearTimeout(asked);
    readSliders();
    asked = setTimeout(begin, 60);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", restart);
  form.elements.pause.addEventListener("click", () => {
    setPaused(!paused);
    if (!paused && root.dataset.state === "running") schedule();
  });
  form.elements.again.addEventListener("click", begin);
  form.elements.other.addEventListener("click", () => {
    seed += 1;
    begin();
  });
  const redraw = () => {
    if (!program) return;
    drawMatrix("truth", 0);
    draw();
  };
  window.addEventListener("resize", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.body, { attributes: true, attributeFilter: ["data-theme"] });

  // What a browser kept of an earlier visit is not what the golden bits belong to.
  for (const [name, value] of Object.entries(defaults)) form.elements[name].value = form.elements[name].defaultValue || value;
  const bytes = Uint8Array.from(atob(tinyrankProgram), (letter) => letter.charCodeAt(0));
  WebAssembly.instantiate(bytes, {}).then(({ instance }) => {
    program = instance.exports;
    begin();
  });
})();
