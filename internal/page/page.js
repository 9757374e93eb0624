// Cards beyond the first stand in noscript elements, each one node, until they
// are scrolled to. Nothing here makes markup of text: what a noscript element
// holds was escaped when the page was written.
(() => {
  "use strict";
  const batch = 20;
  const $ = (id) => document.getElementById(id);
  const cards = [...document.querySelectorAll("main > article")];
  const main = $("cards"), filter = $("filter"), end = $("end"), none = $("none"), tip = $("tip"), q = $("q");
  const selects = [["check", (c, v) => c.dataset.checks.split(" ").includes(v)], ["source", (c, v) => c.dataset.source === v]]
    .map(([id, test]) => [$(id), test]).filter(([el]) => el);
  const buttons = [...filter.querySelectorAll("[data-status]")];
  let matching = cards, shown = 0, here = null, round = 0;

  const unfold = (card) => {
    const folded = card.querySelector(":scope > noscript");
    if (!folded) return;
    card.innerHTML = folded.textContent;
  };
  const show = (upTo) => {
    for (; shown < Math.min(upTo, matching.length); shown++) {
      unfold(matching[shown]);
      matching[shown].hidden = false;
    }
    watch();
  };

  // More cards come when the end of the page is near. An observer tells only of
  // changes: it is set again, as the end may still be near.
  const observer = new IntersectionObserver((seen) => {
    if (seen.some((s) => s.isIntersecting) && shown < matching.length) show(shown + batch);
  }, { rootMargin: "1500px 0px" });
  const watch = () => {
    observer.unobserve(end);
    if (shown < matching.length) observer.observe(end);
  };

  // Search: without marks of vowels, tatweel and case, Arabic digits as others.
  const plain = (s) => s.normalize("NFKD").replace(/[\p{M}\u0640]/gu, "").toLowerCase()
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (d) => String(d.charCodeAt(0) & 15))
    .replace(/\u0649/g, "\u064a").replace(/\u0629/g, "\u0647");
  const entities = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&#34;": '"', "&#39;": "'", "&#43;": "+" };
  const texts = new Map();
  const textOf = (card) => {
    if (!texts.has(card)) {
      const folded = card.querySelector(":scope > noscript");
      const text = folded
        ? folded.textContent.replace(/<\/?mark[^>]*>/g, "").replace(/<[^>]*>/g, " ").replace(/&[#\w]+;/g, (e) => entities[e] ?? e)
        : [...card.querySelectorAll("h2, h3, p, li, td, bdi")].map((e) => e.textContent).join(" ");
      texts.set(card, plain(text));
    }
    return texts.get(card);
  };

  const apply = async () => {
    const mine = ++round;
    const words = plain(q.value).split(/\s+/).filter(Boolean);
    const statuses = buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.status);
    const found = [];
    let since = performance.now();
    for (const card of cards) {
      if (statuses.length && !statuses.includes(card.dataset.status)) continue;
      if (!selects.every(([el, test]) => !el.value || test(card, el.value))) continue;
      if (words.length) {
        const text = textOf(card);
        if (!words.every((w) => text.includes(w))) continue;
        if (performance.now() - since > 30) { // let the typing go on
          await new Promise((go) => setTimeout(go));
          if (mine !== round) return;
          since = performance.now();
        }
      }
      found.push(card);
    }
    for (const card of cards) card.hidden = true;
    matching = found;
    shown = 0;
    go(null);
    show(batch);
    none.hidden = found.length > 0;
    $("shown").textContent = found.length === cards.length ? `${cards.length.toLocaleString("en")} articles`
      : `${found.length.toLocaleString("en")} of ${cards.length.toLocaleString("en")}`;
    main.dataset.round = mine;
  };
  let typing;
  q.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(apply, 150); });
  filter.addEventListener("submit", (e) => { e.preventDefault(); apply(); });
  for (const [el] of selects) el.addEventListener("change", apply);
  const press = (b) => { b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") !== "true"); apply(); };
  for (const b of buttons) b.addEventListener("click", () => press(b));
  $("reset").addEventListener("click", () => {
    q.value = "";
    for (const [el] of selects) el.value = "";
    for (const b of buttons) b.setAttribute("aria-pressed", "false");
    apply();
  });

  // Keyboard.
  function go(card) {
    here?.classList.remove("here");
    here = card;
    if (!card) return;
    card.classList.add("here");
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  }
  const step = (by) => {
    const at = here ? matching.indexOf(here) : -1;
    const next = Math.max(0, at + by);
    if (next >= matching.length) return;
    if (next >= shown) show(next + batch);
    go(matching[next]);
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") { untip(); if (e.target === q) q.blur(); return; }
    if (e.target.closest("input, select, textarea")) return;
    switch (e.key) {
      case "j": step(1); break;
      case "k": step(-1); break;
      case "/": e.preventDefault(); q.focus(); q.select(); break;
      case "f": { const b = buttons.find((b) => b.dataset.status === "flagged"); if (b) press(b); break; }
    }
  });

  // Hover, focus or tap marks what belongs together: a key point and its
  // paragraphs, a check and its places on both sides.
  let lit = [], noted = null;
  const light = (target) => {
    for (const el of lit) el.classList.remove("on", "cited");
    lit = [];
    const card = target?.closest?.("article");
    if (!card) return untip();
    const point = target.closest("[data-p]"), check = target.closest("[data-c]"), cited = target.closest("[data-n]");
    const on = (el, name) => { el.classList.add(name); lit.push(el); };
    if (point) {
      on(point, "on");
      const ids = target.closest("a.cite") ? [target.closest("a.cite").textContent] : point.dataset.p.split(" ");
      for (const p of card.querySelectorAll(".source [data-n]")) if (ids.includes(p.dataset.n)) on(p, "cited");
    }
    if (cited) for (const el of card.querySelectorAll(".points [data-p], .translation [data-p]")) if (el.dataset.p.split(" ").includes(cited.dataset.n)) on(el, "on");
    if (check) {
      const ids = check.dataset.c.split(" ");
      for (const el of card.querySelectorAll("[data-c]")) if (ids.some((id) => el.dataset.c.split(" ").includes(id))) on(el, "on");
    }
    const mark = target.closest("mark");
    mark ? showTip(mark) : untip();
  };
  const showTip = (mark) => {
    if (mark.title) { mark.dataset.note = mark.title; mark.removeAttribute("title"); }
    noted = mark;
    tip.textContent = mark.dataset.note;
    tip.hidden = false;
    const box = mark.getBoundingClientRect(), width = tip.offsetWidth, height = tip.offsetHeight;
    tip.style.left = Math.max(12, Math.min(box.left, innerWidth - width - 12)) + "px";
    tip.style.top = (box.top > height + 12 ? box.top - height - 8 : box.bottom + 8) + "px";
  };
  function untip() { tip.hidden = true; noted = null; }
  for (const event of ["pointerover", "focusin", "click"]) main.addEventListener(event, (e) => light(e.target));
  main.addEventListener("pointerleave", () => light(null));
  // What the pointer has left behind goes; what has the focus was scrolled to.
  addEventListener("scroll", () => noted && noted === document.activeElement ? showTip(noted) : untip(), { passive: true });

  // Links to a card, and printing, need it there.
  const follow = () => {
    const id = location.hash.slice(1).match(/^a\d+/)?.[0];
    const at = id ? matching.findIndex((c) => c.id === id) : -1;
    if (at < 0) return;
    if (at >= shown) show(at + 1);
    const target = $(location.hash.slice(1)) ?? matching[at];
    target.scrollIntoView({ block: "nearest" });
    if (target === matching[at]) go(target);
    else light(target);
  };
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => show(matching.length));

  filter.hidden = false;
  apply().then(follow);
})();
