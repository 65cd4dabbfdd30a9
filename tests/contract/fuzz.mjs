// Calls every operation of the served OpenAPI with requests made of its schemas, right ones and slightly wrong ones, and holds each reply to
// what is declared: its status, its media type, its body; nothing 5xx; nothing accepted that the schema forbids.
//   node fuzz.mjs URL SEED SECONDS TOKEN…      prints what it found, one line each kind, with the request that shows it; exit 1 if anything
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';

const [url, seed, seconds, ...tokens] = process.argv.slice(2);
const contract = await (await fetch(`${url}/openapi.json`)).json();
const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
addFormats(ajv);
ajv.addSchema(contract, 'contract');
// References lead into the document, wherever the schema stands.
const inDocument = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/'));
const compiled = new WeakMap();
const validator = (schema) => compiled.get(schema) ?? (compiled.set(schema, ajv.compile(inDocument(schema))), compiled.get(schema));
const resolve = (thing) => (thing?.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key.replaceAll('~1', '/')], contract) : thing);

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => ({ path, method: method.toUpperCase(), ...one, parameters: (one.parameters ?? []).map(resolve) })));

// What replies named: half of the ids that are asked for are of things that are there.
const known = new Set();
const learn = (value) => {
  if (Array.isArray(value)) return value.forEach(learn);
  if (value && typeof value === 'object') for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && /^(id|reference|.*Id)$/.test(name) && known.size < 2000) known.add(inner);
    else learn(inner);
  }
};
const anId = fc.oneof(fc.nat().map((n) => [...known][n % Math.max(known.size, 1)] ?? '01a22e36-98e1-7cfe-b62e-a7b3fe688ba7'), fc.uuid(), fc.constantFrom('INC-2026-000001', 'RES-2026-000001', 'scotland', '2031-05-07'));

const text = (schema) => {
  const most = Math.min(schema.maxLength ?? 60, 60);
  if (schema.format === 'uuid' || schema.pattern?.includes('[0-9a-f]{8}')) return anId;
  if (schema.format === 'date') return fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10));
  if (schema.format === 'date-time') return fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((d) => d.toISOString());
  if (schema.format === 'uri') return fc.constantFrom('https://crm.example.org/hook', 'https://receiver.example/a?b=c'); // nobody's
  if (schema.format === 'email') return fc.constantFrom('pat@example.org', 'desk@example.org');
  return fc.oneof(fc.constantFrom('Housing', 'E1001', '07700 900123', 'A calm sentence.', 'public-numbers', 'P6M', '09:30'), fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: most }))
    .filter((t) => !t.includes('\u0000') && [...t].length <= (schema.maxLength ?? Infinity));
};
const valueOf = (given, depth = 0) => {
  const schema = resolve(given);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string': return text(schema);
    case 'boolean': return fc.boolean();
    case 'integer': return fc.integer({ min: schema.minimum ?? -3, max: Math.min(schema.maximum ?? 500, 2 ** 31 - 1) });
    case 'number': return fc.double({ min: 0, max: 1e6, noNaN: true });
    case 'array': return fc.array(valueOf(schema.items, depth + 1), { minLength: schema.minItems ?? 0, maxLength: Math.max(schema.minItems ?? 0, 3) });
    default: {
      if (!schema.properties) return schema.additionalProperties && schema.additionalProperties !== true ? fc.dictionary(fc.constantFrom('IncidentDate', 'Narrative', 'reason'), valueOf(schema.additionalProperties, depth + 1)) : fc.constant({});
      if (schema.oneOf) { // exactly one of these
        const choices = schema.oneOf.map((one) => one.required[0]), rest = Object.fromEntries(Object.entries(schema.properties).filter(([n]) => !choices.includes(n)));
        return fc.constantFrom(...choices).chain((n) => valueOf({ ...schema, oneOf: undefined, properties: { ...rest, [n]: schema.properties[n] }, required: [...(schema.required ?? []), n] }, depth));
      }
      const names = Object.keys(schema.properties);
      const optional = depth > 3 ? [] : names.filter((n) => !schema.required?.includes(n));
      return fc.record(Object.fromEntries(names.filter((n) => schema.required?.includes(n) || optional.includes(n)).map((n) => [n, valueOf(schema.properties[n], depth + 1)])),
        { requiredKeys: schema.required ?? [] });
    }
  }
};
// The written example with one part changed, a made-up body, or either with a slip of the kind that people make.
const slips = [
  (b, n) => { const names = Object.keys(b); if (names.length) delete b[names[n % names.length]]; return b; },
  (b, n) => { const names = Object.keys(b); if (names.length) b[names[n % names.length]] = [7, null, 'x'.repeat(70000), {}, [], true, -1, 1e300, 'NO_SUCH_WORD'][n % 9]; return b; },
  (b) => ({ ...b, display_name: 'x' }),
  (b) => ({ ...b, noSuchField: 1 }),
  (b, n) => { const names = Object.keys(b); if (names.length) { b[names[n % names.length].replace(/[A-Z]/g, (c) => '_' + c.toLowerCase())] = b[names[n % names.length]]; } return b; },
];
const bodyOf = (media) => {
  const made = valueOf(media.schema), written = media.example ? fc.tuple(fc.constant(media.example), made, fc.nat()).map(([example, other, n]) => {
    const names = Object.keys(other), name = names[n % Math.max(names.length, 1)];
    return { ...example, ...(name ? { [name]: other[name] } : {}) };
  }) : made;
  return fc.oneof({ weight: 3, arbitrary: written }, { weight: 2, arbitrary: made },
    { weight: 2, arbitrary: fc.tuple(fc.oneof(written, made), fc.nat({ max: slips.length - 1 }), fc.nat()).map(([body, slip, n]) => slips[slip](structuredClone(body), n)) })
    .map((body) => JSON.stringify(body));
};
const requestOf = (operation) => {
  const of = (place) => operation.parameters.filter((p) => p.in === place);
  const some = (place) => fc.record(Object.fromEntries(of(place).map((p) => [p.name, valueOf(p.schema)])), { requiredKeys: of(place).filter((p) => p.required).map((p) => p.name) });
  const content = Object.entries(operation.requestBody?.content ?? {});
  const body = content.length === 0 ? fc.constant(undefined)
    : content[0][0] === 'application/json' ? fc.tuple(fc.constant('application/json'), bodyOf(content[0][1]))
    : fc.tuple(fc.constantFrom(content[0][0], 'text/plain', 'application/json'), fc.string({ maxLength: 300 }));
  return fc.record({ operation: fc.constant(operation), path: some('path'), query: some('query'), header: some('header'), body, token: fc.constantFrom(...tokens), tried: fc.boolean() });
};

const found = new Map();
let calls = 0;
const fault = (what, request, reply, more) => {
  const key = `${request.operation.operationId}: ${what}`;
  if (!found.has(key)) found.set(key, `${key}\n    ${request.operation.method} ${request.target} ${request.body?.[1]?.slice(0, 600) ?? ''}\n    -> ${reply.status} ${more ?? ''}`);
};
const plain = (value) => encodeURIComponent(String(value).replaceAll(/[\r\n\0]/g, ' ') || '-');
const call = async (request) => {
  const { operation } = request;
  const query = Object.entries(request.query).filter(([, v]) => typeof v !== 'object').map(([k, v]) => `${k}=${encodeURIComponent(v)}`);
  if (operation.parameters.some((p) => p.name === 'validateOnly') && request.tried && !query.some((q) => q.startsWith('validateOnly'))) query.push('validateOnly=true');
  request.target = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name) => plain(request.path[name] ?? 'x')) + (query.length ? `?${query.join('&')}` : '');
  const headers = { authorization: `Bearer ${request.token}` };
  for (const [name, value] of Object.entries(request.header)) headers[name] = name === 'If-Match' ? '*' : plain(value);
  if (request.body) headers['content-type'] = request.body[0];
  const reply = await fetch(url + request.target, { method: operation.method, headers, body: request.body?.[1] });
  const bytes = await reply.text();
  ++calls;
  const declared = operation.responses[reply.status];
  if (reply.status >= 500 && !(reply.status === 503 && operation.operationId === 'Readyz')) fault('a fault of the server', request, reply, bytes.slice(0, 300));
  if (!declared) return fault(`undeclared status ${reply.status}`, request, reply, bytes.slice(0, 300));
  const media = resolve(declared).content ?? {}, type = reply.headers.get('content-type')?.split(';')[0];
  if (!type) return Object.keys(media).length ? fault('no media type', request, reply) : undefined;
  if (!media[type] && !media['*/*']) return fault(`undeclared media type ${type} of ${reply.status}`, request, reply, bytes.slice(0, 200));
  if (!/json/.test(type)) return;
  for (const line of type.includes('ndjson') ? bytes.split('\n').filter(Boolean) : [bytes]) {
    const value = JSON.parse(line), check = validator(media[type].schema);
    if (!check(value)) fault(`the body of ${reply.status} is not as declared: ${check.errors[0].schemaPath}`, request, reply, `${check.errors[0].instancePath} ${check.errors[0].message}; ${line.slice(0, 400)}`);
    learn(value);
  }
  // A bad item of a batch says so in its own place.
  if (reply.status < 300 && request.body?.[0] === 'application/json' && !bytes.includes('"error":')) {
    const check = validator(operation.requestBody.content['application/json'].schema);
    // As everywhere in proto3's JSON, a field that is null or empty is one that isn't there.
    const said = JSON.parse(request.body[1], function (name, value) { return (value === null || value === '') && !Array.isArray(this) ? undefined : value; });
    if (!check(said ?? {})) fault(`accepted what the schema forbids: ${check.errors[0].schemaPath}`, request, reply, check.errors[0].message);
  }
};

console.log(`seed ${seed}, ${seconds} s`);
const property = fc.asyncProperty(fc.constantFrom(...operations).chain(requestOf), call);
const end = await fc.check(property, { seed: Number(seed), numRuns: 1e9, interruptAfterTimeLimit: Number(seconds) * 1000, endOnFailure: true });
if (end.failed && end.error) console.log(`the walk itself failed: ${end.error}`);
console.log(`${calls} calls of ${operations.length} operations, ${known.size} ids met; seed ${seed}`);
for (const line of found.values()) console.log(line);
process.exit(found.size > 0 || (end.failed && !end.interrupted) ? 1 : 0);
