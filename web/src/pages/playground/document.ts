import { addressOf, send } from "../../api/client";

/** As much of JSON Schema and OpenAPI as forms are made from. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  description?: string;
  schema?: Schema;
}

interface OperationShape {
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

export interface Document {
  paths: Record<string, Record<string, OperationShape>>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation extends OperationShape {
  /** `POST /v1/recommend`: it is also how the address names it. */
  name: string;
  method: string;
  path: string;
  tag: string;
}

export async function readDocument(signal: AbortSignal): Promise<Document> {
  const reply = await send("/openapi.json", { signal });
  return (await reply.json()) as Document;
}

export function operationsOf(document: Document): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([verb, shape]) => {
      const method = verb.toUpperCase();
      return { ...shape, method, path, name: `${method} ${path}`, tag: shape.tags?.[0] ?? "other" };
    }),
  );
}

/** The kinds of body that an operation reads. */
export function kindsOf(operation: Operation): string[] {
  return Object.keys(operation.requestBody?.content ?? {});
}

/** A body to begin with: what is required, and what has an example. */
export function exampleOf(operation: Operation, document: Document): string {
  const content = operation.requestBody?.content ?? {};
  const json = content["application/json"]?.schema;
  if (json) return JSON.stringify(sample(json, document), null, 2);
  return "";
}

/** One value that a schema describes. */
function sample(schema: Schema, document: Document, depth = 0): unknown {
  const told = resolved(schema, document);
  if (told.const !== undefined) return told.const;
  if (told.examples?.length) return told.examples[0];
  if (told.enum?.length) return told.enum[0];
  const choices = told.anyOf ?? (told.properties ? undefined : told.oneOf) ?? told.allOf;
  if (choices?.[0]) return sample(choices[0], document, depth);
  if (told.properties) return sampleObject(told, document, depth);
  if (told.default !== undefined) return told.default;
  const type = Array.isArray(told.type) ? told.type[0] : told.type;
  if (type === "array") return told.items && depth < 4 ? [sample(told.items, document, depth + 1)] : [];
  if (type === "integer" || type === "number") return told.minimum ?? 1;
  if (type === "boolean") return false;
  if (type === "string") return "text";
  return null;
}

function sampleObject(schema: Schema, document: Document, depth: number) {
  // Where one of several has to be given, the first is shown.
  const wanted = new Set([...(schema.required ?? []), ...(schema.oneOf?.[0]?.required ?? [])]);
  const entries = Object.entries(schema.properties ?? {}).filter(([name]) => wanted.has(name));
  return Object.fromEntries(entries.map(([name, one]) => [name, sample(one, document, depth + 1)]));
}

export function resolved(schema: Schema, document: Document): Schema {
  const name = schema.$ref?.split("/").pop();
  return name ? (document.components.schemas[name] ?? {}) : schema;
}

export interface Request {
  method: string;
  address: string;
  kind: string;
  body: string;
}

/** A request of an operation with what was filled in. */
export function requestOf(
  operation: Operation,
  values: Record<string, string>,
  body: string,
  kind: string,
): Request {
  const given = (place: Parameter["in"]) =>
    Object.fromEntries(
      (operation.parameters ?? [])
        .filter((one) => one.in === place)
        .map((one) => [one.name, values[one.name] ?? ""]),
    );
  return {
    method: operation.method,
    address: addressOf(operation.path, given("path"), given("query")),
    kind,
    body: operation.requestBody ? body : "",
  };
}
