"""Runs the phone's reader outside of Odoo: in Node.js where it is installed, else in Chromium.

Odoo's modules name their neighbours without file type; a copy with it is what both understand.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

READER = Path(__file__).resolve().parents[1] / "addons/med_scan/static/src/reader"
PROGRAM = """
import { readFileSync } from "node:fs";
import { answer } from "./answer.js";
process.stdout.write(JSON.stringify(answer(JSON.parse(readFileSync(0, "utf8")))));
"""
ANSWER = """
import { useGrammar, ScanError } from "./grammar.js";
import { parse, combine } from "./reader.js";
import { readings } from "./gs1.js";
import { match } from "./match.js";

function attempt(read) {
    try {
        return read();
    } catch (error) {
        if (!(error instanceof ScanError)) {
            return { crashed: String(error.stack) };
        }
        return { error: error.code, params: error.params };
    }
}

export function answer({ grammar, today, codes, labels, cases }) {
    useGrammar(grammar);
    return {
        codes: codes.map((code) => attempt(() => {
            const scan = parse(code, today);
            return { scan, readings: readings(scan, today).map((one) => one.elements) };
        })),
        labels: labels.map((label) => attempt(() => ({
            scan: combine(label.map((code) => parse(code, today)), today),
        }))),
        cases: cases.map(([lines, read]) => match(lines, read)),
    };
}
"""


def program(folder: Path) -> None:
    for file in READER.glob("*.js"):
        text = re.sub(r'from "\./(\w+)"', r'from "./\1.js"', file.read_text(encoding="utf-8"))
        (folder / file.name).write_text(text, encoding="utf-8")
    (folder / "answer.js").write_text(ANSWER, encoding="utf-8")
    (folder / "program.mjs").write_text(PROGRAM, encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")


def in_node(node: str, folder: Path, question: dict[str, Any]) -> Any:
    done = subprocess.run(
        [node, str(folder / "program.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_chromium(chromium: str, folder: Path, question: dict[str, Any]) -> Any:
    from playwright.sync_api import Route, sync_playwright

    def serve(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name == "page":
            route.fulfill(body="<!DOCTYPE html>", content_type="text/html")
        else:
            route.fulfill(body=(folder / name).read_text(encoding="utf-8"), content_type="text/javascript")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", serve)
        page.goto("http://phone.test/page")
        return page.evaluate("async (q) => (await import('/answer.js')).answer(q)", question)


def runner() -> tuple[str, Callable[[Path, dict[str, Any]], Any]] | None:
    """What there is on this machine, and how to ask it."""
    node = shutil.which("node")
    if node:
        return "Node.js", lambda folder, question: in_node(node, folder, question)
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    chromium = next((path for name in names if (path := shutil.which(name))), None)
    if chromium:
        return "Chromium", lambda folder, question: in_chromium(chromium, folder, question)
    return None
