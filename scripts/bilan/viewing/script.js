
"use strict";
// Arcs on the text: from a figure that is pointed at or focused to its sources and its event. Without this script the
// drawing and the table below the text say the same.
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  let shown = null;

  const clear = () => {
    if (!shown) return;
    for (const one of shown.lit) one.classList.remove("lit");
    shown.wires.remove();
    shown = null;
  };

  const box = (element, area) => {
    const own = element.getClientRects()[0] || element.getBoundingClientRect();
    return { x: own.left + own.width / 2 - area.left, y: own.top - area.top, bottom: own.bottom - area.top };
  };

  // of all mentions of a record the one nearest to the figure
  const nearest = (text, record, from) => {
    let best = null;
    for (const one of text.querySelectorAll("[data-r].fs")) {
      if (!one.dataset.r.split(" ").includes(record)) continue;
      const gap = Math.abs(one.getBoundingClientRect().top - from.getBoundingClientRect().top);
      if (!best || gap < best.gap) best = { one, gap };
    }
    return best && best.one;
  };

  const wire = (wires, from, to, look) => {
    const lift = Math.min(64, 14 + Math.abs(to.x - from.x) / 8 + Math.abs(to.y - from.y) / 6);
    const top = Math.min(from.y, to.y) - lift;
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", look);
    path.setAttribute("d", `M${from.x} ${from.y}C${from.x} ${top} ${to.x} ${top} ${to.x} ${to.y - 3}`);
    const tip = document.createElementNS(SVG, "path");
    tip.setAttribute("class", `${look} tip`);
    tip.setAttribute("d", `M${to.x - 5} ${to.y - 8}L${to.x} ${to.y}L${to.x + 5} ${to.y - 8}Z`);
    wires.append(path, tip);
  };

  const show = (figure) => {
    clear();
    const text = figure.closest(".text");
    const area = text.getBoundingClientRect();
    const wires = document.createElementNS(SVG, "svg");
    wires.setAttribute("class", "wires");
    wires.setAttribute("aria-hidden", "true");
    const lit = [figure];
    const from = box(figure, area);
    for (const [ends, look] of [[figure.dataset.s, "to-s"], [figure.dataset.e, "to-e"]]) {
      for (const record of (ends || "").split(" ").filter(Boolean)) {
        const end = nearest(text, record, figure);
        if (!end) continue;
        lit.push(end);
        wire(wires, from, box(end, area), look);
      }
    }
    for (const id of (figure.getAttribute("aria-describedby") || "").split(" ")) {
      const row = document.getElementById(id);
      if (row) lit.push(row);
    }
    for (const one of lit) one.classList.add("lit");
    text.append(wires);
    shown = { figure, wires, lit };
  };

  // a mark of the text, or the link to it in a row of the table
  const figureOf = (target) => {
    if (!(target instanceof Element)) return null;
    const mark = target.closest(".text .figures[data-s]");
    if (mark) return mark;
    const row = target.closest("table.figures tr");
    const link = row && row.querySelector("a[data-f]");
    return link && document.getElementById(link.dataset.f);
  };

  const on = (event) => {
    const figure = figureOf(event.target);
    if (figure) show(figure);
    else if (event.type === "pointerover" && !figureOf(document.activeElement)) clear();
  };
  document.addEventListener("pointerover", on);
  document.addEventListener("focusin", (event) => { clear(); on(event); });
  document.addEventListener("focusout", clear);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") clear(); });
  addEventListener("resize", () => { if (shown) show(shown.figure); });
})();
