import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ok } from '../../src/base/result.ts'
import type { Sight } from '../../src/controller/observe/observe.ts'
import type { HerokuDynos } from '../../src/heroku/dynos.ts'
import type { LogLine } from '../../src/heroku/log-stream.ts'
import { world } from '../support/desired.ts'
import { finished } from '../support/finished.ts'
import { onlyOwn } from '../support/heroku-way.ts'
import { startPlainApi, type PlainApiServer } from '../support/plain-api-server.ts'
import { installPackages, noPython, pythonHere } from '../support/python-packages.ts'
import { streamApp } from '../support/api-stream-app.ts'

const python = pythonHere()
const skip = python === undefined ? noPython : false
const requirements = new URL('clients/schemathesis/requirements.txt', import.meta.url).pathname

/** The short form asks little, and the same each time; the long one is for a machine with time: see docs/how-to/verify.md. */
const seed = process.env['WEIR_SCHEMATHESIS_SEED'] ?? '7'
const examples = process.env['WEIR_SCHEMATHESIS_EXAMPLES'] ?? '4'
const phases = process.env['WEIR_SCHEMATHESIS_EXAMPLES'] === undefined ? 'fuzzing' : 'examples,coverage,fuzzing'

const checks = 'not_a_server_error,response_schema_conformance,content_type_conformance,status_code_conformance'

/** Of the 404s that random names bring nothing is learnt; and a watch lasts an hour. */
const config = `[parameters]
"query.watch" = false
"query.follow" = false
"path.namespace" = "default"
"path.name" = "first"
`

const documents = [
  'apis/streams.weirkeeper.dev/v1alpha1',
  'api/v1',
  'apis/events.k8s.io/v1',
  'apis/coordination.k8s.io/v1',
  'apis/apiextensions.k8s.io/v1',
]

describe('what the OpenAPI document promises', { skip }, () => {
  let api: PlainApiServer
  let packages: string
  let home: string
  before(
    async () => {
      packages = await installPackages({ requirements, main: 'schemathesis', megabytes: 60, tag: python ?? '' })
      api = await startPlainApi(onlyOwn(oneDyno), onlyOwn(oneApp()))
      home = await mkdtemp(join(tmpdir(), 'weirkeeper-schemathesis-'))
      await writeFile(join(home, 'schemathesis.toml'), config)
    },
    { timeout: 200_000 },
  )
  after(async () => {
    await api.close()
    await rm(home, { recursive: true, force: true })
  })

  it('names every document there is', async () => {
    const index = await fetch(`${api.url}/openapi/v3`, { headers: api.headers })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the index of OpenAPI v3
    const { paths } = (await index.json()) as { readonly paths: object }
    assert.deepEqual(Object.keys(paths).toSorted(), documents.toSorted())
  })

  for (const document of documents) {
    it(
      `holds whatever is asked of ${document}: no 5xx, and no answer but as it says`,
      { timeout: 3_600_000 },
      async () => {
        await sow(api)
        // What is deleted first cannot be asked for.
        await hold(document, ['--exclude-method', 'DELETE'])
        if (deletes(document)) await hold(document, ['--include-method', 'DELETE'])
      },
    )
  }

  async function hold(document: string, which: readonly string[]): Promise<void> {
    const { url, headers } = api
    const authorization = `Authorization: ${headers.authorization}`
    const where = ['run', `${url}/openapi/v3/${document}`, '--url', url, '--header', authorization]
    const what = ['--seed', seed, '--max-examples', examples, '--phases', phases, '--checks', checks, ...which]
    const args = [...where, ...what, '--request-timeout', '20', '--no-color']
    const { code, stdout } = await finished(
      spawn('python3', ['-c', 'from schemathesis.cli import schemathesis; schemathesis()', ...args], {
        cwd: home,
        env: { PATH: process.env['PATH'], HOME: home, PYTHONPATH: packages },
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
    assert.equal(code, 0, stdout)
    const told = /\d+ generated, \d+ passed/.exec(stdout)?.[0]
    assert.ok(told, stdout)
    console.log(`# ${document} ${which.join(' ')}: ${told}`)
  }
})

const at = '2026-11-25T12:00:00Z'
const dyno = { id: '1', name: 'worker.1', type: 'worker', state: 'up', size: 'basic', releaseVersion: 1 }
const oneDyno: HerokuDynos = {
  dynos: () => Promise.resolve(ok([{ ...dyno, createdAt: at, updatedAt: at }])),
  log: () => Promise.resolve(ok(noLines)),
}
const noLines: AsyncIterable<LogLine> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}

function deletes(document: string): boolean {
  return !document.includes('events.k8s.io') && !document.includes('apiextensions')
}

/** The app of the StreamApp `first`, deployed, with a Kafka add-on: there is something to plan. */
function oneApp(): Sight {
  const { heroku, around } = world()
  heroku.addApp('a-first')
  heroku.addCluster('a-first')
  return around
}

/** One object of each kind that may be had by the name of `config`. */
async function sow({ url, headers }: PlainApiServer): Promise<void> {
  const metadata = { name: 'first' }
  const core = '/api/v1/namespaces/default'
  const streams = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default'
  const about = { involvedObject: { kind: 'StreamApp', namespace: 'default', name: 'first' } }
  const seeds: readonly (readonly [path: string, body: object])[] = [
    [`${streams}/streamapps`, streamApp('first')],
    [`${streams}/gitsources`, gitSource],
    ['/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata }],
    ...['Secret', 'ConfigMap', 'ServiceAccount'].map(
      (kind) => [`${core}/${kind.toLowerCase()}s`, { apiVersion: 'v1', kind, metadata }] as const,
    ),
    [
      `${core}/events`,
      { apiVersion: 'v1', kind: 'Event', metadata, ...about, reason: 'Told', message: 'm', type: 'Normal' },
    ],
    [
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { holderIdentity: 'me' } },
    ],
  ]
  for (const [path, body] of seeds) {
    const sent = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    // oxlint-disable-next-line no-await-in-loop -- a namespace comes before what is in it
    const { status } = await fetch(`${url}${path}`, sent)
    assert.ok(status === 201 || status === 409, `${path}: ${status}`)
  }
}

const gitSource = {
  apiVersion: 'streams.weirkeeper.dev/v1alpha1',
  kind: 'GitSource',
  metadata: { name: 'first' },
  spec: { url: 'https://example.com/team/apps.git', branch: 'main', path: 'apps' },
}
