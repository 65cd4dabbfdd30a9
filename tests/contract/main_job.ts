// The main job by a client that knows nothing but the OpenAPI: import, record, person, link, propose, impose, check, count, appeal.
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './evenhand.js';

// Node 18, Debian's, has no global `crypto` yet; a test's keys need to be different, not secret.
const aUuid = () => '00000000-0000-4000-8000-000000000000'.replace(/0/g, () => Math.floor(Math.random() * 16).toString(16));

declare const process: { argv: string[]; env: Record<string, string | undefined>; exit(code: number): never };

const [, , url = '', exportFile = ''] = process.argv;
const { readFile } = (await import('node:fs/promises' as string)) as { readFile(path: string): Promise<Uint8Array<ArrayBuffer>> };

function clientOf(who: string) {
  const client = createClient<paths>({ baseUrl: url });
  const identity: Middleware = {
    onRequest({ request }) {
      request.headers.set('Authorization', `Bearer ${process.env[who]}`);
      if (request.method !== 'GET' && !request.headers.has('Idempotency-Key') && !request.url.includes(':import'))
        request.headers.set('Idempotency-Key', `"${aUuid()}"`);
      return request;
    },
  };
  client.use(identity);
  return client;
}

let step = '';
function expect(holds: unknown, sentence: string): asserts holds {
  if (holds) return;
  console.error(`${step}: ${sentence}`);
  process.exit(1);
}
// The reply's body, or the end with the problem's own words.
function good<T>(reply: { data?: T; error?: unknown; response: Response }): T {
  expect(reply.data !== undefined, `${reply.response.status} ${JSON.stringify(reply.error)}`);
  return reply.data;
}
function has(value: string | undefined, name: string): string {
  expect(value, `the reply has its ${name}`);
  return value;
}

const employee = clientOf('EMPLOYEE'), leader = clientOf('LEADER'), manager = clientOf('MANAGER'), director = clientOf('DIRECTOR');
const crm = clientOf('CRM'), portal = clientOf('PORTAL');
const unique = aUuid().slice(0, 8);
const phone = `01632 960${String(Math.floor(Math.random() * 1000)).padStart(3, '0')}`;

step = 'import';
const lines = good(await portal.POST('/v1/incidents:import', {
  body: (await readFile(exportFile)) as never, bodySerializer: (bytes) => bytes as never, headers: { 'Content-Type': 'text/csv' }, parseAs: 'text',
})) as unknown as string;
const rows = lines.trim().split('\n').map((line) => JSON.parse(line) as components['schemas']['ImportIncidentsRow']);
expect(rows.at(-1)?.summary?.reconciled === true, 'the counts add up');
expect(rows.slice(0, -1).every((row) => row.outcome !== undefined), 'each row has an outcome');

step = 'record';
const incident = good(await employee.POST('/v1/incidents', {
  body: {
    sourceSystem: 'CRM', sourceRef: `T-${unique}`, occurredAt: '2026-11-02T10:15:00Z', channel: 'PHONE', behaviours: ['ABUSE'], serviceArea: 'Housing',
    team: 'Repairs', staff: [{ staffId: 'E1001', name: 'A. Officer', role: 'AFFECTED' }], lineManagerId: 'E2001', warning: { given: true },
    contactEnded: true, person: { name: 'Pat Example', phone }, narrative: 'Shouted and swore for several minutes.',
  },
}));
const incidentId = has(incident.id, 'id');
expect(incident.state === 'RECORDED' && /^INC-\d{4}-\d{6}$/.test(incident.reference ?? ''), 'it is recorded, with a readable reference');
const again = good(await employee.GET('/v1/incidents/{id}', { params: { path: { id: incident.reference ?? '' } } }));
expect(again.id === incidentId, 'its reference reads it as well');

step = 'person';
const person = good(await leader.POST('/v1/people', {
  body: { displayName: `Pat Example ${unique}`, handles: [{ kind: 'PHONE', value: phone }, { kind: 'EMAIL', value: `pat.${unique}@example.org` }] },
}));
const personId = has(person.id, 'id');

step = 'link';
const linked = good(await leader.POST('/v1/incidents/{id}:linkPerson', {
  params: { path: { id: incidentId }, header: { 'If-Match': has(incident.etag, 'etag') } }, body: { personId },
}));
expect(linked.personId === personId, 'the incident is about the person');

step = 'propose';
const proposal: components['schemas']['RestrictionInput'] = {
  personId, serviceArea: 'Housing', measures: [{ kind: 'LIMIT_VOLUME', channel: 'PHONE', maxContacts: 2, period: 'WEEK' }],
  grounds: [{ behaviour: 'ABUSE', incidentIds: [incidentId], summary: 'Three abusive calls in a week' }],
  necessity: 'Staff harmed; warnings did not help', proportionality: 'E-mail and letters stay open',
  alternativesConsidered: [{ alternative: 'Named contact', whyNotSufficient: 'The abuse went on with two of them' }],
  restorative: { notAttempted: { reason: 'NOT_APPROPRIATE', explanation: 'Abusive from the first word of each call' } },
  adjustmentsConsidered: 'None recorded; asked on 2 November', review: {},
  explanation: { toPerson: 'Calls in October were abusive to staff. Please call at most twice a week.' },
};
const refused = await leader.POST('/v1/restrictions', { body: { ...proposal, necessity: '', grounds: [] } });
expect(refused.error !== undefined && refused.response.status === 400, 'without its reasons it is refused');
const violations = (refused.error as components['schemas']['Problem']).violations ?? [];
expect(violations.some((one) => one.clause === '6.2') && violations.length >= 2, 'every fault is named with its clause');
const proposed = good(await leader.POST('/v1/restrictions', { body: proposal }));
const id = has(proposed.id, 'id'), etag = has(proposed.etag, 'etag');
expect(proposed.state === 'PROPOSED', 'it waits for a decision');

step = 'impose';
const denied = await leader.POST('/v1/restrictions/{id}:impose', { params: { path: { id }, header: { 'If-Match': etag } }, body: {} });
expect(denied.response.status === 403 && (denied.error as components['schemas']['Problem']).clause === '7.3', 'a team leader may not');
const imposed = good(await manager.POST('/v1/restrictions/{id}:impose', { params: { path: { id }, header: { 'If-Match': etag } }, body: {} }));
expect(imposed.state === 'IN_FORCE', 'a senior manager may');
const stale = await manager.POST('/v1/restrictions/{id}:lift', { params: { path: { id }, header: { 'If-Match': etag } }, body: { reason: 'Settled' } });
expect(stale.response.status === 412, 'an old etag is refused');

step = 'check';
const answer = good(await crm.POST('/v1/contacts:check', {
  body: { channel: 'PHONE', phone, serviceArea: 'Housing', consistencyToken: has(imposed.consistencyToken, 'consistencyToken') },
}));
const match = answer.matches?.find((one) => one.personId === personId);
expect(answer.outcome === 'GUIDANCE' && match, 'there is guidance');
expect(match.instructions?.[0]?.code === 'LIMIT_VOLUME' && match.instructions[0].text, 'it says what to do');
expect(match.remainingContacts === 2, 'and what is left');

step = 'count';
for (const left of [1, 0]) {
  const counted = good(await crm.POST('/v1/contacts:record', { body: { channel: 'PHONE', phone, serviceArea: 'Housing' } }));
  const remains = counted.matches?.find((one) => one.personId === personId)?.remainingContacts;
  expect(remains === left, `${left} are left, it says ${remains}`);
}

step = 'appeal';
const appeal = good(await leader.POST('/v1/appeals', {
  body: { restrictionId: id, receivedAt: new Date().toISOString(), by: 'PERSON', grounds: 'I need the telephone for my repairs.' },
}));
const acknowledged = good(await director.POST('/v1/appeals/{id}:acknowledge', {
  params: { path: { id: has(appeal.id, 'id') }, header: { 'If-Match': has(appeal.etag, 'etag') } }, body: {},
}));
const decided = good(await director.POST('/v1/appeals/{id}:decide', {
  params: { path: { id: has(appeal.id, 'id') }, header: { 'If-Match': has(acknowledged.etag, 'etag') } },
  body: { outcome: 'UPHELD', reasons: 'The calls were about an urgent repair.' },
}));
expect(decided.state, 'the appeal has a state');
for (let left = 100; ; --left) { // the effect travels by an event
  const after = good(await manager.GET('/v1/restrictions/{id}', { params: { path: { id } } }));
  if (after.state === 'OVERTURNED') break;
  expect(left > 0, `the restriction ends; it is ${after.state}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.log('main job by the generated client: ok');
