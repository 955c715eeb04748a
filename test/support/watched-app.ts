import { systemClock } from '../../src/host/system-clock.ts'
import { planTasks } from '../../src/runtime/assign/stream-tasks.ts'
import { WorkerBoard } from '../../src/runtime/metrics/worker-board.ts'
import type { Served } from '../../src/runtime/query/answer-request.ts'
import { ThreadLines } from '../../src/runtime/query/ask-threads.ts'
import { PauseSwitch } from '../../src/runtime/query/pause-switch.ts'
import { planStores } from '../../src/runtime/query/store-plan.ts'
import { countWords, type Running } from './counting-app.ts'

/** What a worker of the counting app serves from; `look` takes its thread's next report. */
export function watch({ thread }: Running, dyno = 'worker.1'): { readonly served: Served; readonly look: () => void } {
  const topology = countWords('in-memory')
  const wire = { applicationId: 'wc', topicPrefix: '' }
  const topics = ['lines', 'word-counts', 'wc-counts-repartition', 'wc-counts-changelog']
  const tasks = planTasks(topology, wire, new Map(topics.map((topic) => [topic, 2])))
  if (!tasks.ok) throw new Error(tasks.error.join('; '))
  const board = new WorkerBoard({
    clientId: 'c',
    applicationId: 'wc',
    version: '1',
    commitId: 'unknown',
    recordingLevel: 'INFO',
    topology: topology.describe(),
  })
  const lines = new ThreadLines(systemClock)
  board.started(1)
  lines.opened(1, (message) => {
    if (message.kind === 'pause' || message.kind === 'resume') thread[message.kind]()
    if (message.kind !== 'ask') return
    const { id, question } = message
    void thread.answer(question).then((answers) => lines.take({ kind: 'answer', id, answers }))
  })
  return {
    served: { dyno, board, lines, stores: planStores(topology, wire, tasks.value), pausing: new PauseSwitch(lines) },
    look: () => board.take(thread.report()),
  }
}
