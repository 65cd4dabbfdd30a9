// Holds replies that the functional tests were given to the OpenAPI: their status is declared, and their body is as its schema says.
//   node replies.mjs OPENAPI FOLDER     FOLDER is what EVENHAND_CORPUS named while they ran
import { readFileSync, readdirSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [, , source, folder] = process.argv;
const contract = JSON.parse(readFileSync(source, 'utf8'));
const ajv = new Ajv({ strict: false });
addFormats(ajv);
ajv.addSchema(contract, 'contract');
const resolve = (thing) => (thing?.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : thing);
const compiled = new Map();
const validator = (key, schema) => compiled.get(key) ?? compiled.set(key, ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')))).get(key);
const routes = Object.entries(contract.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, one]) => ({
  method: method.toUpperCase(), one, literals: (path.match(/\{/g) ?? []).length, is: new RegExp('^' + path.replaceAll(/\{[^}]+\}/g, '[^/:]+') + '$') }))).sort((a, b) => a.literals - b.literals);
const faults = new Map();
let held = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.ndjson'))) {
  for (const line of readFileSync(`${folder}/${file}`, 'utf8').split('\n').filter(Boolean)) {
    let said;
    try { said = JSON.parse(line); } catch { continue; } // a test that was ended in the middle of a line
    const path = said.path.split('?')[0], route = routes.find((r) => r.method === said.method && r.is.test(path));
    if (!route || said.reply === null || typeof said.reply !== 'object') continue;
    const declared = resolve(route.one.responses[said.status]), name = `${route.one.operationId} ${said.status}`;
    if (!declared) { faults.set(name, 'not declared'); continue; }
    const media = declared.content?.['application/json'] ?? declared.content?.['application/problem+json'];
    if (!media) continue;
    ++held;
    const check = validator(name, media.schema);
    if (!check(said.reply)) faults.set(`${name} ${check.errors[0].instancePath.replaceAll(/\d+/g, 'n')} ${check.errors[0].message}`, JSON.stringify(said.reply).slice(0, 200));
  }
}
for (const [what, more] of faults) console.log(`${what}\n    ${more}`);
console.log(`${held} replies held to the contract, ${faults.size} kinds of faults`);
process.exit(faults.size ? 1 : 0);
