// What a page of the book does around its text, in the place of the scripts of the theme and of Bootstrap, which
// weigh ten times as much and read the layout of every cell while the page loads: light and dark, side bars, the
// contents beside the text, menus, the way back to the top, and keys for what scrolls.
(() => {
  "use strict";
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const on = (target, kind, listener, options) => target?.addEventListener(kind, listener, options);

  // Light, dark, or as the system has it. The head of the page has set it once, before anything was drawn.
  function themes() {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const set = (mode) => {
      root.dataset.mode = mode;
      root.dataset.theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
      try {
        localStorage.setItem("mode", mode);
        localStorage.setItem("theme", root.dataset.theme);
      } catch { /* a browser that keeps nothing */ }
    };
    const order = () => (dark.matches ? ["auto", "light", "dark"] : ["auto", "dark", "light"]);
    const next = () => order()[(order().indexOf(root.dataset.mode) + 1) % 3];
    for (const button of all(".theme-switch-button")) on(button, "click", () => set(next()));
    on(dark, "change", () => root.dataset.mode === "auto" && set("auto"));
  }

  // On a narrow page a side bar opens as a dialog over the text, with what it holds moved into it.
  function sideBar(name) {
    const [bar, dialog] = [`#pst-${name}-sidebar`, `#pst-${name}-sidebar-modal`].map(find);
    if (!bar || !dialog) return;
    let pressed = null; // of the two buttons that a page has, the theme shows one
    const move = (from, to) => {
      to.append(...from.childNodes);
      to.classList.add(...from.classList);
      from.className = "";
    };
    for (const button of all(`.${name}-toggle`)) on(button, "click", () => {
      if (name === "primary" && matchMedia("(min-width: 992px)").matches) {
        bar.classList.toggle("pst-sidebar-hidden");
        return;
      }
      pressed = button;
      move(bar, dialog);
      dialog.showModal();
    });
    on(dialog, "close", () => {
      move(dialog, bar);
      pressed?.focus();
    });
    on(dialog, "click", (event) => (event.target.closest("a") || outside(dialog, event)) && dialog.close());
  }

  // Was it a click beside the dialog, on what it covers?
  function outside(dialog, { target, clientX, clientY }) {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
  }

  // The side bar shows where the reader is, and stays where it was between pages.
  function sideBarPosition() {
    const bar = find("#pst-primary-sidebar");
    if (!bar || !bar.clientHeight) return;
    const kept = Number.parseInt(sessionStorage.getItem("sidebar-scroll-top"), 10);
    const here = [...bar.querySelectorAll(".bd-docs-nav .active")].at(-1);
    if (!Number.isNaN(kept)) bar.scrollTop = kept;
    else if (here) bar.scrollTop = Math.max(0, here.offsetTop - bar.clientHeight / 2);
    on(window, "pagehide", () => sessionStorage.setItem("sidebar-scroll-top", bar.scrollTop));
  }

  // The contents beside the text mark the section that is read.
  function contents() {
    const links = all("#pst-page-toc-nav a[href^='#']").filter((link) => link.hash.length > 1);
    if (!links.length) return;
    const mark = (current) => {
      for (const link of links) {
        link.classList.toggle("active", link === current);
        if (link === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
      for (const entry of all("#pst-page-toc-nav .toc-entry")) {
        entry.classList.toggle("active", entry.contains(current));
      }
    };
    const linkOf = new Map();
    for (const link of links) {
      const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const heading = target?.querySelector("h1, h2, h3, h4, h5, h6") ?? target;
      if (heading) linkOf.set(heading, link);
    }
    const upperThird = new IntersectionObserver((entries) => {
      const seen = entries.filter((entry) => entry.isIntersecting).at(-1);
      if (seen) mark(linkOf.get(seen.target));
    }, { rootMargin: "0px 0px -70% 0px" });
    for (const heading of linkOf.keys()) upperThird.observe(heading);
    const follow = () => {
      const link = links.find((one) => one.hash === location.hash);
      if (link) setTimeout(mark, 100, link); // after the page has moved there
    };
    on(window, "hashchange", follow);
    follow();
  }

  // Menus in the head of the page: one is open at a time; arrows move in it, Escape closes it.
  function menus() {
    const buttons = all("[data-bs-toggle='dropdown']");
    const menuOf = (button) => button.parentElement.querySelector(".dropdown-menu");
    const show = (button, open) => {
      menuOf(button)?.classList.toggle("show", open);
      button.setAttribute("aria-expanded", String(open));
    };
    const closeAll = () => buttons.forEach((button) => show(button, false));
    for (const button of buttons) {
      on(button, "click", (event) => {
        const open = button.getAttribute("aria-expanded") !== "true";
        closeAll();
        show(button, open);
        event.stopPropagation();
      });
      on(button.parentElement, "keydown", (event) => {
        const items = [...menuOf(button).querySelectorAll("a, button")];
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (event.key === "Escape") {
          closeAll();
          button.focus();
        } else if (step) {
          show(button, true);
          const at = items.indexOf(document.activeElement);
          items[at < 0 ? (step > 0 ? 0 : items.length - 1) : (at + step + items.length) % items.length]?.focus();
          event.preventDefault();
        }
      });
    }
    on(document, "click", closeAll);
  }

  // The way back to the top shows itself to who scrolls up, and the head has a shadow while text lies below it.
  function scrolling() {
    const button = find("#pst-back-to-top");
    on(button, "click", () => scrollTo({ top: 0 }));
    let before = 0;
    on(window, "scroll", () => {
      const now = window.scrollY;
      document.body.classList.toggle("scrolled", now > 0);
      if (button) button.style.display = now > innerHeight && now < before ? "block" : "none";
      before = now;
    }, { passive: true });
  }

  // What scrolls by itself can be reached by the Tab key, and what does not is no stop.
  function scrollingParts() {
    const named = { "math": "formula, wider than the page" };
    const sizes = new ResizeObserver((entries) => {
      const scrolls = entries.map(({ target: part }) => // read all, then write all
        part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1);
      entries.forEach(({ target: part }, index) => {
        if (scrolls[index]) part.tabIndex = 0;
        else part.removeAttribute("tabindex");
        const name = named[part.classList[0]];
        if (!name) return;
        for (const [attribute, value] of [["role", "group"], ["aria-label", name]]) {
          if (scrolls[index]) part.setAttribute(attribute, value);
          else part.removeAttribute(attribute);
        }
      });
    });
    for (const part of all("pre, div.math:not([tabindex]), .cell_output > .output, .pst-scrollable-table-container")) sizes.observe(part);
  }

  window.toggleFullScreen = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  const start = () => {
    themes();
    ["primary", "secondary"].forEach(sideBar);
    sideBarPosition();
    contents();
    menus();
    scrolling();
    scrollingParts();
  };
  if (document.readyState === "loading") on(document, "DOMContentLoaded", start);
  else start();
})();
