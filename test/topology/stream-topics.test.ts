import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseDescription } from '../../src/topology/parse-description.ts'
import { streamTopics } from '../../src/topology/stream-topics.ts'

const topicsOf = (text: string) => {
  const description = parseDescription(text)
  assert.ok(description.ok, JSON.stringify(description))
  return streamTopics(description.value)
}

it('tells topics of the user from those that Kafka Streams makes, which are written and read', () => {
  const topics = topicsOf(`Sub-topology: 0
Source: a (topics: [in, old-repartition])
--> b, c
Sink: b (topic: x-repartition)
<-- a
Sink: c (topic: out-repartition)
<-- a
Sub-topology: 1
Source: d (topics: [x-repartition])
--> e
Source: f (topics: logs-.*)
--> e
Sink: e (extractor class: Router)
<-- d, f
Sub-topology: 2 for global store (will not generate tasks)
Source: g (topics: [all])
--> h
Processor: h (stores: [s])
--> none
<-- g`)
  assert.deepEqual(topics, {
    sources: ['in', 'old-repartition', 'all'],
    patterns: ['logs-.*'],
    sinks: ['out-repartition'],
    repartitions: ['x-repartition'],
    hasRoutedSink: true,
  })
})
