import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import { adminUser, hashOf } from '../../../src/server/access/authenticate.ts'
import { allKinds, recordKinds } from '../../../src/server/kinds/all-kinds.ts'
import { apiVersionOf } from '../../../src/server/kinds/resource-kind.ts'
import { startServer, type RunningServer } from '../../../src/server/start-server.ts'
import type { Fields } from '../../support/api-server.ts'
import { streamApp, streamApps } from '../../support/api-stream-app.ts'

const admin = 'the-token-of-the-tests-which-is-long'
const viewer = 'the-token-of-one-who-may-only-look-everywhere'
const password = 'hunter2hunter2'
const encoded = Buffer.from(password).toString('base64')
const secrets = '/api/v1/namespaces/default/secrets'
const accounts = '/api/v1/namespaces/default/serviceaccounts'

const record = new MemoryRecord(systemClock)
const said: string[] = []
let server: RunningServer
/** Of an account. */
let token: string
before(async () => {
  server = await startServer({
    record,
    tls: undefined,
    tokens: [
      { token: new Secret(admin), user: adminUser },
      {
        token: new Secret(viewer),
        user: { name: 'viewer', groups: [], grants: [{ role: 'view', namespace: '*' }] },
      },
    ],
    clock: systemClock,
    port: 0,
    say: (message, fields) => said.push(`${message} ${JSON.stringify(fields)}`),
  })
  await ask('POST', accounts, { body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'bot' } } })
  const { body } = await ask('POST', `${accounts}/bot/token`, { body: {} })
  token = body['status'].token
  assert.equal((await ask('POST', secrets, { body: secretOf({ data: { password: encoded } }) })).code, 201)
  await ask('POST', streamApps, { body: streamApp('app') })
})
after(() => server.close())

function secretOf(fields: object, name = 'kept'): object {
  // As `kubectl apply` leaves it on the client's side.
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { password: encoded } }),
  }
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, annotations }, ...fields }
}

interface Asking {
  readonly body?: object | string
  readonly as?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function ask(
  method: string,
  path: string,
  { body, as = admin, headers = {} }: Asking = {},
): Promise<{ readonly code: number; readonly text: string; readonly body: Fields }> {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { code: response.status, text: `${text}\n${JSON.stringify([...response.headers])}`, body: parsed(text) }
}

function parsed(text: string): Fields {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

function assertKept(text: string, where: string): void {
  for (const secret of [password, encoded, token, admin, viewer]) {
    assert.ok(!text.includes(secret), `${where} shows ${secret}: ${text.slice(0, 300)}`)
  }
}

const forms = [
  'application/json',
  'application/json;as=Table;g=meta.k8s.io;v=v1',
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
]

describe('what is secret', () => {
  it('is shown to nobody who may only look: by no kind, in no form, listed, read or watched', async () => {
    for (const kind of allKinds) {
      const root = kind.group === '' ? '/api/v1' : `/apis/${apiVersionOf(kind)}`
      const inside = kind.isNamespaced ? '/namespaces/default' : ''
      const paths = [`${root}/${kind.plural}`, `${root}${inside}/${kind.plural}`].flatMap((path) => [
        path,
        `${path}?watch=1&timeoutSeconds=1&resourceVersion=1`,
        `${path}?includeObject=Object`,
        `${path}?labelSelector=nothing`,
      ])
      const names = ['kept', 'app', 'bot', 'default'].map((name) => `${root}${inside}/${kind.plural}/${name}`)
      for (const accept of forms) {
        for (const path of [...paths, ...names])
          assertKept((await ask('GET', path, { as: viewer, headers: { accept } })).text, path)
      }
    }
    for (const path of ['/api', '/apis', '/openapi/v2', '/openapi/v3', '/version', '/api/v1', '/readyz']) {
      assertKept((await ask('GET', path, { as: viewer })).text, path)
    }
  })

  it('is in no list, and no watch, of another kind for anybody', async () => {
    for (const kind of allKinds.filter(({ plural }) => plural !== 'secrets')) {
      const root = kind.group === '' ? '/api/v1' : `/apis/${apiVersionOf(kind)}`
      assertKept((await ask('GET', `${root}/${kind.plural}`)).text, kind.plural)
    }
  })

  it('is in the table of Secrets as a number, and in who owns its fields as a name', async () => {
    const headers = { accept: forms[1] ?? '' }
    assertKept((await ask('GET', `${secrets}?includeObject=None`, { headers })).text, 'the table')
    const { body } = await ask('GET', `${secrets}/kept`)
    assert.equal(body['data'].password, encoded)
    assertKept(JSON.stringify(body['metadata'].managedFields), 'managedFields')
  })

  const merge = { 'content-type': 'application/merge-patch+json' }
  const json = { 'content-type': 'application/json-patch+json' }
  const apply = { 'content-type': 'application/apply-patch+yaml' }
  const wrong: readonly (readonly [what: string, method: string, path: string, asking: Asking])[] = [
    ['no base64', 'POST', secrets, { body: secretOf({ data: { a: `${password}?` } }, 'new') }],
    ['a list', 'POST', secrets, { body: secretOf({ data: [password] }, 'new') }],
    ['a text', 'POST', secrets, { body: secretOf({ stringData: password }, 'new') }],
    ['a map in it', 'POST', secrets, { body: secretOf({ stringData: { a: { b: password } } }, 'new') }],
    ['a type that is a secret', 'POST', secrets, { body: secretOf({ type: [password] }, 'new') }],
    ['cut off', 'POST', secrets, { body: `{"stringData":{"a":"${password}"` }],
    [
      'twice',
      'POST',
      `${secrets}?fieldValidation=Strict`,
      {
        body: `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"${password}","a":"${password}"}}`,
      },
    ],
    [
      'with a NUL',
      'PATCH',
      `${secrets}/kept`,
      { body: { metadata: { annotations: { a: `${password}\0` } } }, headers: merge },
    ],
    ['of another kind', 'PUT', `${streamApps}/app`, { body: secretOf({ data: { password: encoded } }, 'app') }],
    ['there already', 'POST', secrets, { body: secretOf({ stringData: { password } }) }],
    [
      'in a patch that tests',
      'PATCH',
      `${secrets}/kept`,
      { body: [{ op: 'test', path: '/data/password', value: encoded.slice(1) }], headers: json },
    ],
    [
      'in a patch that cannot be',
      'PATCH',
      `${secrets}/kept`,
      { body: [{ op: 'add', path: '/data/password/b', value: password }], headers: json },
    ],
    ['in a patch of another form', 'PATCH', `${secrets}/kept`, { body: `[{"value":"${password}"}]`, headers: merge }],
    [
      'in YAML that is none',
      'PATCH',
      `${secrets}/kept?fieldManager=a`,
      { body: `a: "${password}\nb: [${password}`, headers: apply },
    ],
    [
      'in what conflicts',
      'PATCH',
      `${secrets}/kept?fieldManager=other`,
      { body: secretOf({ data: { password: 'b3RoZXI=' } }), headers: apply },
    ],
    [
      'of another type than its field',
      'PATCH',
      `${secrets}/kept?fieldManager=other`,
      { body: secretOf({ data: { password: [password] } }), headers: apply },
    ],
    ['as who one is', 'GET', secrets, { as: `${password}-${encoded}` }],
    ['as a media type', 'POST', secrets, { body: {}, headers: { 'content-type': 'text/plain' } }],
  ]
  for (const [what, method, path, asking] of wrong) {
    it(`is in no refusal: ${what}`, async () => {
      const { code, text } = await ask(method, path, asking)
      assert.ok(code >= 400 && code < 500, `${code} ${text.slice(0, 200)}`)
      assertKept(text, what)
    })
  }

  it('is in the log, the audit and the events of nothing, and a token stands in the record as its hash', async () => {
    assertKept(said.join('\n'), 'the log')
    assertKept(JSON.stringify(await record.latestEvents(undefined, 1_000)), 'the events')
    for (const kind of recordKinds) {
      const { objects } = await record.list(kind)
      for (const { key, body } of objects) {
        assertKept(JSON.stringify(await record.audit(key, 100)), 'the audit')
        if (kind !== 'Secret') assertKept(JSON.stringify([key, body]), kind)
      }
    }
    const { objects } = await record.list('AccessToken')
    assert.deepEqual(
      objects.map(({ key }) => key.name),
      [hashOf(token)],
    )
  })

  it('is served to nobody by the name under which the record keeps tokens', async () => {
    for (const path of [
      '/api/v1/accesstokens',
      '/api/v1/namespaces/default/accesstokens',
      `/api/v1/accesstokens/${hashOf(token)}`,
    ]) {
      assert.equal((await ask('GET', path)).code, 404)
    }
    // Whoever reads the database has the hash, and nothing that opens.
    assert.equal((await ask('GET', secrets, { as: hashOf(token) })).code, 401)
  })
})
