import { useState } from "react";
import { ApiProblem, send, type ProblemShape } from "../../api/client";
import { useKey } from "../../api/key";
import { Copy } from "../../parts/Copy";
import { ErrorBox } from "../../parts/ErrorBox";
import { Section } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { setParams, useParam } from "../../state/address";
import { problemOf } from "../../state/answer";
import { asCurl, asPython } from "./code";
import { Fields } from "./Fields";
import {
  exampleOf,
  kindsOf,
  requestOf,
  type Document,
  type Operation,
  type Parameter,
  type Request,
} from "./document";

interface Reply {
  status: number;
  kind: string;
  text: string;
  cut: boolean;
  request_id: string;
  took_ms: number;
}

const SHOWN = 200_000;

/** A request: its form, the reply, and the code for it. */
export function Trial({ operation, document }: { operation: Operation; document: Document }) {
  const [told, setTold] = useParam("with");
  const [body, setBody] = useParam("body", exampleOf(operation, document));
  const [tab, setTab] = useParam("tab", "reply");
  const kinds = kindsOf(operation);
  const [kind, setKind] = useState(kinds[0] ?? "");
  const values = Object.fromEntries(new URLSearchParams(told)) as Record<string, string>;
  const { key } = useKey();
  const request = requestOf(operation, values, body, kind);
  const { reply, problem, busy, run } = useReply(request);
  const change = (name: string, value: string) =>
    setTold(new URLSearchParams({ ...values, [name]: value }).toString());
  const tabs = [
    {
      name: "reply",
      title: "Reply",
      content: () =>
        problem ? <ErrorBox problem={problem} /> : <ReplyText reply={reply} busy={busy} />,
    },
    { name: "curl", title: "curl", content: () => <Code text={asCurl(request, origin(), !!key)} /> },
    {
      name: "python",
      title: "Python",
      content: () => <Code text={asPython(request, origin(), !!key)} />,
    },
  ];
  return (
    <div className="stack">
      <Section title={operation.name}>
        <p className="trial-text">{operation.description ?? operation.summary}</p>
        <form
          className="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            setTab("reply");
            void run();
          }}
        >
          <Parameters parameters={operation.parameters ?? []} values={values} change={change} />
          {kinds.length > 1 && (
            <label className="field trial-kind">
              <span>Kind of body</span>
              <select value={kind} onChange={(event) => setKind(event.target.value)}>
                {kinds.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </label>
          )}
          {kinds.length > 0 && (
            <label className="field">
              <span>Body{kinds.length === 1 && `, ${kind}`}</span>
              <textarea
                rows={Math.min(18, Math.max(4, body.split("\n").length + 1))}
                spellCheck={false}
                value={body}
                onChange={(event) => setBody(event.target.value)}
              />
            </label>
          )}
          <Fields operation={operation} document={document} />
          <div className="row">
            <button type="submit" className="primary" disabled={busy}>
              {busy ? "Sending" : "Send"}
            </button>
            <button type="button" onClick={() => setParams({ body: "", with: "" })}>
              Start again
            </button>
          </div>
        </form>
      </Section>
      <Section title="Answer">
        <Tabs label="The reply, and the request as code" tabs={tabs} chosen={tab} choose={setTab} />
      </Section>
    </div>
  );
}

function Parameters(given: {
  parameters: Parameter[];
  values: Record<string, string>;
  change: (name: string, value: string) => void;
}) {
  const asked = given.parameters.filter((one) => one.in === "path" || one.in === "query");
  if (!asked.length) return null;
  return (
    <div className="trial-parameters">
      {asked.map((one) => (
        <label key={one.name} className="field">
          <span>
            {one.name}
            {one.in === "path" && " (needed)"}
          </span>
          <input
            type="text"
            required={one.required === true}
            value={given.values[one.name] ?? ""}
            placeholder={defaultOf(one)}
            onChange={(event) => given.change(one.name, event.target.value)}
          />
        </label>
      ))}
    </div>
  );
}

function defaultOf(parameter: Parameter): string {
  const value = parameter.schema?.default;
  return value === undefined || value === null ? "" : String(value);
}

function ReplyText({ reply, busy }: { reply: Reply | null; busy: boolean }) {
  if (!reply) return <p className="fine">{busy ? "On its way" : "Send it to see what comes back."}</p>;
  return (
    <div className={busy ? "stale" : undefined}>
      <p className="fine">
        <span className="chip good">{reply.status}</span> {reply.kind || "no body"} in{" "}
        {Math.round(reply.took_ms)} ms · request <code>{reply.request_id}</code>
        {reply.cut && " · only the beginning is shown"}
      </p>
      <Code text={reply.text} />
    </div>
  );
}

function Code({ text }: { text: string }) {
  return (
    <div className="code">
      <Copy text={text} what="this text" />
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}

function useReply(request: Request) {
  const [reply, setReply] = useState<Reply | null>(null);
  const [problem, setProblem] = useState<ProblemShape>();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      setReply(await answered(request));
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error.document : problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { reply, problem, busy, run };
}

async function answered(request: Request): Promise<Reply> {
  const begun = performance.now();
  const init: RequestInit = { method: request.method };
  if (request.body) {
    init.body = request.body;
    init.headers = { "content-type": request.kind };
  }
  const reply = await send(request.address, init);
  const { text, cut } = await beginning(reply);
  return {
    status: reply.status,
    kind: reply.headers.get("content-type") ?? "",
    text: pretty(text, cut),
    cut,
    request_id: reply.headers.get("x-request-id") ?? "",
    took_ms: performance.now() - begun,
  };
}

/** A stream may never end: what is shown is bounded. */
async function beginning(reply: Response): Promise<{ text: string; cut: boolean }> {
  const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (reader && text.length < SHOWN) {
    const { done, value } = await reader.read();
    if (done) return { text, cut: false };
    text += value;
  }
  await reader?.cancel();
  return { text: text.slice(0, SHOWN), cut: text.length > 0 };
}

function pretty(text: string, cut: boolean): string {
  if (cut) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function origin(): string {
  return window.location.origin;
}
