// Types of the API: node types.mjs [TO], from docs/api/openapi.json.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const FROM = new URL("../docs/api/openapi.json", import.meta.url);
const TO = process.argv[2] ?? new URL("src/api/document.ts", import.meta.url);

/** Which of several fields has to be given is left to the service: as types it reads badly. */
function withoutChoices(schema) {
  if (Array.isArray(schema)) return schema.map(withoutChoices);
  if (schema === null || typeof schema !== "object") return schema;
  const kept = Object.entries(schema).filter(([name]) => name !== "oneOf" || !schema.properties);
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutChoices(value)]));
}

const document = withoutChoices(JSON.parse(await readFile(FROM, "utf8")));
const types = astToString(await openapi(document, { defaultNonNullable: false }));
await writeFile(TO, `// Written by types.mjs: npm run types\n\n${types}`);
