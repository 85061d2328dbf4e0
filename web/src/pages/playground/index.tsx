import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { PageHead } from "../../parts/Page";
import { setParams, useParam } from "../../state/address";
import { useAnswer } from "../../state/answer";
import { operationsOf, readDocument, type Operation } from "./document";
import { Trial } from "./Trial";
import "./playground.css";

const FIRST = "POST /v1/recommend";

export default function Playground() {
  const { value, problem, again } = useAnswer(readDocument, []);
  const [name] = useParam("do", FIRST);
  const operations = value ? operationsOf(value) : [];
  const chosen = operations.find((one) => one.name === name) ?? operations[0];
  return (
    <>
      <PageHead
        title="API playground"
        actions={<a href="/openapi.json" download="penchant-openapi.json">OpenAPI document</a>}
      >
        All that this page can do, your programs can do, too. Try a request here and take it along as
        curl or Python.
      </PageHead>
      {problem && <ErrorBox problem={problem} again={again} />}
      {!value && !problem && <Loading label="what can be asked" lines={8} />}
      {value && chosen && (
        <div className="playground">
          <Operations operations={operations} chosen={chosen} />
          <Trial key={chosen.name} operation={chosen} document={value} />
        </div>
      )}
    </>
  );
}

function Operations({ operations, chosen }: { operations: Operation[]; chosen: Operation }) {
  const [words, setWords] = useParam("find");
  const shown = operations.filter((one) =>
    `${one.name} ${one.summary ?? ""}`.toLowerCase().includes(words.toLowerCase()),
  );
  const tags = [...new Set(shown.map((one) => one.tag))];
  return (
    <section aria-label="Requests" className="operations">
      <label className="field">
        <span>Find a request</span>
        <input type="search" value={words} onChange={(event) => setWords(event.target.value)} />
      </label>
      {tags.map((tag) => (
        <div key={tag}>
          <h2 className="operations-tag">{tag}</h2>
          <ul>
            {shown
              .filter((one) => one.tag === tag)
              .map((one) => (
                <li key={one.name}>
                  <button
                    type="button"
                    className="operation"
                    aria-pressed={one === chosen}
                    onClick={() => setParams({ do: one.name, body: "", with: "" }, false)}
                  >
                    <span className="operation-method">{one.method}</span>
                    <span className="operation-path">{one.path}</span>
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
      {!shown.length && <p className="fine">No request of that name.</p>}
    </section>
  );
}
