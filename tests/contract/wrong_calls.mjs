// Writes what a compiler must refuse, and beside it what it must take: each create, check and record with an empty body, and with the body
// of the contract's own example; each change of state without If-Match.
//   node wrong_calls.mjs OPENAPI OUT.ts
import { readFileSync, writeFileSync } from 'node:fs';

const [, , source, out] = process.argv;
const contract = JSON.parse(readFileSync(source, 'utf8'));
const resolve = (thing) => (thing?.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : thing);
const lines = ["import createClient from 'openapi-fetch';", "import type { paths } from './evenhand.js';", 'const client = createClient<paths>();'];
let wrong = 0;
for (const [path, methods] of Object.entries(contract.paths)) {
  for (const [method, one] of Object.entries(methods)) {
    const media = one.requestBody?.content?.['application/json'];
    if (!media) continue;
    const parameters = one.parameters.map(resolve), variables = parameters.filter((p) => p.in === 'path').map((p) => `${p.name}: 'x'`);
    const headers = parameters.filter((p) => p.in === 'header' && p.required).map((p) => `'${p.name}': 'x'`);
    const place = [variables.length && `path: { ${variables} }`, headers.length && `header: { ${headers} }`].filter(Boolean);
    const call = (at, body) => `client.${method.toUpperCase()}('${path}', { ${at.length ? `params: { ${at.join(', ')} }, ` : ''}body: ${body} });`;
    lines.push(`await ${call(place, JSON.stringify(media.example ?? {}))}`);
    const creates = (method === 'post' || method === 'put') && !path.includes(':');
    if (creates || ['CheckContact', 'RecordContact', 'BatchCheckContacts', 'ReplayContact', 'ResolvePeople'].includes(one.operationId)) {
      ++wrong;
      lines.push(`// @ts-expect-error ${one.operationId} needs more than nothing`, `await ${call(place, '{}')}`);
    }
    if (headers.some((h) => h.startsWith("'If-Match'"))) {
      ++wrong;
      lines.push(`// @ts-expect-error ${one.operationId} asks which state was seen`, `await ${call(place.filter((p) => !p.startsWith('header')), JSON.stringify(media.example ?? {}))}`);
    }
  }
}
if (wrong < 40) throw new Error(`only ${wrong} calls found that a compiler should refuse`);
writeFileSync(out, lines.join('\n') + '\n');
console.log(`${wrong} wrong calls are refused by the compiler`);
