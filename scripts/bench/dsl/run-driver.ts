/**
 * `node run-driver.ts pipe|count WARM-UP RECORDS`: sends records through the test driver and prints what it
 * took, as a line of JSON. scripts/bench/java/DriverBench.java does the same in Java.
 */
import { serdes, StreamsBuilder } from '../../../src/index.ts'
import { TestDriver } from '../../../src/testing/index.ts'

const keys = 1000
const readEvery = 1000
const texts = { keySerde: serdes.string, valueSerde: serdes.string }
const counts = { keySerde: serdes.string, valueSerde: serdes.long }

const [what = '', warmUp = '', records = ''] = process.argv.slice(2)
run(Number(warmUp))
const cpu = process.cpuUsage()
const begun = performance.now()
const read = run(Number(records))
const wallMs = performance.now() - begun
const { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ records: Number(records), read, wallMs, cpuMs: (user + system) / 1000 }))

function run(most: number): number {
  using driver = new TestDriver(topology())
  const input = driver.input('in', texts)
  const output = what === 'count' ? driver.output('out', counts) : driver.output('out', texts)
  let done = 0
  for (let index = 0; index < most; index++) {
    input.send(`key-${index % keys}`, `value ${index}`, { timestamp: index })
    if (index % readEvery === readEvery - 1) done += output.read().length
  }
  return done + output.read().length
}

function topology() {
  const builder = new StreamsBuilder()
  const stream = builder.stream('in', texts)
  if (what === 'count') stream.groupByKey().count({ name: 'counts', store: 'in-memory' }).toStream().to('out', counts)
  else
    stream
      .filter((_key, value) => value.length > 3)
      .mapValues((value) => `${value}!`)
      .to('out', texts)
  return builder.build()
}
