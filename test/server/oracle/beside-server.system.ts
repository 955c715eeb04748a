import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/base/secret.ts'
import { systemClock } from '../../../src/host/system-clock.ts'
import { MemoryRecord } from '../../../src/record/memory-record.ts'
import type { Json, JsonObject } from '../../../src/record/record.ts'
import { definitionOf } from '../../../src/server/kinds/definition.ts'
import { streamAppKind } from '../../../src/server/kinds/stream-app-kind.ts'
import { canonicalText, isList, isMap, isSame } from '../../../src/server/managed-fields/json.ts'
import { startServer } from '../../../src/server/start-server.ts'
import { Chance } from './chance.ts'
import type { Answer } from './operation.ts'
import { randomStreamAppOperation } from './random-stream-app.ts'
import { isGone } from './transcript.ts'
import { defineKind, ServedObject, type Collection } from './served-object.ts'

const oracleUrl = process.env['WEIR_ORACLE_URL']
const path = '/apis/streams.weirkeeper.dev/v1alpha1/namespaces/default/streamapps'
const token = 'token-of-a-test'

describe('our server beside the genuine API server', () => {
  it(
    'answers 999 of 1000 random requests for StreamApps the same',
    { skip: oracleUrl === undefined ? 'WEIR_ORACLE_URL names no genuine API server' : false },
    async () => {
      const genuine = { url: `${oracleUrl ?? ''}${path}`, kind: 'StreamApp', headers: {} }
      await defineKind(oracleUrl ?? '', JSON.parse(JSON.stringify(definitionOf(streamAppKind))), genuine.url)
      const server = await startServer({
        record: new MemoryRecord(systemClock),
        tls: undefined,
        tokens: [
          {
            token: new Secret(token),
            user: { name: 'tester', groups: [], grants: [{ role: 'admin', namespace: '*' }] },
          },
        ],
        clock: systemClock,
        port: 0,
      })
      try {
        const headers = { authorization: `Bearer ${token}` }
        const pair = { genuine, ours: { url: `${server.url}${path}`, kind: 'StreamApp', headers } }
        const found = await compareServers(pair, Number(process.env['WEIR_ORACLE_SEED'] ?? 1))
        for (const words of found.differences.slice(0, 5)) console.error(words)
        console.error(`${found.count} requests, ${found.differences.length} answered otherwise`)
        assert.ok(found.differences.length <= found.count / 1000)
      } finally {
        await server.close()
      }
    },
  )
})

interface Pair {
  readonly genuine: Collection
  readonly ours: Collection
}

async function compareServers(pair: Pair, seed: number) {
  const differences: string[] = []
  let count = 0
  for (let at = 0; at < 40; at += 1) {
    const talk = await compareOnce(pair, seed * 1000 + at)
    count += talk.count
    if (talk.difference !== undefined) differences.push(talk.difference)
  }
  return { count, differences }
}

/** One object on both servers, until their answers differ. */
async function compareOnce({ genuine, ours }: Pair, seed: number) {
  const chance = new Chance(seed)
  const name = `app-${seed}-${Date.now().toString(36)}`
  const there = new ServedObject(genuine, name)
  const here = new ServedObject(ours, name)
  let shown: JsonObject | undefined
  for (let count = 1; count <= 50; count += 1) {
    const drawn = randomStreamAppOperation(chance, shown)
    const { answer, words } = await there.send(drawn)
    const { answer: got } = await here.send(drawn)
    if (isStricter(words)) return { count, difference: undefined }
    const differences = differencesIn(comparable(answer), comparable({ ...got, ...sameVersionAs(answer, got) }))
    if (differences.length > 0) {
      const asked = `asked ${JSON.stringify(drawn)} (${words})\n before ${JSON.stringify(shown)}`
      return { count, difference: [asked, ...differences].join('\n') }
    }
    if (answer.object !== undefined) shown = isGone(answer.object) ? undefined : answer.object
    else if (answer.code < 300) shown = undefined
  }
  return { count: 50, difference: undefined }
}

/**
 * Where the genuine server refuses and we do not: a status whose conditions lack
 * a field, and a map or list that an apply has emptied for somebody else, which
 * it makes null first. We leave the latter out.
 */
function isStricter(words: string): boolean {
  return words.includes('is invalid') && (words.includes('null') || words.includes(' status.'))
}

/** It takes a version for dropping empty metadata that an earlier apply left in its store, and we never keep any. */
function sameVersionAs(genuine: Answer, ours: Answer): Pick<Answer, 'isNewVersion'> {
  return { isNewVersion: genuine.isNewVersion && !ours.isNewVersion ? true : ours.isNewVersion }
}

/** Without the seconds, which two servers need not share, and in an order that does not hang on them. */
function comparable({ object, code, reason, message, isNewVersion }: Answer): JsonObject {
  const words = { code: code === 500 ? 400 : code, reason: code === 500 ? 'BadRequest' : reason, message, isNewVersion }
  return object === undefined ? words : { ...words, object: withoutSeconds(object) }
}

function withoutSeconds(object: JsonObject): JsonObject {
  const metadata = isMap(object['metadata']) ? object['metadata'] : {}
  const { creationTimestamp: _born, deletionTimestamp: _going, managedFields, ...rest } = metadata
  const entries = (isList(managedFields) ? managedFields : []).filter(isMap).map(withoutTime)
  const sorted: Json = entries.toSorted((left, right) => (canonicalText(left) < canonicalText(right) ? -1 : 1))
  return { ...object, metadata: { ...rest, managedFields: sorted } }
}

function withoutTime({ time, ...entry }: JsonObject): JsonObject {
  return time === undefined ? entry : { ...entry, time: 'then' }
}

/** Path by path, what the genuine server says and what we say. */
function differencesIn(wanted: Json | undefined, got: Json | undefined, at = ''): readonly string[] {
  if (isSame(wanted, got)) return []
  if (!isMap(wanted) || !isMap(got)) return [`  ${at} genuine ${JSON.stringify(wanted)} ours ${JSON.stringify(got)}`]
  const names = new Set([...Object.keys(wanted), ...Object.keys(got)])
  return [...names].flatMap((name) => differencesIn(wanted[name], got[name], `${at}/${name}`))
}
