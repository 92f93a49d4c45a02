// Filters, and little else: without it everything is there to be read.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const checked = (form, name) =>
    new Set(all(`input[name=${name}]:checked`, form).map((box) => box.value));
  const words = (form) => form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const show = (element, shown) => {
    if (element.hidden === shown) element.hidden = !shown;
  };
  // Typing a word is one change, not eight.
  const later = (act) => {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, 120);
    };
  };
  const wire = (form, apply) => {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", later(apply));
    form.addEventListener("reset", () => setTimeout(apply, 0));
  };

  const findings = document.getElementById("filter-findings");
  if (findings) {
    const provider = new Map();
    for (const option of findings.elements.s.options) provider.set(option.value, option.dataset.p);
    const blocks = all("details.c").map((element) => ({
      element,
      severity: element.dataset.v,
      frameworks: new Set((element.dataset.w || "").split(" ")),
      head: "",
      bodies: all("tbody", element).map((body) => ({
        element: body,
        outcome: body.className,
        rows: all("tr[data-s]", body).map((row) => ({ element: row, scope: row.dataset.s, text: "" })),
      })),
    }));
    const groups = all("[data-group]");
    const total = blocks.reduce((sum, b) => sum + b.bodies.reduce((n, o) => n + o.rows.length, 0), 0);
    const result = findings.querySelector("output");
    const note = document.getElementById("filtered-findings");
    let indexed = false;
    const index = () => {
      for (const block of blocks) {
        block.head = block.element.firstElementChild.textContent.toLowerCase();
        for (const body of block.bodies)
          for (const row of body.rows) row.text = row.element.textContent.toLowerCase();
      }
      indexed = true;
    };
    const apply = () => {
      const outcomes = checked(findings, "o");
      const severities = checked(findings, "v");
      const { p, s, w } = findings.elements;
      const sought = words(findings);
      if (sought.length && !indexed) index();
      let shown = 0;
      let controls = 0;
      for (const block of blocks) {
        const eligible =
          severities.has(block.severity) && (!w.value || block.frameworks.has(w.value));
        let inside = 0;
        if (eligible) {
          const open = sought.filter((word) => !block.head.includes(word));
          for (const body of block.bodies) {
            let here = 0;
            const wanted = outcomes.has(body.outcome);
            for (const row of body.rows) {
              const fits =
                wanted &&
                (!s.value || row.scope === s.value) &&
                (!p.value || provider.get(row.scope) === p.value) &&
                open.every((word) => row.text.includes(word));
              show(row.element, fits);
              if (fits) here += 1;
            }
            show(body.element, here > 0);
            inside += here;
          }
        }
        show(block.element, inside > 0);
        shown += inside;
        if (inside > 0) controls += 1;
      }
      for (const group of groups) show(group, !!group.querySelector("details.c:not([hidden])"));
      const of = controls === 1 ? "1 control" : `${controls} controls`;
      const text = `${shown} of ${total} findings, of ${of}`;
      result.textContent = `Shown: ${text}.`;
      note.hidden = shown === total;
      note.textContent = `A filter is set. Shown here: ${text}.`;
    };
    wire(findings, apply);
    apply();
    findings.querySelector("[data-do=open]").addEventListener("click", () => {
      for (const block of blocks) if (!block.element.hidden) block.element.open = true;
    });
    findings.querySelector("[data-do=close]").addEventListener("click", () => {
      for (const block of blocks) block.element.open = false;
    });
  }

  const requirements = document.getElementById("filter-requirements");
  if (requirements) {
    const rows = all("[data-k]").map((element) => ({
      element,
      state: element.dataset.k,
      framework: element.closest("[data-f]").dataset.f,
      text: "",
    }));
    const groups = all("[data-chapter]");
    const parts = all("[data-f]");
    const result = requirements.querySelector("output");
    const note = document.getElementById("filtered-requirements");
    const once = new Set(rows.filter((row) => row.element.id)).size;
    const apply = () => {
      const states = checked(requirements, "k");
      const { w } = requirements.elements;
      const sought = words(requirements);
      let shown = 0;
      for (const row of rows) {
        if (sought.length && !row.text) row.text = row.element.textContent.toLowerCase();
        const fits =
          states.has(row.state) &&
          (!w.value || row.framework === w.value) &&
          sought.every((word) => row.text.includes(word));
        show(row.element, fits);
        if (fits && row.element.id) shown += 1;
      }
      for (const group of groups) show(group, !!group.querySelector("[data-k]:not([hidden])"));
      for (const part of parts) show(part, !w.value || part.dataset.f === w.value);
      result.textContent = `Shown: ${shown} of ${once} requirements.`;
      note.hidden = shown === once;
      note.textContent = `A filter is set. Shown: ${shown} of ${once} requirements.`;
    };
    wire(requirements, apply);
    apply();
  }

  // A link leads to something that is closed: open it, and show it even where a filter hides it.
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) {
      at.hidden = false;
      if (at.tagName === "DETAILS") at.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // Where the style sheet cannot print what is closed.
  if (!CSS.supports("selector(::details-content)")) {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all("details:not([open])");
      for (const details of opened) details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const details of opened) details.open = false;
    });
  }
})();
