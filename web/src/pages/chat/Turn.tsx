import { Fragment, type ReactNode } from "react";
import { ErrorBox } from "../../parts/ErrorBox";
import { digits, whole } from "../../parts/numbers";
import type { Said } from "./talk";

/** One message; an answer with the items that it may speak of. */
export function Turn({ said, before }: { said: Said; before: string }) {
  if (said.role === "user")
    return (
      <li className="chat-turn user">
        <span className="unseen">You: </span>
        <p>{said.text}</p>
      </li>
    );
  const items = said.items ?? [];
  return (
    <li className="chat-turn assistant" aria-busy={said.open ?? false}>
      <span className="unseen">Answer: </span>
      <Heard said={said} words={before} />
      {said.text && <p className="chat-text">{cited(said.text)}</p>}
      {said.open && !said.text && <p className="fine">Thinking …</p>}
      {said.problem && <ErrorBox problem={said.problem} />}
      {items.length > 0 && (
        <ol className="chat-items">
          {items.map((item, place) => (
            <Card key={item.item_id} item={item} number={item.rank ?? place + 1} />
          ))}
        </ol>
      )}
      {said.told && !said.open && <Behind said={said} />}
    </li>
  );
}

/** Numbers in brackets point at items: they are drawn as such, the rest is plain text. */
function cited(text: string): ReactNode {
  return text
    .split(/(\[\d+\])/)
    .map((part, place) => (
      <Fragment key={place}>
        {/^\[\d+\]$/.test(part) ? <span className="chip accent">{part.slice(1, -1)}</span> : part}
      </Fragment>
    ));
}

/** What was made of the words, where it is more than the words. */
function Heard({ said, words }: { said: Said; words: string }) {
  const understood = said.told?.understood;
  const query = understood?.query === words ? "" : understood?.query;
  if (!query && !understood?.where) return null;
  return (
    <p className="row fine">
      understood as
      {query && <span className="chip">“{query}”</span>}
      {understood?.where && <code className="chip">{understood.where}</code>}
    </p>
  );
}

function Card({ item, number }: { item: NonNullable<Said["items"]>[number]; number: number }) {
  const shown = Object.entries(item.columns ?? {})
    .filter(([name, value]) => !["title", "description"].includes(name) && told(value))
    .slice(0, 3);
  const named = typeof item.cited === "number";
  return (
    <li className={`chat-item ${named ? "cited" : ""}`}>
      <span className={`chip ${named ? "accent" : ""}`}>{number}</span>
      <div>
        <h3>{item.title}</h3>
        <p className="fine">
          {shown
            .map(([name, value]) => (typeof value === "number" ? `${name} ${value}` : told(value)))
            .join(" · ") || item.item_id}
        </p>
      </div>
    </li>
  );
}

function told(value: unknown): string {
  if (Array.isArray(value)) return value.slice(0, 3).join(", ");
  return value === null || value === undefined ? "" : String(value).slice(0, 40);
}

/** Who wrote it, what it took, what was withheld, and the prompts word for word. */
function Behind({ said }: { said: Said }) {
  const { answered_by, degraded, usage, withheld = {}, notes = [], calls } = said.told ?? {};
  const kept = Object.entries(withheld).filter(([, n]) => n > 0);
  return (
    <details className="chat-behind">
      <summary>
        {answered_by === "template"
          ? "Written from a template"
          : `Written by ${answered_by ?? "?"}`}
        {degraded && " – the language model failed"}
        {(usage?.calls ?? 0) > 0 && ` · ${whole(usage?.total_tokens ?? 0)} tokens`}
        {(usage?.cost ?? 0) > 0 && ` · cost ${digits(usage?.cost ?? 0)}`}
      </summary>
      {kept.length > 0 && (
        <p>Sentences not let through: {kept.map(([reason, n]) => `${n} ${reason}`).join(", ")}.</p>
      )}
      {notes.map((note) => (
        <p key={note} className="fine">
          {note}
        </p>
      ))}
      {said.told?.recommendation_id && (
        <p className="fine">
          recommendation <code>{said.told.recommendation_id}</code>
        </p>
      )}
      {calls?.map((call, place) => (
        <div key={place} className="chat-call">
          <h3 className="fine">{call.template || "Prompt"}</h3>
          <pre tabIndex={0} aria-label="Prompt">
            {call.prompt}
          </pre>
          <h3 className="fine">Reply</h3>
          <pre tabIndex={0} aria-label="Reply">
            {call.failure || call.reply}
          </pre>
        </div>
      ))}
    </details>
  );
}
