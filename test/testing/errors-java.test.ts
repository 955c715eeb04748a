import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  type ErrorDecision,
  type ErrorHandling,
  type FailedProduction,
  type FailedRecord,
  type Serde,
  serdes,
  StreamsBuilder,
} from '../../src/index.ts'
import { TestDriver } from '../../src/testing/index.ts'

/** One line of what `test/java/errors/Errors.java` printed. */
interface Told {
  readonly name: string
  readonly failed: 'yes' | 'no'
  readonly asked: readonly string[]
  readonly out: readonly string[]
  readonly dead: readonly string[]
}

interface Scenario {
  readonly build: (builder: StreamsBuilder) => void
  readonly decisions: readonly [deserialization: ErrorDecision, processing: ErrorDecision, production: ErrorDecision]
}

const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const picky: Serde<string> = {
  serialize: (value) => {
    if (value.includes('unwritable')) throw new Error(`cannot write ${value}`)
    return serdes.string.serialize(value)
  },
  deserialize: (bytes) => serdes.string.deserialize(bytes),
}
const reader: Serde<string> = {
  serialize: (value) => serdes.string.serialize(value),
  deserialize: (bytes) => {
    const value = serdes.string.deserialize(bytes)
    if (value.includes('unreadable')) throw new Error(`cannot read ${value}`)
    return value
  },
}
const source = (builder: StreamsBuilder) => builder.stream('in', { keySerde: serdes.string, valueSerde: reader })
const refuse = (value: string): string => {
  if (value.includes('bad')) throw new Error(`${value} is bad`)
  return value
}
const mapped = (builder: StreamsBuilder) => {
  source(builder).mapValues(refuse).to('out', { keySerde: serdes.string, valueSerde: picky })
}
const straight = (builder: StreamsBuilder) => {
  source(builder).to('out', { keySerde: serdes.string, valueSerde: picky })
}
const allContinue = ['continue', 'continue', 'continue'] as const

const scenarios: Readonly<Record<string, Scenario>> = {
  'everything continues': { build: mapped, decisions: allContinue },
  'deserialization fails': { build: mapped, decisions: ['fail', 'continue', 'continue'] },
  'processing fails': { build: mapped, decisions: ['continue', 'fail', 'continue'] },
  'production fails, processing continues': { build: mapped, decisions: ['continue', 'continue', 'fail'] },
  'production fails, processing fails': { build: straight, decisions: ['continue', 'fail', 'fail'] },
  'straight to a sink, production fails, processing continues': {
    build: straight,
    decisions: ['continue', 'continue', 'fail'],
  },
  'unwritable keys': {
    build: (builder) =>
      source(builder)
        .filter((_key, value) => !value.includes('bad'))
        .map((key, value) => [value, key])
        .to('out', { keySerde: picky, valueSerde: serdes.string }),
    decisions: allContinue,
  },
  'one of two children': {
    build: (builder) => {
      const stream = source(builder)
      stream.mapValues(refuse).to('out', texts)
      stream.mapValues((value) => `${value} too`).to('out', texts)
    },
    decisions: allContinue,
  },
  'behind a store with a cache': {
    build: (builder) =>
      source(builder)
        .groupByKey(texts)
        .reduce((_before, value) => value, { name: 'latest' })
        .toStream()
        .mapValues(refuse)
        .to('out', texts),
    decisions: allContinue,
  },
  'a timer': {
    build: (builder) =>
      source(builder)
        .process<string, string>(() => ({
          init: (context) =>
            void context.schedule(500, 'wall-clock', () => {
              throw new Error('no time')
            }),
          process: () => {},
        }))
        .to('out', texts),
    decisions: allContinue,
  },
  "a timer's record": {
    build: (builder) =>
      source(builder)
        .process<string, string>(() => ({
          init: (context) =>
            void context.schedule(500, 'wall-clock', (timestamp) =>
              context.forward({ key: 'timer', value: 'bad', timestamp, headers: [] }),
            ),
          process: () => {},
        }))
        .mapValues(refuse)
        .to('out', texts),
    decisions: allContinue,
  },
}

function play(name: string, { build, decisions }: Scenario): Told {
  const asked: string[] = []
  const [deserialization, processing, production] = decisions
  const answer = (decision: ErrorDecision, kind: string) => (failed: FailedRecord) => {
    const { node, topic, partition, offset, timestamp, rawKey, rawValue } = failed
    asked.push(
      `${kind} node=${node} topic=${topic} partition=${partition} offset=${offset} timestamp=${timestamp} ` +
        `key=${print(rawKey)} value=${print(rawValue)}`,
    )
    return decision
  }
  const errors: ErrorHandling = {
    deserialization: answer(deserialization, 'deserialization'),
    processing: answer(processing, 'processing'),
    production: (failed: FailedProduction) => answer(production, `production:${failed.origin}`)(failed),
    deadLetterTopic: 'dead',
  }
  const builder = new StreamsBuilder()
  build(builder)
  using driver = new TestDriver(builder.build(), { errors })
  const failed = fails(() => {
    const values = ['good one', 'bad two', 'unwritable three', 'unreadable four', 'good five']
    values.forEach((value, at) => {
      const headers = [{ key: 'own', value: Buffer.from(String(at)) }]
      driver.input('in', texts).send(`k${at}`, value, { timestamp: 100 * (at + 1), headers })
    })
    driver.advance(1000)
  })
  const out = driver.output('out', texts).read()
  return {
    name,
    failed: failed ? 'yes' : 'no',
    asked,
    out: out.map(({ key, value, timestamp }) => `${key}=${value}@${timestamp}`),
    dead: deadLetters(driver),
  }
}

function deadLetters(driver: TestDriver): readonly string[] {
  return driver.produced
    .filter(({ topic }) => topic === 'dead')
    .map(({ key, value, timestamp, headers }) => {
      const shown = headers.map((header) => {
        const isOfTheLanguage = /(exception|stacktrace|message)$/.test(header.key)
        return `${header.key}=${isOfTheLanguage ? '?' : print(header.value)}`
      })
      return [`${print(key)}=${print(value)}@${timestamp}`, ...shown].join(' ')
    })
}

const print = (bytes: Uint8Array | null) => (bytes === null ? 'null' : Buffer.from(bytes).toString())

function fails(work: () => void): boolean {
  try {
    work()
    return false
  } catch {
    return true
  }
}

const lines = readFileSync(new URL('../fixtures/java-errors.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')

describe('records that fail, as Kafka Streams 4.3.1 handles them', () => {
  for (const line of lines) {
    const java: Told = JSON.parse(line)
    const scenario = scenarios[java.name]
    it(java.name, () => {
      const ours = play(java.name, scenario ?? assert.fail(`no scenario ${java.name}`))
      // Java's driver does not show what was sent before a record failed the task, and ours does.
      const shown = java.failed === 'yes' ? { dead: ours.dead.slice(0, java.dead.length), out: java.out } : {}
      assert.deepEqual({ ...ours, ...shown }, java)
    })
  }
})
