// SPDX-License-Identifier: MIT
// Serves the built page and what Busbar's server answers, from fixtures: node fake_server.mjs FOLDER [PORT [STATE]].
import {readFile} from "node:fs/promises";
import {createServer} from "node:http";
import {extname, join} from "node:path";
import {fileURLToPath} from "node:url";
import {now_ms} from "./clock.mjs";
import * as fixtures from "./fixtures.mjs";

const kTypes = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css"};

/** A server whose state, history and faults a test chooses. */
export class FakeServer {
    state = fixtures.usual();
    /** Below this the page lies, as behind a proxy: "" or "/api/hassio_ingress/token". */
    prefix = "";
    /** A proxy that holds events back. */
    isBuffering = false;
    requests = [];
    /** What is said of texts. */
    checked = fixtures.checked();
    migrated = fixtures.migrated();
    #folder;
    #server;
    #streams = new Set();

    constructor(folder) {
        this.#folder = folder;
    }

    /** The port it listens on; 0 = a free one. */
    async start(port = 0) {
        this.#server = createServer((request, response) => this.#answer(request, response));
        await new Promise((resolve, reject) => this.#server.once("error", reject).listen(port, "127.0.0.1", resolve));
        return this.#server.address().port;
    }

    async stop() {
        for (const stream of this.#streams)
            stream.destroy();
        this.#streams.clear();
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    say(state) {
        this.state = state;
        for (const stream of this.#streams)
            this.#event(stream);
    }

    #event(stream) {
        if (!this.isBuffering)
            stream.write(`event: state\ndata: ${JSON.stringify(this.state)}\n\n`);
    }

    async #answer(request, response) {
        this.requests.push(request.url);
        const {pathname} = new URL(request.url, "http://localhost");
        const path = pathname.startsWith(`${this.prefix}/`) ? pathname.slice(this.prefix.length + 1) : undefined;
        if (path === "api/v1/stream")
            this.#stream(response);
        else if (path === "api/v1/state")
            json(response, this.state);
        else if (path === "api/v1/history")
            json(response, fixtures.day(Math.floor(now_ms() / 60000) * 60));
        else if (path === "api/v1/check")
            json(response, this.checked);
        else if (path === "api/v1/migrate")
            json(response, this.migrated);
        else
            await this.#file(path, response);
    }

    #stream(response) {
        response.writeHead(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-store"});
        response.write("retry: 3000\n\n");
        this.#streams.add(response);
        response.on("close", () => this.#streams.delete(response));
        this.#event(response);
    }

    async #file(path, response) {
        const name = path === "" ? "index.html" : path;
        if (name === undefined || name.includes("..") || !(extname(name) in kTypes)) {
            response.writeHead(404).end();
            return;
        }
        try {
            const content = await readFile(join(this.#folder, name));
            response.writeHead(200, {"Content-Type": kTypes[extname(name)]}).end(content);
        } catch {
            response.writeHead(404).end();
        }
    }
}

function json(response, value) {
    response.writeHead(200, {"Content-Type": "application/json"}).end(JSON.stringify(value));
}

/** By hand: values move a little each second. */
async function serve([folder, port = "8088", name = "usual"]) {
    const server = new FakeServer(folder);
    console.log(`http://127.0.0.1:${await server.start(Number(port))}/`);
    setInterval(() => {
        const state = fixtures[name]();
        const [bank] = state.sites[0].banks;
        bank.current_A = Number((bank.current_A + Math.sin(Date.now() / 9000) * 12).toFixed(1));
        bank.power_W = Math.round(bank.current_A * bank.voltage_V);
        server.say(state);
    }, 1000);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
    await serve(process.argv.slice(2));
