import { resolved, type Document, type Operation, type Schema } from "./document";

/** What the body of a request may hold, as the document says it. */
export function Fields({ operation, document }: { operation: Operation; document: Document }) {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const fields = schema ? fieldsOf(schema, document) : [];
  if (!fields.length) return null;
  return (
    <details className="fields">
      <summary>What the body may hold</summary>
      <dl>
        {fields.map(({ name, type, needed, text }) => (
          <div key={name}>
            <dt>
              <code>{name}</code> <span className="fine">{type}</span>
              {needed && <span className="chip accent">needed</span>}
            </dt>
            {text && <dd>{text}</dd>}
          </div>
        ))}
      </dl>
    </details>
  );
}

interface Field {
  name: string;
  type: string;
  needed: boolean;
  text: string;
}

function fieldsOf(schema: Schema, document: Document): Field[] {
  const told = resolved(schema, document);
  const first = told.anyOf?.[0] ?? (told.properties ? undefined : told.oneOf?.[0]);
  if (first && !told.properties) return fieldsOf(first, document);
  return Object.entries(told.properties ?? {}).map(([name, one]) => ({
    name,
    type: typeOf(one, document),
    needed: told.required?.includes(name) ?? false,
    text: one.description ?? resolved(one, document).description ?? "",
  }));
}

/** `text`, `list of text`, `1 to 1000`: as short as it can be told. */
function typeOf(schema: Schema, document: Document): string {
  const told = resolved(schema, document);
  const choices = told.anyOf ?? told.oneOf;
  if (choices) {
    const names = choices.map((one) => typeOf(one, document)).filter((one) => one !== "null");
    return [...new Set(names)].join(" or ");
  }
  if (told.enum) return told.enum.map(String).join(", ");
  if (told.const !== undefined) return String(told.const);
  if (told.type === "array") return `list of ${told.items ? typeOf(told.items, document) : "anything"}`;
  if (told.type === "string") return "text";
  const range = told.minimum !== undefined && told.maximum !== undefined;
  const bounds = range ? `, ${told.minimum} to ${told.maximum}` : "";
  return `${String(told.type ?? "anything")}${bounds}`;
}
