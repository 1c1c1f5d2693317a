/* Candor's widget: <candor-widget business="acme" type="badge|card" theme="auto|light|dark" lang="en|sv">.
   No cookies, no framework, no inline styles: it asks of a shop's content policy one script-src and one connect-src.
   What stands inside the element keeps the place and the size, and stays as a link when nothing can be reached. */
(() => {
  if (customElements.get("candor-widget")) return;

  const HERE = new URL(".", document.currentScript.src).href;
  const SIZE = { badge: [260, 72], card: [320, 440] };
  const WORDS = {
    en: {
      Excellent: "Excellent", Great: "Great", Average: "Average", Poor: "Poor", Bad: "Bad",
      one: "1 review", other: "# reviews", none: "No score yet", stars: "# of 5 stars",
      about: "Customer reviews of #", range: "Nine times in ten the true mean is #", all: "Read all reviews",
      first: "The score appears with the first review that counts.",
    },
    sv: {
      Excellent: "Utmärkt", Great: "Mycket bra", Average: "Medel", Poor: "Svagt", Bad: "Dåligt",
      one: "1 omdöme", other: "# omdömen", none: "Inget betyg än", stars: "# av 5 stjärnor",
      about: "Kundomdömen om #", range: "Sant medelvärde nio gånger av tio: #", all: "Läs alla omdömen",
      first: "Betyget visas med det första omdömet som räknas.",
    },
  };
  const STAR = "M11.38 2.77Q12 1.4 12.62 2.77L15.12 8.31L21.16 8.98Q22.65 9.14 21.54 10.15L17.04 14.24L18.28 20.19Q18.58 21.66 17.28 20.92L12 17.9L6.72 20.92Q5.42 21.66 5.72 20.19L6.96 14.24L2.46 10.15Q1.35 9.14 2.84 8.98L8.88 8.31Z";
  const HALF = "M12 17.9L6.72 20.92Q5.42 21.66 5.72 20.19L6.96 14.24L2.46 10.15Q1.35 9.14 2.84 8.98L8.88 8.31L11.38 2.77Q11.69 2.08 12 2.08Z";

  const look = new CSSStyleSheet();
  look.replaceSync(STYLE);
  const hold = new CSSStyleSheet();
  hold.replaceSync(":host{display:block}.p{display:inline-block;position:relative;vertical-align:top;max-inline-size:100%}" +
    ".ready>slot{visibility:hidden}.p>.w{position:absolute;inset-block-start:0;inset-inline-start:0}" +
    Object.entries(SIZE).map(([type, [x, y]]) => `.p-${type}{inline-size:${x}px;min-block-size:${y}px}.p>.${type}{block-size:${y}px}`).join(""));

  /* Nodes are built, never parsed from text, so that no review can be more than words. */
  const SVG = "http://www.w3.org/2000/svg";
  const node = (name, attributes, ...inside) => {
    const made = /^(svg|path|g|circle)$/.test(name) ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    made.append(...inside);
    return made;
  };
  const stars = (half, size, words) => {
    const drawn = node("svg", { class: "s", viewBox: "0 0 120 24", width: size * 5, height: size, role: "img", "aria-label": words });
    for (let i = 0; i < 5; i++) {
      const full = half - 2 * i, at = { transform: `translate(${24 * i})` };
      if (full < 2) drawn.append(node("path", { ...at, d: STAR }));
      if (full > 0) drawn.append(node("path", { ...at, class: "f", d: full > 1 ? STAR : HALF }));
    }
    return drawn;
  };
  const mark = () => node("span", { class: "m" },
    node("svg", { viewBox: "0 0 24 24", width: 12, height: 12, "aria-hidden": "true" }, node("path", { d: "M19.5 16.7a9 9 0 1 1 0-9.4" })), "Candor");

  /* What every form says. Nothing here is chosen by the shop. */
  const told = (data, lang) => {
    const words = WORDS[lang], locale = lang === "en" ? "en-GB" : lang, { tenths, half_stars, label, low, high, count } = data.score;
    const number = (value, digits = 0) => value.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return {
      words, half: half_stars ?? 0, none: tenths === null,
      score: tenths === null ? "–" : number(tenths / 10, 1),
      label: tenths === null ? words.none : words[label],
      range: tenths === null ? words.first : words.range.replace("#", `${number(low, 1)}–${number(high, 1)}`),
      count: count === 1 ? words.one : words.other.replace("#", number(count)),
      stars: (half) => words.stars.replace("#", number(half / 2, half % 2)),
      about: words.about.replace("#", data.name),
      day: (at) => new Date(at).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" }),
    };
  };
  const link = (data, attributes, ...inside) =>
    node("a", { href: data.links.page, target: "_blank", rel: "noopener", ...attributes }, ...inside);
  const heading = (t, size) => stars(t.half, size, t.none ? t.label : t.stars(t.half));

  const DRAWN = {
    badge: (data, t) => link(data, {},
      node("span", { class: "v" }, t.about + ": "),
      node("span", { class: "n" }, t.score),
      node("div", {},
        node("div", { class: "r" }, heading(t, 18), mark()),
        node("div", { class: "o" }, node("b", {}, t.label), t.none ? "" : ` · ${t.count}`))),
    card: (data, t) => node("section", { "aria-label": t.about },
      node("div", {},
        node("b", {}, data.name),
        node("div", { class: "h" },
          node("span", { class: "n" }, t.score),
          node("div", {}, heading(t, 20), node("div", { class: "o" }, node("b", {}, t.label), t.none ? "" : ` · ${t.count}`))),
        node("p", { class: "o" }, t.range)),
      node("ul", {}, ...data.reviews.map((each) => node("li", {},
        node("div", { class: "r" }, stars(each.stars * 2, 14, t.stars(each.stars * 2)),
          node("span", { class: "o" }, `${each.name} · ${t.day(each.at)}`)),
        node("p", { class: "t" }, each.title ? node("b", {}, each.title) : "", each.title ? " " : "", each.text)))),
      node("p", { class: "f" }, link(data, {}, t.words.all), mark())),
  };

  /* One request a business, however many widgets a page has. */
  const asked = {};
  const ask = (business) => asked[business] ??= fetch(`${HERE}${encodeURIComponent(business)}.json`, { credentials: "omit", referrerPolicy: "no-referrer" })
    .then((answer) => answer.ok ? answer.json() : null).catch(() => null);

  customElements.define("candor-widget", class extends HTMLElement {
    static observedAttributes = ["business", "type", "theme", "lang"];
    #place;

    connectedCallback() {
      if (!this.#place) {
        const shadow = this.attachShadow({ mode: "open" });
        shadow.adoptedStyleSheets = [hold, look];
        this.#place = node("div", {}, node("slot"));
        shadow.append(this.#place);
      }
      this.#show();
    }

    attributeChangedCallback() { if (this.#place) this.#show(); }

    async #show() {
      const type = this.getAttribute("type") === "card" ? "card" : "badge", theme = this.getAttribute("theme"), business = this.getAttribute("business");
      this.#place.className = `p p-${type}`;
      const data = await ask(business);
      if (!data || business !== this.getAttribute("business")) return;
      const spoken = (this.lang || this.closest("[lang]")?.lang || data.language).slice(0, 2);
      const drawn = DRAWN[type](data, told(data, WORDS[spoken] ? spoken : "en"));
      drawn.classList.add("w", type);
      if (theme === "light" || theme === "dark") drawn.classList.add(theme);
      drawn.lang = WORDS[spoken] ? spoken : "en";
      this.#place.replaceChildren(this.#place.firstChild, drawn);
      this.#place.classList.add("ready");
    }
  });
})();
