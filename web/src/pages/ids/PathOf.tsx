import type { Shapes } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { ItemPicker } from "../../parts/ItemPicker";
import { Section } from "../../parts/Page";
import { whole } from "../../parts/numbers";
import type { Answered } from "../../state/answer";

/** An item that is looked for, and its way down the tree. */
export function PathOf(given: {
  found: Answered<Shapes["ItemPath"]>;
  pick: (item: string) => void;
}) {
  const { value, problem, again } = given.found;
  return (
    <Section
      title="The way to an item"
      actions={
        value && (
          <button type="button" className="quiet" onClick={() => given.pick("")}>
            Clear
          </button>
        )
      }
    >
      <div className="ids-finder">
        <ItemPicker label="Find an item" pick={(item) => given.pick(item.id)} />
        {problem && <ErrorBox problem={problem} again={again} />}
        {value && <Way path={value} />}
        {!value && !problem && (
          <p className="fine">The tree opens at its codes; the map shows where it lies.</p>
        )}
      </div>
    </Section>
  );
}

function Way({ path }: { path: Shapes["ItemPath"] }) {
  return (
    <div>
      <p>
        <strong>{path.title}</strong> <span className="fine">{path.item_id}</span>
      </p>
      {path.codes.length ? (
        <ol className="ids-way">
          {path.path.map((step) => (
            <li key={step.prefix}>
              <code>{step.label}</code>
              <span className="fine">{step.leaf ? "this item" : `${whole(step.items)} items`}</span>
              <span className="fine">{step.leaf ? "" : step.words.slice(0, 3).join(" · ")}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="fine">It has no codes, so that this model never answers it.</p>
      )}
    </div>
  );
}
