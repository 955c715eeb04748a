import { spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pathToFileURL } from 'node:url'
import { chanceFrom } from '../src/verify/chance.ts'
import { mutantsOf, type Mutant } from './mutate/mutants.ts'

/**
 * `npm run mutate`: changes the decision code of the controller in one place after the other, and tells which changes
 * no test noticed. Nothing on disk is changed.
 */
const { values } = parseArgs({
  options: {
    room: { type: 'string', default: '' },
    sample: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
})

/** Which tests are to notice what is changed in a room. */
const testsOf: Readonly<Record<string, readonly string[]>> = {
  plan: ['test/controller/plan/*.test.ts', 'test/controller/deletion.test.ts', 'test/controller/reconcile.test.ts'],
  status: ['test/controller/status/*.test.ts', 'test/controller/keep/keep-stream-app.test.ts'],
  queue: ['test/controller/queue/*.test.ts'],
  lead: ['test/controller/lead/*.test.ts'],
  budget: ['test/controller/budget/*.test.ts', 'test/controller/keep/keep-stream-app.test.ts'],
  keep: ['test/controller/keep/*.test.ts', 'test/controller/deletion.test.ts'],
}

interface Planted extends Mutant {
  readonly file: string
  readonly room: string
}

const all = Object.keys(testsOf)
  .filter((room) => values.room === '' || room === values.room)
  .flatMap((room) =>
    globSync(`src/controller/${room}/*.ts`).flatMap((file) =>
      mutantsOf(file, readFileSync(file, 'utf8')).map((mutant): Planted => ({ ...mutant, file, room })),
    ),
  )
const chosen = sampled(all, Number(values.sample))
const survivors: Planted[] = []
let next = 0
await Promise.all(Array.from({ length: Number(values.workers) }, plantSome))
for (const { file, what } of survivors) console.log(`survived: ${file}, ${what}`)
const killed = chosen.length - survivors.length
const share = chosen.length === 0 ? 100 : (100 * killed) / chosen.length
console.log(`${chosen.length} mutants, ${killed} killed, ${share.toFixed(1)} %`)

function sampled(mutants: readonly Planted[], count: number): readonly Planted[] {
  if (count === 0 || count >= mutants.length) return mutants
  const chance = chanceFrom(Number(values.seed))
  const drawn = mutants.map((mutant) => ({ mutant, place: chance() })).toSorted((a, b) => a.place - b.place)
  return drawn.slice(0, count).map(({ mutant }) => mutant)
}

async function plantSome(): Promise<void> {
  for (let mutant = chosen[next]; mutant !== undefined; mutant = chosen[next]) {
    next += 1
    if (await survives(mutant)) survivors.push(mutant)
    if (next % 50 === 0) console.log(`${next} of ${chosen.length}, ${survivors.length} survived`)
  }
}

function survives({ file, room, start, end, text }: Planted): Promise<boolean> {
  const mutant = { url: pathToFileURL(file).href, start, end, text }
  const files = globSync([...(testsOf[room] ?? [])])
  const flags = ['--import', './scripts/mutate/preload.mjs', '--test', '--test-isolation=none', '--test-timeout=20000']
  const child = spawn(process.execPath, [...flags, ...files], {
    stdio: 'ignore',
    env: { ...process.env, WEIR_MUTANT: JSON.stringify(mutant) },
  })
  // A mutant that never ends is noticed, too.
  const alarm = setTimeout(() => child.kill('SIGKILL'), 40_000)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(alarm)
      resolve(code === 0)
    })
  })
}
