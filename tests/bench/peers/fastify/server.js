// The same check over the same tables: cluster mode on every core, a pool with prepared statements, schema-compiled JSON both ways,
// verified tokens cached. It reads the database at every check; it keeps no audit, which only makes it quicker.
import cluster from 'node:cluster'
import { createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import fastifyJwt from '@fastify/jwt'
import Fastify from 'fastify'
import pg from 'pg'

const cores = availableParallelism?.() ?? 2

const CHECK = {
  name: 'check',
  text: `select h.person_id, h.shared, h.confirmed, m.kind, m.channel, m.restriction_id
         from person_handle h
         left join restriction_measure m on m.person_id = h.person_id and m.in_force and not m.stands_by and ($3 = '' or m.service_area = $3)
         left join restriction r on r.id = m.restriction_id and (r.in_force_until is null or r.in_force_until > now())
         where h.kind = $1 and h.value = $2 and h.ended_at is null`
}

const body = {
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    ['channel', 'phone', 'email', 'crmRef', 'uprn', 'socialHandle', 'serviceArea', 'staffId', 'consistencyToken'].map((name) => [name, { type: 'string' }])
  )
}
const text = { type: 'string' }
const answer = {
  type: 'object',
  properties: {
    outcome: text,
    matches: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          personId: text,
          match: text,
          instructions: { type: 'array', items: { type: 'object', properties: { code: text, text, restrictionId: text } } }
        }
      }
    },
    asOf: text
  }
}

function handleOf ({ phone, email, crmRef, uprn, socialHandle }) {
  if (phone) {
    const digits = phone.replace(/[^\d+]/g, '')
    return ['PHONE', digits.startsWith('0') ? '+44' + digits.slice(1) : digits]
  }
  if (email) return ['EMAIL', email.trim().toLowerCase()]
  if (crmRef) return ['CRM_REF', crmRef.trim().toUpperCase()]
  if (uprn) return ['UPRN', uprn]
  return ['SOCIAL', socialHandle]
}

function answerFrom (rows) {
  const people = new Map()
  for (const row of rows) {
    if (!people.has(row.person_id)) people.set(row.person_id, { row, instructions: [] })
    if (row.restriction_id) {
      people.get(row.person_id).instructions.push({
        code: row.kind,
        text: 'Contact by phone is closed for now. Please say so politely, say that the counter, e-mail, post and the online form are open, and end the contact. If anybody may be in danger, deal with that first.',
        restrictionId: row.restriction_id
      })
    }
  }
  const told = [...people.values()].some(({ instructions }) => instructions.length > 0)
  const asOf = new Date().toISOString()
  if (!told) return { outcome: 'CLEAR', asOf }
  const exact = people.size === 1 && rows[0].confirmed && !rows[0].shared
  return {
    outcome: 'GUIDANCE',
    matches: [...people].map(([personId, { instructions }]) => ({ personId, match: exact ? 'EXACT' : 'POSSIBLE', instructions })),
    asOf
  }
}

async function serve () {
  const [key] = JSON.parse(readFileSync(process.env.JWKS)).keys
  const app = Fastify({ logger: false, keepAliveTimeout: 600_000 })
  const pool = new pg.Pool({ max: 10, options: '-c search_path=restriction' })
  app.register(fastifyJwt, {
    secret: { public: createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }), private: '' },
    verify: { algorithms: ['RS256'], allowedIss: process.env.ISSUER, allowedAud: process.env.AUDIENCE, cache: 1000 }
  })
  app.post('/v1/contacts:check', { schema: { body, response: { 200: answer } }, onRequest: (request) => request.jwtVerify() }, async (request) => {
    const [kind, value] = handleOf(request.body)
    const { rows } = await pool.query({ ...CHECK, values: [kind, value, request.body.serviceArea ?? ''] })
    return answerFrom(rows)
  })
  await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
}

if (cluster.isPrimary) {
  for (let core = 0; core < cores; ++core) cluster.fork()
  process.on('SIGTERM', () => process.exit(0))
} else {
  await serve()
}
