/**
 * Checks the code on a box: signature, place in the sealed log, and, where there is a network, what has
 * happened since. Works alone, without anything else of the system, so that it can be kept as one file.
 */
(function () {
    const ENGLISH = {
        title: "Proof of a delivery",
        wait: "Checking …",
        genuine: "Genuine",
        genuineMore: "Signed by {0} and unchanged since it left.",
        forged: "Not genuine",
        forgedMore:
            "The signature does not fit what the code says. Do not accept the goods; ask the sender.",
        unknownKey: "Cannot be checked",
        unknownKeyMore:
            "This page does not know the key {0}. Open it once with a network, then scan again.",
        unreadable: "Not readable",
        unreadableMore: "The code was not read completely. Scan it again.",
        insecure:
            "This browser cannot check signatures here. Open the page over https, or in a newer browser.",
        paste: "Scan the code on the box or the delivery note, or paste its text:",
        check: "Check",
        delivery: "Delivery",
        box: "Package",
        left: "Left on",
        from: "From",
        to: "To",
        reviewed: "Reviewed by",
        temperature: "Temperature",
        sealed: "Sealed",
        sealedYes: "entry {0} of {1} in the log",
        sealedNo: "not yet when this was printed",
        sealedWrong: "the path does not lead to the root",
        goods: "Goods",
        di: "UDI-DI / reference",
        lot: "Lot",
        expiry: "Expiry",
        quantity: "Quantity",
        more: "and {0} more lots; the delivery note names them",
        since: "What has happened since",
        offline: "No network: nobody was asked. Scan again later to see recalls.",
        asking: "Asking …",
        notKnown: "The sender does not know this code.",
        released: "No recall or hold is known for these goods.",
        signedFor: "Signed for on {0}.",
        sign: "Sign for the goods",
        save: "Keep this page for places without network",
        status: {
            recalled: "RECALLED: do not use it, set it apart",
            on_hold: "On hold: do not use it until the sender says so",
            rejected: "Rejected: do not use it",
            quarantine: "Back in quarantine: do not use it until the sender says so",
        },
    };
    const CHINESE = {
        title: "出库证明",
        wait: "正在核验……",
        genuine: "真实有效",
        genuineMore: "由 {0} 签名，出库后未被更改。",
        forged: "核验不通过",
        forgedMore: "签名与内容不符。请勿接收货物，并联系发货单位。",
        unknownKey: "无法核验",
        unknownKeyMore: "本页没有密钥 {0}。请联网打开一次，再重新扫描。",
        unreadable: "无法读取",
        unreadableMore: "二维码未完整读取，请重新扫描。",
        insecure: "此浏览器无法在这里核验签名。请通过 https 打开，或使用较新的浏览器。",
        paste: "请扫描箱上或随货同行单上的二维码，或粘贴其内容：",
        check: "核验",
        delivery: "出库单",
        box: "包装",
        left: "出库时间",
        from: "发货单位",
        to: "收货单位",
        reviewed: "复核人",
        temperature: "温度",
        sealed: "封存",
        sealedYes: "记录链第 {0} 条，共 {1} 条",
        sealedNo: "打印时尚未封存",
        sealedWrong: "路径与根不符",
        goods: "货物",
        di: "产品标识／货号",
        lot: "批号",
        expiry: "有效期至",
        quantity: "数量",
        more: "另有 {0} 个批号，见随货同行单",
        since: "出库以后的情况",
        offline: "没有网络：未能查询。请稍后联网再扫描，以了解召回情况。",
        asking: "正在查询……",
        notKnown: "发货单位查无此码。",
        released: "这些货物没有已知的召回或暂停。",
        signedFor: "已于 {0} 签收。",
        sign: "签收货物",
        save: "保存本页，供没有网络的地方使用",
        status: {
            recalled: "已召回：请勿使用，单独存放",
            on_hold: "已暂停：发货单位通知之前请勿使用",
            rejected: "不合格：请勿使用",
            quarantine: "退回待验：发货单位通知之前请勿使用",
        },
    };
    const words = (navigator.language || "").toLowerCase().startsWith("zh") ? CHINESE : ENGLISH;
    const say = (name, ...values) => words[name].replace(/\{(\d)\}/g, (_all, at) => values[at]);

    const root = document.getElementById("proof");
    const server = document.currentScript.dataset.server || "";
    const keys = JSON.parse(document.getElementById("keys").textContent);

    /** An element; texts are always texts, never markup. */
    function node(tag, attributes, ...children) {
        const made = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes || {})) {
            made.setAttribute(name, value);
        }
        made.append(...children.filter((child) => child !== null && child !== undefined));
        return made;
    }

    function bytes(text) {
        const padded = text.replace(/-/g, "+").replace(/_/g, "/");
        return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
    }

    const hex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

    async function inflate(data) {
        const stream = new Blob([data])
            .stream()
            .pipeThrough(new DecompressionStream("deflate-raw"));
        return new Uint8Array(await new Response(stream).arrayBuffer());
    }

    async function sha256(...parts) {
        return new Uint8Array(
            await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer())
        );
    }

    /** RFC 9162, 2.1.3.2: does the path lead from the leaf to the root? */
    async function isSealed([index, size, leaf, path, top]) {
        let at = BigInt(index);
        let last = BigInt(size) - 1n;
        let hash = bytes(leaf);
        if (at > last) {
            return false;
        }
        for (const step of path.map(bytes)) {
            if (last === 0n) {
                return false;
            }
            if (at & 1n || at === last) {
                hash = await sha256(new Uint8Array([1]), step, hash);
                while (!(at & 1n) && at !== 0n) {
                    at >>= 1n;
                    last >>= 1n;
                }
            } else {
                hash = await sha256(new Uint8Array([1]), hash, step);
            }
            at >>= 1n;
            last >>= 1n;
        }
        const wanted = bytes(top);
        return (
            last === 0n &&
            hash.length === wanted.length &&
            hash.every((byte, i) => byte === wanted[i])
        );
    }

    /** {state, said, sealed} of the text of a code. */
    async function check(text) {
        let body, said, signature;
        try {
            const parts = text.trim().split(".");
            if (parts.length !== 3 || parts[0] !== "med1") {
                return { state: "unreadable" };
            }
            body = await inflate(bytes(parts[1]));
            said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
            signature = bytes(parts[2]);
        } catch {
            return { state: "unreadable" };
        }
        if (!crypto.subtle) {
            return { state: "insecure", said };
        }
        if (!Object.hasOwn(keys, said.k)) {
            return { state: "unknownKey", said };
        }
        let good;
        try {
            const key = await crypto.subtle.importKey("raw", hex(keys[said.k]), "Ed25519", false, [
                "verify",
            ]);
            good = await crypto.subtle.verify("Ed25519", key, signature, body);
        } catch {
            return { state: "insecure", said };
        }
        return {
            state: good ? "genuine" : "forged",
            said,
            sealed: said.s ? await isSealed(said.s) : null,
        };
    }

    const local = (utc) =>
        new Date(`${utc.replace(" ", "T")}Z`).toLocaleString(
            words === CHINESE ? "zh-CN" : undefined
        );

    function verdict(result) {
        const more = {
            genuine: () => say("genuineMore", result.said.f),
            forged: () => say("forgedMore"),
            unknownKey: () => say("unknownKeyMore", result.said.k),
            unreadable: () => say("unreadableMore"),
            insecure: () => say("insecure"),
        }[result.state]();
        const kind = { genuine: "good", forged: "bad" }[result.state] || "";
        const name = result.state === "insecure" ? "unknownKey" : result.state;
        return node(
            "div",
            { class: `verdict ${kind}`, role: "status" },
            say(name),
            node("small", {}, more)
        );
    }

    function facts(said, sealed) {
        const rows = [
            ["delivery", said.d[1]],
            ["box", said.p],
            ["left", local(said.t)],
            ["from", said.f],
            ["to", said.c],
            ["reviewed", said.r],
            ["temperature", said.x],
            [
                "sealed",
                said.s
                    ? say(sealed ? "sealedYes" : "sealedWrong", said.s[0] + 1, said.s[1])
                    : say("sealedNo"),
            ],
        ];
        const list = node("dl", {});
        for (const [name, value] of rows) {
            if (value) {
                list.append(
                    node("dt", {}, say(name)),
                    node("dd", { class: `fact-${name}` }, value)
                );
            }
        }
        return node("section", {}, list);
    }

    function goods(said) {
        const table = node("table", {});
        table.append(
            node(
                "tr",
                {},
                ...["lot", "expiry", "quantity"].map((name) => node("th", {}, say(name)))
            )
        );
        let shown;
        for (const [device, ...cells] of said.l) {
            if (device !== shown) {
                const name = node("td", { colspan: 3, class: "device" }, `${say("di")} ${device}`);
                table.append(node("tr", {}, name));
                shown = device;
            }
            table.append(node("tr", {}, ...cells.map((cell) => node("td", {}, cell))));
        }
        const rest = said.n - said.l.length;
        return node(
            "section",
            { class: "goods" },
            node("h2", {}, say("goods")),
            table,
            rest > 0 ? node("p", {}, say("more", rest)) : null
        );
    }

    async function since(text, said, place) {
        place.replaceChildren(say("asking"));
        let answer;
        try {
            const response = await fetch(`${server}/med/proof/now`, {
                method: "POST",
                headers: { "Content-Type": "application/json" },
                body: JSON.stringify({ jsonrpc: "2.0", method: "call", params: { code: text } }),
            });
            answer = (await response.json()).result;
        } catch {
            answer = null;
        }
        if (!answer) {
            place.replaceChildren(say("offline"));
            return;
        }
        if (!answer.known) {
            place.replaceChildren(node("p", { class: "bad-text" }, say("notKnown")));
            return;
        }
        const bad = answer.lots.filter((row) => words.status[row[2]]);
        const told = bad.map((row) =>
            node(
                "p",
                { class: "bad-text", role: "alert" },
                `${row[0]} ${row[1]}: ${words.status[row[2]]}`
            )
        );
        if (!bad.length) {
            told.push(node("p", { class: "good-text" }, say("released")));
        }
        if (answer.signed_for) {
            told.push(node("p", {}, say("signedFor", local(answer.signed_for))));
        } else if (said.a) {
            told.push(
                node(
                    "a",
                    {
                        class: "button",
                        href: `${server}/med/receipt/${encodeURIComponent(said.a)}`,
                    },
                    say("sign")
                )
            );
        }
        place.replaceChildren(...told);
    }

    function ask() {
        const box = node("textarea", { "aria-label": say("paste") });
        const button = node("button", { type: "button" }, say("check"));
        button.addEventListener("click", () => {
            location.hash = box.value.trim().split("#").pop();
        });
        root.replaceChildren(
            node("h1", {}, say("title")),
            node("section", {}, node("p", {}, say("paste")), box, button),
            foot()
        );
    }

    function foot() {
        return server
            ? null
            : node(
                  "footer",
                  {},
                  node("a", { href: "/med/proof/page.html", download: "proof.html" }, say("save"))
              );
    }

    async function show() {
        document.title = say("title");
        document.documentElement.lang = words === CHINESE ? "zh-CN" : "en";
        const text = decodeURIComponent(location.hash.slice(1));
        if (!text) {
            ask();
            return;
        }
        root.replaceChildren(node("div", { class: "verdict" }, say("wait")));
        const result = await check(text);
        root.replaceChildren(verdict(result));
        // of what is forged nothing is shown: it would be read as if it were true
        if (result.state === "genuine") {
            const place = node("div", { class: "now" });
            root.append(
                node("section", {}, node("h2", {}, say("since")), place),
                goods(result.said),
                facts(result.said, result.sealed)
            );
            await since(text, result.said, place);
        }
        const end = foot();
        if (end) {
            root.append(end);
        }
    }

    window.addEventListener("hashchange", show);
    if ("serviceWorker" in navigator && !server && location.protocol.startsWith("http")) {
        navigator.serviceWorker
            .register("/med/proof/worker.js", { scope: "/med/proof" })
            .catch(() => {});
    }
    show();
})();
