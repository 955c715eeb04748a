import { fieldsOf } from '../../../src/base/fields-of.ts'
import type { Heroku } from '../../../src/local/heroku/options.ts'
import type { Broker } from '../../../src/local/broker/broker.ts'
import type { Declarer } from './declarer.ts'

interface World {
  readonly heroku: Heroku
  readonly broker: Broker
}

/** The manifest's own topics and those that Kafka Streams makes of them. */
const ownTopics = ['lines', 'word-counts', 'word-count-counts-repartition', 'word-count-counts-changelog']

/** What of one app is not as it was last declared; nothing where all is. */
export async function faultsOf(declarer: Declarer, { heroku, broker }: World): Promise<readonly string[]> {
  const { name, declared, everDeclared } = declarer
  const says = (fault: string): string => `${name}: ${fault}`
  const [vars, formation, topics] = [
    fieldsOf(await platform(heroku, `/apps/${name}/config-vars`)),
    await platform(heroku, `/apps/${name}/formation`),
    new Set((await broker.topics()).map(({ name: topic }) => topic)),
  ]
  const prefix = textOf(vars['KAFKA_PREFIX'])
  const interval = vars['STREAMS_COMMIT_INTERVAL_MS']
  const worker = (Array.isArray(formation) ? formation : []).map(fieldsOf).find(({ type }) => type === 'worker')
  const { spec, status } = fieldsOf(await declarer.get())
  const desired = fieldsOf(fieldsOf(status)['dynos'])['desired']
  const kept = fieldsOf(fieldsOf(spec)['scaling'])['max']
  return [
    ...(interval === String(declared.commitIntervalMs)
      ? []
      : [`commit interval ${String(interval)}, declared ${declared.commitIntervalMs}`]),
    ...(kept === declared.most ? [] : [`the record holds at most ${String(kept)} dynos, declared ${declared.most}`]),
    ...(worker?.['quantity'] === desired && desired === declared.most
      ? []
      : [`${String(worker?.['quantity'])} dynos, declared ${declared.most}`]),
    ...[...ownTopics, ...everDeclared]
      .filter((topic) => !topics.has(prefix + topic))
      .map((topic) => `topic ${topic} is not there`),
  ].map(says)
}

/** Writes to Heroku since `from`, an index into the log of requests. */
export function writesSince({ knobs }: Heroku, from: number): readonly string[] {
  return knobs.requests
    .slice(from)
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
}

async function platform({ apiUrl, apiKey }: Heroku, path: string): Promise<unknown> {
  const headers = { accept: 'application/vnd.heroku+json; version=3', authorization: `Bearer ${apiKey}` }
  const response = await fetch(apiUrl + path, { headers })
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`)
  return response.json()
}

/** Why not all that was declared last was seen to be carried out; undefined where it was. */
export function whyNotLevel(object: unknown): string | undefined {
  const { metadata, status } = fieldsOf(object)
  const { observedGeneration, conditions } = fieldsOf(status)
  const ready = (Array.isArray(conditions) ? conditions : []).map(fieldsOf).find(({ type }) => type === 'Ready')
  const { generation } = fieldsOf(metadata)
  if (observedGeneration !== generation) return `observed ${String(observedGeneration)} of ${String(generation)}`
  return ready?.['status'] === 'True' ? undefined : `${String(ready?.['reason'])}: ${String(ready?.['message'])}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
