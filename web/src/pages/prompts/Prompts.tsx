import { useState } from "react";
import { get, type Shapes } from "../../api/client";
import { Choose } from "../../parts/Choose";
import { Copy } from "../../parts/Copy";
import { EmptyState } from "../../parts/EmptyState";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { Table, type Column } from "../../parts/Table";
import { useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { diffOf } from "./diff";

type Card = Shapes["PromptCard"];
type Text = Shapes["PromptText"];
type Slot = Shapes["SlotCard"];

const SLOTS: Column<Slot>[] = [
  { name: "name", title: "Slot", text: (row) => row.name, cell: (row) => <code>{row.name}</code> },
  { name: "meaning", title: "What it is", text: (row) => row.meaning },
  { name: "kind", title: "Kind", text: (row) => row.kind },
  {
    name: "default",
    title: "Default",
    text: (row) => (row.default === null ? "has to be given" : row.default || "empty"),
  },
  { name: "most", title: "Characters at most", text: (row) => row.most, number: true },
];

/** The prompts that ship: by task, word for word, one against another. */
export function Prompts() {
  const [chosen, choose] = useParam("prompt");
  const [words, setWords] = useState("");
  const answer = useAnswer((signal) => all(signal), "prompts");
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="prompts" lines={8} />;
  const cards = answer.value;
  const found = cards.filter((card) =>
    `${card.prompt} ${card.task}`.includes(words.trim().toLowerCase()),
  );
  const name = chosen || found[0]?.prompt || "";
  const tasks = [...new Set(found.map((card) => card.task))];
  return (
    <div className="prompts-page">
      <div className="card prompts-side">
        <label className="field">
          <span>Find a prompt</span>
          <input type="search" value={words} onChange={(event) => setWords(event.target.value)} />
        </label>
        {!found.length && <p className="fine">Nothing of that name.</p>}
        <nav aria-label="Prompts" className="prompts-list">
          {tasks.map((task) => (
            <div key={task}>
              <h3 className="fine">{task}</h3>
              <ul>
                {found
                  .filter((card) => card.task === task)
                  .map((card) => (
                    <li key={card.prompt}>
                      <button
                        type="button"
                        aria-pressed={card.prompt === name}
                        onClick={() => choose(card.prompt)}
                      >
                        {card.prompt}
                      </button>
                    </li>
                  ))}
              </ul>
            </div>
          ))}
        </nav>
      </div>
      {name ? (
        <One key={name} name={name} cards={cards} />
      ) : (
        <EmptyState title="No prompt is chosen" />
      )}
    </div>
  );
}

async function all(signal: AbortSignal): Promise<Card[]> {
  const found: Card[] = [];
  let cursor: string | null = null;
  do {
    const page: Shapes["PromptPage"] = await get("/v1/prompts", {
      query: { limit: 200, cursor },
      signal,
    });
    found.push(...page.prompts);
    cursor = page.cursor;
  } while (cursor);
  return found;
}

function One({ name, cards }: { name: string; cards: readonly Card[] }) {
  const [other, setOther] = useParam("against");
  const load = (prompt: string) => (signal: AbortSignal) =>
    get("/v1/prompts/{name}", { path: { name: prompt }, signal });
  const answer = useAnswer(load(name), name);
  const against = useAnswer(other && other !== name ? load(other) : null, [other, name]);
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="the prompt" lines={8} />;
  const text = answer.value;
  const others = cards
    .filter((card) => card.prompt !== name)
    .sort(near(text))
    .map((card) => card.prompt);
  return (
    <div className="stack">
      <Section
        title={name}
        note={
          <>
            {text.task}
            {text.preset && ` · ${text.preset}`}
            {text.protected.length > 0 && ` · speaks of ${text.protected.join(", ")}`}
          </>
        }
        actions={<Copy text={text.text} what="the prompt" />}
      >
        <div className="stack tight">
          {text.system && <Block title="System" text={text.system} />}
          <Block title="Text" text={text.text} />
          {text.begun && <Block title="The reply is begun with" text={text.begun} />}
          <p className="fine">
            {text.source && `${text.source} · `}sha256 <code>{text.sha256.slice(0, 12)}</code>
          </p>
        </div>
      </Section>
      <Section title="What it is filled with">
        <Table
          caption="Slots"
          captionUnseen
          columns={SLOTS}
          rows={text.slots}
          rowKey={(row) => row.name}
          csv={`${name}-slots`}
        />
      </Section>
      <Section title="Against another prompt or version">
        <div className="stack tight">
          <Choose
            label="Other"
            options={["", ...others]}
            titles={new Map([["", "choose one"]])}
            value={other}
            choose={setOther}
          />
          {against.problem && <ErrorBox problem={against.problem} />}
          {against.value && other && <Diff before={against.value} after={text} />}
        </div>
      </Section>
    </div>
  );
}

/** Versions of the same prompt first, then those of the same task. */
function near(text: Text): (a: Card, b: Card) => number {
  const far = (card: Card) => (card.name === text.name ? 0 : card.task === text.task ? 1 : 2);
  return (a, b) => far(a) - far(b) || a.prompt.localeCompare(b.prompt);
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <div>
      <h3 className="fine">{title}</h3>
      <pre className="prompts-text" tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </div>
  );
}

function Diff({ before, after }: { before: Text; after: Text }) {
  const whole = (one: Text) => [one.system, one.text, one.begun].filter(Boolean).join("\n\n");
  const lines = diffOf(whole(before), whole(after));
  if (lines.every((line) => line.kind === "same")) return <p>Word for word the same.</p>;
  return (
    <ol className="prompts-diff" aria-label={`From ${before.prompt} to ${after.prompt}`}>
      {lines.map((line, place) => (
        <li key={place} className={line.kind}>
          <span aria-hidden="true">{{ same: " ", out: "−", in: "+" }[line.kind]}</span>
          {line.kind !== "same" && (
            <span className="unseen">{line.kind === "out" ? "out: " : "in: "}</span>
          )}
          <code>{line.text || " "}</code>
        </li>
      ))}
    </ol>
  );
}
