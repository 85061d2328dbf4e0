import { useState } from "react";
import { get, type Shapes } from "../../api/client";
import { ErrorBox } from "../../parts/ErrorBox";
import { Loading } from "../../parts/Loading";
import { Section } from "../../parts/Page";
import { whole } from "../../parts/numbers";
import { useListParam } from "../../state/address";
import { useAnswer } from "../../state/answer";

type Branch = Shapes["Branch"];

interface Given {
  model: string;
  /** The prefixes on the way to an item that is looked for. */
  path: readonly string[];
}

const PAGE = 25;

/** The tree of codes, opened branch by branch; what is open is in the address. */
export function Tree({ model, path }: Given) {
  const [listed, setOpen] = useListParam("open");
  const open = new Set([...listed, ...path.slice(0, -1)]);
  const toggle = (prefix: string) => {
    const without = [...open].filter((one) => one !== prefix && !one.startsWith(`${prefix}.`));
    setOpen(open.has(prefix) ? without : [...open, prefix]);
  };
  return (
    <Section
      title="The tree of codes"
      note="Each code narrows down what may come. Words are frequent in the titles below it, and rare elsewhere."
      actions={
        listed.length > 0 && (
          <button type="button" className="quiet" onClick={() => setOpen([])}>
            Close all
          </button>
        )
      }
    >
      <Children prefix="" model={model} open={open} toggle={toggle} path={path} />
    </Section>
  );
}

interface Below extends Given {
  prefix: string;
  open: ReadonlySet<string>;
  toggle: (prefix: string) => void;
}

function Children(given: Below) {
  const { prefix, model, path } = given;
  const [limit, setLimit] = useState(PAGE);
  const answer = useAnswer(
    (signal) => get("/v1/ids/tree", { query: { model, prefix, limit }, signal }),
    [model, prefix, limit],
  );
  if (answer.problem) return <ErrorBox problem={answer.problem} again={answer.again} />;
  if (!answer.value) return <Loading label="branches" lines={2} />;
  const { children, items, cursor } = answer.value;
  const most = Math.max(...children.map((child) => child.items), 1);
  // The way to an item may lead over a branch that is too small for this page.
  const hidden = path.find(
    (one) => parentOf(one) === prefix && !children.some((c) => c.prefix === one),
  );
  return (
    <>
      <ul className="ids-branches">
        {children.map((child) => (
          <One key={child.prefix} {...given} branch={child} most={most} />
        ))}
      </ul>
      {cursor && (
        <button
          type="button"
          className="quiet"
          disabled={limit >= 500}
          onClick={() => setLimit(hidden ? 500 : Math.min(500, limit * 4))}
        >
          {limit >= 500 ? "The 500 largest are shown" : "Show more"} (of {whole(items)} items here)
          {hidden && " – the item is further down"}
        </button>
      )}
    </>
  );
}

function One(given: Below & { branch: Branch; most: number }) {
  const { branch, most, open, toggle, path } = given;
  const { prefix, label, leaf, items, words, examples } = branch;
  const opened = open.has(prefix);
  const title = leaf ? examples[0]?.title : undefined;
  const look = path.includes(prefix) ? "ids-branch on-path" : "ids-branch";
  const inside = (
    <>
      <code className="ids-label">{label}</code>
      {leaf ? (
        <span className="ids-title">{title}</span>
      ) : (
        <>
          <span className="ids-count">
            <span className="ids-bar" style={{ width: `${(60 * items) / most}px` }} />
            {whole(items)}
          </span>
          <span className="ids-words">
            {items > 1 && words.length ? words.join(" · ") : examples[0]?.title}
          </span>
        </>
      )}
    </>
  );
  return (
    <li>
      {leaf ? (
        <div className={`${look} leaf`}>{inside}</div>
      ) : (
        <button
          type="button"
          className={look}
          aria-expanded={opened}
          onClick={() => toggle(prefix)}
        >
          {inside}
        </button>
      )}
      {opened && !leaf && <Children {...given} prefix={prefix} />}
    </li>
  );
}

export function parentOf(prefix: string): string {
  return prefix.includes(".") ? prefix.slice(0, prefix.lastIndexOf(".")) : "";
}
