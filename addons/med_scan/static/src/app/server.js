/** Calls to the server that tell "no network" from "the server says no". */
import { session } from "./session";

export class Unreachable extends Error {}
export class LoggedOut extends Error {}
export class ServerError extends Error {}

const PATIENCE = 8000; // ms; a step that is not answered by then stays in the queue

export async function call(method, args = [], kwargs = {}, patience = PATIENCE) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patience);
    let response, answer;
    try {
        response = await fetch(`/web/dataset/call_kw/med.scan.app/${method}`, {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            signal: controller.signal,
            body: JSON.stringify({
                jsonrpc: "2.0",
                method: "call",
                params: {
                    model: "med.scan.app",
                    method,
                    args,
                    kwargs: { ...kwargs, context: session.user_context ?? {} },
                },
            }),
        });
        if (response.status >= 500) {
            throw new Error(String(response.status));
        }
        answer = await response.json();
    } catch (error) {
        // a proxy's page, a broken line, a server that restarts: all the same to the picker
        throw new Unreachable(error.message);
    } finally {
        clearTimeout(timer);
    }
    if (answer.error) {
        const name = answer.error.data?.name ?? "";
        if (answer.error.code === 100 || name.includes("SessionExpired")) {
            throw new LoggedOut(answer.error.message);
        }
        throw new ServerError(answer.error.data?.message || answer.error.message);
    }
    return answer.result;
}
