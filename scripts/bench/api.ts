import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { UsageError } from '../run-by-name.ts'
import { cases, warmUp } from './api/cases.ts'
import { attachGenuine, startGenuine, startOurs, type Contender } from './api/contender.ts'
import { tableOf, type Row } from './api/report.ts'
import type { Bench } from './bench.ts'
import { describeMachine } from './machine.ts'
import { writeResults } from './write-results.ts'

const all = Object.keys(cases)
const warmUpMs = 5_000

export const bench: Bench = {
  summary:
    'the API: creates, applies, lists of 1,000 objects, fan-out to 100 watchers, 10,000 idle watches, beside the genuine server on etcd',
  usage: `[--genuine] [--rounds 3] [--seconds 3] [--watches 10000] [--only ${all.join('|')}]`,
  async run(args, tell) {
    const options = {
      genuine: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '3' },
      watches: { type: 'string', default: '10000' },
      only: { type: 'string' },
    } as const
    const { values } = parseArgs({ args: [...args], options })
    const chosen = all.filter((name) => values.only === undefined || name === values.only)
    if (chosen.length === 0) throw new UsageError(`there is no ${values.only ?? ''} to measure`)
    const machine = describeMachine(loadavg()[0] ?? 0)
    await using started = new AsyncDisposableStack()
    const contenders = [started.use(await startOurs())]
    const genuine = await genuineBeside(values.genuine)
    if (genuine !== undefined) contenders.push(started.use(genuine))
    else tell('ours alone: --genuine builds the genuine server by `go`; WEIR_ORACLE_URL names one that runs')

    const rounds = Number(values.rounds)
    const course = {
      contenders,
      rounds,
      forMs: Number(values.seconds) * 1000,
      idleWatches: Number(values.watches),
      tell,
    }
    await warmUp({ ...course, forMs: warmUpMs })
    const rows: Row[] = []
    for (const name of chosen) rows.push(...((await cases[name]?.(course)) ?? []))
    const markdown = tableOf(rows)
    for (const line of markdown) tell(line)
    // What is only a part is looked at, and not kept.
    if (values.only === undefined) tell(`written to ${await writeResults({ name: 'api', machine, rows, markdown })}`)
  },
}

async function genuineBeside(isWanted: boolean): Promise<Contender | undefined> {
  const url = process.env['WEIR_ORACLE_URL']
  if (url !== undefined) return attachGenuine(url)
  return isWanted ? startGenuine() : undefined
}
