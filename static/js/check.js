/* "Check this score": what verify.py does for a whole log, for one business, here in the reader's browser.

   Nothing but the browser's own SHA-256, Ed25519 and whole numbers (BigInt). It reads four public files of the business,
   and says the same sentences as verify.py when something is wrong. */

const WEIGHTS = "126d3a8a3c42b8f07b6cdf76d964367cea8fdee884561e089fc59c23a5094801";
const REASONS = "harmful illegal personal-data advertising not-genuine wrong-business conflict-of-interest court-order".split(" ");
const UNCOUNTED = "superseded incentivised insider product imported".split(" ");
const ANY = "submitted published held rejected removed withdrawn";
/* Fields beside v, kind, day, business and seq; states it may come from; state it leads to; allowed reasons. */
const KINDS = {
  policy: ["formula weights"],
  asked: ["asked"],
  score: ["tenths policy size"],
  submit: ["review core text", "", "submitted", [""]],
  publish: ["review actor reason", "submitted held", "published", [""]],
  hold: ["review actor reason", "submitted published", "held", REASONS],
  reject: ["review actor reason", "submitted held", "rejected", REASONS],
  remove: ["review actor reason", "published", "removed", REASONS],
  restore: ["review actor reason", "removed rejected", "published", ["", ...REASONS]],
  withdraw: ["review", "published held removed", "withdrawn", [""]],
  erase: ["review actor reason", ANY, "erased", ["", "lost", ...REASONS]],
  edit: ["review core text", "published held", "", [""]],
  hidetext: ["review reason", "published held", "", REASONS],
  reply: ["review reply", "published", "", [""]],
  uncount: ["review reason", ANY, "", UNCOUNTED],
  count: ["review reason", ANY, "", UNCOUNTED],
};
const NUMBERS = new Set("v day seq tenths policy size".split(" "));
const DAY = 86400000;

export class Wrong extends Error {}
export class CannotLook extends Error {}

/* --- Bytes, hashes, signatures --- */
const bytes = (text) => new TextEncoder().encode(text);
const hex = (data) => Array.from(data, (each) => each.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function unbase64(text) {
  try {
    return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  } catch {
    throw new Wrong("something that should be base64 is not");
  }
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
}

/* The name and the key of a key line (C2SP signed-note). */
async function parseKey(line) {
  const [, name, hash, encoded] = line.trim().match(/^([^+]+)\+([0-9a-f]{8})\+(.+)$/) ?? [];
  const raw = encoded ? unbase64(encoded) : new Uint8Array();
  if (raw.length !== 33 || hex((await sha256(bytes(name + "\n"), raw)).slice(0, 4)) !== hash)
    throw new Wrong("a key line is not well formed");
  return { name, hash, raw: raw.slice(1) };
}

/* The size and root of a signed checkpoint. A browser without Ed25519 says so and does not pretend. */
async function parseCheckpoint(note, key) {
  const cut = note.lastIndexOf("\n\n");
  const text = note.slice(0, cut + 1);
  const mine = note.slice(cut + 2).split("\n").map((line) => line.split(" "))
    .filter((words) => words.length === 3 && words[1] === key.name).map((words) => unbase64(words[2]));
  const signature = mine.find((raw) => hex(raw.slice(0, 4)) === key.hash);
  let known;
  try {
    known = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new CannotLook("this browser does not know the signature Ed25519");
  }
  if (!signature || !(await crypto.subtle.verify("Ed25519", known, signature.slice(4), bytes(text))))
    throw new Wrong(`the checkpoint is not signed by ${key.name}`);
  const [origin, size, root] = text.split("\n");
  if (origin !== key.name || !/^\d{1,15}$/.test(size)) throw new Wrong(`the checkpoint is not one of the log ${key.name}`);
  return { size: Number(size), root: hex(unbase64(root)) };
}

/* The root that an inclusion proof leads to (RFC 9162, 2.1.3.2). */
async function rootFromProof(entry, index, size, proof) {
  let current = await sha256(new Uint8Array([0]), bytes(entry));
  let last = size - 1;
  for (const sibling of proof.map(unbase64)) {
    if (last === 0) return "";
    if (index % 2 || index === last) {
      current = await sha256(new Uint8Array([1]), sibling, current);
      while (index && index % 2 === 0) [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    } else current = await sha256(new Uint8Array([1]), current, sibling);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return last ? "" : hex(current);
}

/* --- Entries and commitments --- */
const canonical = (value) => `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${JSON.stringify(value[key])}`).join(",")}}`;

function parseEntry(raw, index) {
  try {
    const entry = JSON.parse(raw);
    const fields = ["v", "kind", "day", ...KINDS[entry.kind][0].split(" "), ...(entry.kind === "policy" ? [] : ["business", "seq"])];
    const typed = fields.every((name) => (NUMBERS.has(name) ? Number.isSafeInteger(entry[name]) : typeof entry[name] === "string"));
    if (typed && entry.v === 1 && Object.keys(entry).length === fields.length && canonical(entry) === raw) return entry;
  } catch { /* Told below. */ }
  throw new Wrong(`entry ${index} is not an entry of candor-ledger/1`);
}

async function commitment(kind, opened) {
  const plain = Object.values(opened.value).every((each) => typeof each === "string" || Number.isSafeInteger(each));
  if (!plain || !/^[0-9a-f]{64}$/.test(opened.salt)) return "";
  return hex(await sha256(bytes(`candor-ledger/1 ${kind}\n`), unhex(opened.salt), bytes(canonical(opened.value))));
}

async function readOpenings(text, code) {
  const opened = new Map();
  for (const line of text.split("\n").filter(Boolean)) {
    try {
      const told = JSON.parse(line);
      for (const kind of ["core", "text", "reply", "asked"])
        if (kind in told) opened.set(await commitment(kind, told[kind]), { kind, value: told[kind].value });
    } catch {
      throw new Wrong(`${code}: a line of its openings is broken`);
    }
  }
  return opened;
}

/* --- The score (score.md), in whole numbers --- */
/* W(age): 2^32 halved every 182.5 days. Each root is found by halving an interval, with one bit more than is kept. */
async function weights() {
  const roots = [];
  for (let k = 0n; k < 365n; k++) {
    let [low, high] = [1n << 32n, (1n << 33n) + 1n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (middle ** 365n <= 1n << (33n * 365n - k)) low = middle;
      else high = middle;
    }
    roots.push((low + 1n) / 2n);
  }
  if (hex(await sha256(bytes(roots.join("\n")))) !== WEIGHTS) throw new CannotLook("this browser's arithmetic is not what it should be");
  return Array.from({ length: 5841 }, (_, age) => roots[(2 * age) % 365] >> BigInt(Math.floor((2 * age) / 365)));
}

class Score {
  constructor(table) {
    Object.assign(this, { table, days: new Map(), erased: 0 });
  }

  add({ day, stars }, by) {
    const of = this.days.get(day) ?? { reviews: 0, stars: 0, erased: 0 };
    this.days.set(day, { reviews: of.reviews + by, stars: of.stars + by * stars, erased: of.erased + (stars ? 0 : by) });
    this.erased += stars ? 0 : by;
  }

  sums(asOf, unknown) {
    let [count, n, d] = [0, 49n << 31n, 7n << 32n];
    for (const [day, { reviews, stars, erased }] of this.days) {
      if (!reviews || asOf < day || asOf - day >= this.table.length) continue;
      const weight = this.table[asOf - day];
      [count, n, d] = [count + reviews, n + BigInt(stars + unknown * erased) * weight, d + BigInt(reviews) * weight];
    }
    return { count, n, d };
  }

  tenths(asOf, unknown) {
    const { count, n, d } = this.sums(asOf, unknown);
    return count ? Number((20n * n + d) / (2n * d)) : 0;
  }
}

/* --- The replay, held to the rules of ledger.md --- */
class Replay {
  constructor(code, opened, policies, today, table) {
    Object.assign(this, { code, opened, policies, today, reviews: new Map(), score: new Score(table) });
    Object.assign(this, { changed: -1, logged: -1, seq: 0, day: 0 });
  }

  wrong(index, what) {
    return new Wrong(`${this.code}, entry ${index}: ${what}`);
  }

  run(entries, shown) {
    const wanted = entries.filter(([, entry]) => entry.kind === "score").map(([index, entry]) => [entry.size, index, entry]);
    wanted.push([shown.size, Infinity, shown]);
    wanted.sort((one, other) => other[0] - one[0] || other[1] - one[1]);
    const erased = new Set(entries.filter(([, entry]) => entry.kind === "erase").map(([, entry]) => entry.review));
    for (const [index, entry] of entries) {
      while (wanted.length && wanted.at(-1)[0] <= index) this.compare(...wanted.pop().slice(1));
      if (entry.seq !== this.seq) throw this.wrong(index, `it is number ${entry.seq} of its business, and number ${this.seq} is due`);
      if (entry.day < this.day) throw this.wrong(index, "its day lies before that of an earlier entry: backdated");
      [this.seq, this.day] = [this.seq + 1, entry.day];
      if (entry.kind === "score") this.checkScore(index, entry);
      else if (entry.kind !== "asked") this.happen(index, entry, erased);
    }
    while (wanted.length) this.compare(...wanted.pop().slice(1));
    this.checkEnd();
  }

  happen(index, entry, erased) {
    const fresh = { id: entry.review, day: entry.day, state: "", held: 0, versions: [], uncounted: "", reply: "", hidden: false, counts: null, everCounted: new Set() };
    const review = this.reviews.get(entry.review) ?? fresh;
    this.checkStep(index, entry, review);
    this.reviews.set(review.id, review);
    review.state = KINDS[entry.kind][2] || review.state;
    if (entry.kind === "hold") review.held = entry.day;
    if (entry.kind === "reply") review.reply = entry.reply;
    if (entry.kind === "hidetext") review.hidden = true;
    if (entry.kind === "uncount") review.uncounted = entry.reason;
    if (entry.kind === "count") review.uncounted = "";
    if (entry.kind === "submit" || entry.kind === "edit") {
      review.hidden = false;
      review.versions.push([entry.core, entry.text]);
      this.checkCore(index, review, erased.has(review.id));
    }
    this.count(index, review, erased.has(review.id));
  }

  checkStep(index, entry, review) {
    const { kind } = entry;
    const [, origins, target, reasons] = KINDS[kind];
    const legal = review.state ? origins.split(" ").includes(review.state) : kind === "submit";
    const twice = (kind === "uncount" && review.uncounted) || (kind === "count" && !review.uncounted);
    if (!legal || twice) throw this.wrong(index, `${kind} of review ${review.id}, which is ${review.state || "not there"}: an illegal transition`);
    const days = entry.day - review.held;
    if (review.state === "held" && target && days > 3) throw this.wrong(index, `review ${review.id} was held for ${days} days, and 3 are allowed`);
    if (!reasons.includes(entry.reason ?? "") || !["service", "author", "court"].includes(entry.actor ?? "service"))
      throw this.wrong(index, `${kind} of review ${review.id}: reason or actor is not in the closed list`);
  }

  core(number) {
    const opened = this.opened.get(number);
    return opened?.kind === "core" ? opened.value : null;
  }

  checkCore(index, review, erased) {
    const core = this.core(review.versions.at(-1)[0]);
    if (!core) return;
    const first = this.core(review.versions[0][0]) ?? core;
    if (erased) throw this.wrong(index, `review ${review.id} was erased, and its opening is still there`);
    if (Object.keys(core).sort().join() !== "business,day,experienced,review,source,stars,subject")
      throw this.wrong(index, `the core of review ${review.id} is not one of candor-ledger/1`);
    if (core.business !== this.code || core.review !== review.id || ![1, 2, 3, 4, 5].includes(core.stars))
      throw this.wrong(index, `the core of review ${review.id} is not its own`);
    if (core.day !== review.day && core.day !== review.day - 1)
      throw this.wrong(index, `review ${review.id} is of day ${core.day}, logged on ${review.day}: backdated`);
    if (canonical({ ...core, stars: 0 }) !== canonical({ ...first, stars: 0 }))
      throw this.wrong(index, `an edit of review ${review.id} changed more than its stars and words`);
  }

  count(index, review, erased) {
    let now = null;
    if (review.state === "published" && !review.uncounted) {
      const number = review.versions.at(-1)[0];
      const core = this.core(number);
      if (!core && !erased) throw new Wrong(`${this.code}: the core of review ${review.id} does not open: changed or deleted`);
      if (core && (core.subject !== "service" || !["ticket", "order", "organic"].includes(core.source)))
        throw this.wrong(index, `review ${review.id} counts, and is ${core.source} about ${core.subject}`);
      now = { number, day: core ? core.day : review.day, stars: core ? core.stars : 0 };
      review.everCounted.add(number);
    }
    const before = review.counts;
    const same = now && before ? now.day === before.day && now.stars === before.stars && (now.stars || now.number === before.number) : now === before;
    if (!same) {
      this.changed = index;
      if (before) this.score.add(before, -1);
      if (now) this.score.add(now, 1);
    }
    review.counts = now;
  }

  checkScore(index, entry) {
    if (entry.size > index) throw this.wrong(index, `a score of ${entry.size} entries, which were not there yet`);
    if (entry.policy !== Math.max(-1, ...this.policies.filter((at) => at < index)))
      throw this.wrong(index, `a score under the policy of entry ${entry.policy}, which was not in force`);
    this.logged = Math.max(this.logged, entry.size);
  }

  compare(index, entry) {
    const onShow = index === Infinity;
    const [where, asOf] = onShow ? ["the score on show", entry.as_of] : [`entry ${index}`, entry.day];
    const [low, high] = [this.score.tenths(asOf, 1), this.score.tenths(asOf, 5)];
    const said = (tenths) => (tenths / 10).toFixed(1);
    if (entry.tenths < low || entry.tenths > high)
      throw new Wrong(`${this.code}, ${where}: it says ${said(entry.tenths)}, and the reviews make ${low === high ? said(low) : `between ${said(low)} and ${said(high)}`}`);
    const { count, n, d } = this.score.sums(asOf, 0);
    if (onShow && !this.score.erased && (entry.count !== count || entry.n !== String(n) || entry.d !== String(d)))
      throw new Wrong(`${this.code}, ${where}: its exact numbers are not those that the reviews make`);
  }

  checkEnd() {
    if (this.changed >= Math.max(this.logged, 0)) throw this.wrong(this.changed, "what counts changed, and no score was logged after it");
    for (const review of this.reviews.values()) {
      if (review.state === "held" && this.today - review.held > 3)
        throw new Wrong(`${this.code}: review ${review.id} is held for ${this.today - review.held} days, and 3 are allowed`);
      if (review.state === "erased") continue;
      const needed = review.versions.filter(([core]) => review.everCounted.has(core)).map(([core]) => ["core", core]);
      if (review.state === "published" && !review.hidden) needed.push(["text", review.versions.at(-1)[1]]);
      if (review.state === "published" && review.reply) needed.push(["reply", review.reply]);
      for (const [kind, number] of needed)
        if (this.opened.get(number)?.kind !== kind) throw new Wrong(`${this.code}: the ${kind} of review ${review.id} does not open: changed or deleted`);
    }
  }
}

/* --- All of it, step by step. `tell(step, ...numbers)` is called when a step is done. --- */
async function read(address) {
  const answer = await fetch(address, { cache: "no-cache" });
  if (!answer.ok) throw new CannotLook(`${address}: ${answer.status}`);
  return answer.text();
}

export async function check(code, tell) {
  const [ledger, openings, score, vkey] = await Promise.all(
    [`/b/${code}/ledger.json`, `/b/${code}/openings.jsonl`, `/b/${code}/score.json`, "/ledger/key"].map(read));
  const [told, shown, today] = [JSON.parse(ledger), JSON.parse(score), Math.floor(Date.now() / DAY)];
  tell("read", told.entries.length, shown.tenths / 10);
  const key = await parseKey(vkey.split("\n")[0]);
  const { size, root } = await parseCheckpoint(told.checkpoint, key);
  tell("signed", size);
  for (const { index, entry, proof } of [...told.policies, ...told.entries])
    if ((await rootFromProof(entry, index, size, proof)) !== root)
      throw new Wrong(`${code}, entry ${index}: it does not lead to the signed root`);
  tell("included", told.entries.length + told.policies.length, root);
  const parsed = (list) => list.map(({ index, entry }) => [index, parseEntry(entry, index)]);
  const [policies, entries] = [parsed(told.policies), parsed(told.entries)];
  for (const [index, policy] of policies)
    if (policy.formula !== "score-1" || policy.weights !== WEIGHTS) throw new Wrong(`entry ${index}: a policy of another formula than score-1`);
  const opened = await readOpenings(openings, code);
  tell("opened", opened.size);
  const other = await parseCheckpoint(shown.checkpoint, key);
  if (other.size !== shown.size || other.size > size) throw new CannotLook("the log moved on meanwhile");
  if (other.size === size && other.root !== root) throw new Wrong(`${code}, the score on show: there are two checkpoints of ${size} entries`);
  if (Math.abs(today - shown.as_of) > 1) throw new Wrong(`${code}, the score on show: it is of day ${shown.as_of}, and today is ${today}`);
  const replay = new Replay(code, opened, policies.map(([index]) => index), today, await weights());
  replay.run(entries, shown);
  tell("computed", entries.filter(([, entry]) => entry.kind === "score").length, replay.score.sums(shown.as_of, 0).count);
  tell("equal", (replay.score.tenths(shown.as_of, 0) / 10).toFixed(1));
}

/* --- The page --- */
const LOOKS = 4;
const PAUSE = 4000;

async function checkPage(section) {
  const steps = new Map(Array.from(section.querySelectorAll("[data-step]"), (each) => [each.dataset.step, each]));
  const outcome = section.querySelector("[data-outcome]");
  const show = (name) => {
    outcome.dataset.outcome = name;
    for (const each of outcome.children) each.hidden = each.dataset.when !== name;
  };
  section.classList.add("checking");
  show("running");
  for (let look = 1; ; look++) {
    for (const step of steps.values()) delete step.dataset.done;
    try {
      await check(section.dataset.business, (step, ...numbers) => {
        steps.get(step).dataset.done = "yes";
        steps.get(step).querySelectorAll("[data-number]").forEach((each, at) => (each.textContent = numbers[at].toLocaleString(document.documentElement.lang)));
      });
      return show("agrees");
    } catch (problem) {
      /* What is live may be some seconds ahead of the signed log: it is looked at again before it is called wrong. */
      if (look < LOOKS && section.dataset.patient !== "no") {
        await new Promise((resume) => setTimeout(resume, PAUSE));
        continue;
      }
      const name = problem instanceof Wrong ? "wrong" : "unknown";
      outcome.querySelector(`[data-when="${name}"] [data-fault]`).textContent = problem.message;
      return show(name);
    }
  }
}

const section = document.querySelector("[data-check]");
section?.querySelector("button").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  button.disabled = true;
  await checkPage(section);
  button.disabled = false;
});
