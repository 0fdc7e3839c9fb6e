// SPDX-License-Identifier: MIT
// Starts the page: takes what the server says, keeps what the reader chose, and renders both.
import {render} from "lit-html";
import {askText, decoded, kindOf, placeOf} from "./ask_text.js";
import {Day} from "./day.js";
import {Live} from "./live.js";
import {modelOf, selected} from "./model.js";
import {page} from "./page.js";
import {firstChoice} from "./view/helper.js";
import {firstText} from "./view/reader.js";
import {freshness} from "./view/top.js";

const world = {
    EventSource: window.EventSource,
    fetch: (...args) => window.fetch(...args),
    setTimeout: (...args) => window.setTimeout(...args),
    clearTimeout: (timer) => window.clearTimeout(timer),
    now: () => Date.now(),
    loadPlots: () => import("./plots.js"),
    /** When Busbar was last asked about a text (ask_text.js). */
    textAsked_ms: undefined,
};

const wide = window.matchMedia("(min-width: 700px)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const root = document.getElementById("page");

const ui = {
    mode: "connecting",
    received_ms: undefined,
    model: undefined,
    wanted: Object.fromEntries(new URLSearchParams(window.location.search)),
    open: new Set(),
    form: firstChoice(),
    /** What Busbar said of the text that the helper wrote. */
    written: {isBusy: false, answer: undefined},
    /** A text that was opened or typed, and what Busbar said of it. */
    reader: firstText(),
    copied: false,
    /** Grows with each choice of the reader, so that what depends on it is rendered again. */
    changes: 0,
    isRoomy: wide.matches,
};

function change(values) {
    Object.assign(ui, values);
    ui.changes += 1;
    show();
}

// ---- what the reader does ------------------------------------------------------------------------------------

const onToggle = (name) => (event) => {
    if (event.target.open === ui.open.has(name))
        return;
    if (event.target.open)
        ui.open.add(name);
    else
        ui.open.delete(name);
    change({});
};

function onChoose(event, site, bank) {
    event.preventDefault();
    window.history.pushState(null, "", event.currentTarget.href);
    change({wanted: {site, bank}});
}

async function onCopy(text, id) {
    const area = document.getElementById(id);
    area.select();
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        document.execCommand("copy"); // plain http has no clipboard object
    }
    change({copied: true});
}

async function onCheckWritten(text) {
    change({written: {isBusy: true, answer: undefined}});
    change({written: {isBusy: false, answer: await askText(world, "busbar", text)}});
}

/** What was said of another text counts no more. */
function onReader(values) {
    change({reader: {...ui.reader, ...values, answer: undefined}});
}

const kMostFile = 1 << 20; // as the command takes

async function onFile(file) {
    if (file === undefined)
        return;
    const text = file.size > kMostFile ? undefined : decoded(await file.arrayBuffer());
    if (text !== undefined)
        onReader({text, kind: kindOf(file.name, text)});
    else
        change({reader: {...ui.reader, text: "", answer: {problem: `${file.name} is ${file.size > kMostFile ? "larger than 1 MB, so it is no configuration" : "not UTF-8: save it as UTF-8"}.`}}});
}

async function onRead() {
    const {text, kind} = ui.reader;
    change({reader: {...ui.reader, isBusy: true, answer: undefined}});
    const answer = await askText(world, kind, text);
    const isSame = ui.reader.text === text && ui.reader.kind === kind;
    change({reader: {...ui.reader, isBusy: false, answer: isSame ? answer : undefined}});
}

function onLine(line, id) {
    const area = document.getElementById(id);
    area.focus();
    area.setSelectionRange(...placeOf(area.value, line));
    area.scrollTop = (line - 3) * area.scrollHeight / Math.max(1, area.value.split("\n").length);
}

function onShow(time_s) {
    day.showTime(time_s);
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.getElementById("plots")?.scrollIntoView({behavior: calm ? "auto" : "smooth"});
    pendingTime_s = day.history === undefined ? time_s : undefined;
}

/** An event was tapped before the day was read. */
let pendingTime_s;

// ---- rendering -------------------------------------------------------------------------------------------------

function colours() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    return {text: of("muted"), grid: of("line"), line: of("accent"), charge: of("high"), discharge: of("low")};
}

const day = new Day(world, {root: () => document.getElementById("plots"), colours}, show);

function helperView(site) {
    return {
        site,
        form: ui.form,
        written: ui.written,
        reader: ui.reader,
        isOpen: ui.open.has("helper"),
        isReaderOpen: ui.open.has("reader"),
        copied: ui.copied,
        onChange: (values) => change({form: {...ui.form, ...values}, copied: false, written: {isBusy: false, answer: undefined}}),
        onToggle: onToggle("helper"),
        onToggleReader: onToggle("reader"),
        onCopy, onCheckWritten, onReader, onFile, onRead, onLine,
    };
}

function view() {
    const now_ms = world.now();
    const chosen = ui.model === undefined ? undefined : selected(ui.model, ui.wanted);
    const received_s = ui.received_ms === undefined ? undefined : Math.max(0, (now_ms - ui.received_ms) / 1000);
    return {
        model: ui.model, chosen, now_s: now_ms / 1000, open: ui.open, changes: ui.changes, isRoomy: ui.isRoomy,
        fresh: freshness(ui.mode, received_s, chosen?.bank?.age_s),
        day: {history: day.history, cursorIndex: day.cursorIndex, onCursor: (index) => day.showIndex(index)},
        helper: helperView(chosen?.site), onToggle, onChoose, onShow,
    };
}

/** Frames that come faster than the screen are one. */
let isShowing = false;
function show() {
    if (isShowing)
        return;
    isShowing = true;
    window.requestAnimationFrame(() => {
        isShowing = false;
        if (pendingTime_s !== undefined && day.history !== undefined) {
            const time_s = pendingTime_s;
            pendingTime_s = undefined;
            day.showTime(time_s);
        }
        const current = view();
        render(page(current), root);
        if (current.chosen?.bank !== undefined)
            follow(current.chosen);
    });
}

/** The section of the plots is watched as soon as it is there. */
let watched;
const observer = new IntersectionObserver((entries) => day.setSeen(entries.some((one) => one.isIntersecting)), {rootMargin: "200px"});
function follow({site, bank}) {
    const section = document.getElementById("plots");
    if (section !== watched) {
        observer.disconnect();
        observer.observe(section);
        watched = section;
    }
    day.choose(site.id, bank.id);
}

// ---- what the server says ----------------------------------------------------------------------------------

/** A newer program has a newer page. Once per version, so that a proxy with an old page makes no circle. */
function reloadIfNewer(before, now) {
    if (before === undefined || before === "" || now === "" || before === now)
        return;
    const key = "busbar-page-reloaded-for";
    if (window.sessionStorage.getItem(key) === now)
        return;
    window.sessionStorage.setItem(key, now);
    window.location.reload();
}

const live = new Live(world, (state, received_ms) => {
    const model = modelOf(state);
    reloadIfNewer(ui.model?.version, model.version);
    Object.assign(ui, {model, received_ms});
    show();
}, (mode) => {
    ui.mode = mode;
    show();
});

/** All lists are on paper, whatever was closed. */
function openForPrint() {
    for (const details of document.querySelectorAll("details.limiters"))
        details.open = true;
}

root.replaceChildren();
live.start();
window.setInterval(() => document.visibilityState === "visible" && show(), 1000);
document.addEventListener("visibilitychange", () => live.setVisible(document.visibilityState === "visible"));
window.addEventListener("popstate", () => change({wanted: Object.fromEntries(new URLSearchParams(window.location.search))}));
window.addEventListener("beforeprint", openForPrint);
dark.addEventListener("change", () => day.redraw());
