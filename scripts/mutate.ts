import { globSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chanceFrom } from '../src/verify/chance.ts'
import { mutantsOf } from './mutate/mutants.ts'
import { mutatedRooms } from './mutate/rooms.ts'
import { testsPass, type Planted } from './mutate/run-tests.ts'

/**
 * `npm run mutate`: changes the deciding code of the control plane in one place after the other, and tells which changes
 * no test noticed. Nothing on disk is changed. `-- --room server/patch` takes one room, `--file life.ts` those files of
 * it, `--sample 50 --seed 1` so many places of all.
 */
const { values } = parseArgs({
  options: {
    room: { type: 'string', default: '' },
    file: { type: 'string', default: '' },
    sample: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
  },
})
const knownRooms = Object.keys(mutatedRooms)
if (values.room !== '' && !knownRooms.includes(values.room)) {
  throw new Error(`no room ${values.room}; write one of ${knownRooms.join(', ')}`)
}

/** The tests of one step, and how long they may take with a change in what they test. */
interface Step {
  readonly tests: readonly string[]
  readonly forMs: number
}

let mutants = 0
let killed = 0
for (const [room, { tests, slowTests = [] }] of Object.entries(mutatedRooms)) {
  if (values.room !== '' && values.room !== room) continue
  const planted = sampled(plantedIn(room))
  if (planted.length === 0) continue
  const steps = [await unplanted(tests), await unplanted(slowTests)]
  const survivors = await survivorsOf(planted, steps)
  for (const { file, what } of survivors) console.log(`survived: ${file}, ${what}`)
  console.log(`${room}: ${told(planted.length, planted.length - survivors.length)}`)
  mutants += planted.length
  killed += planted.length - survivors.length
}
console.log(told(mutants, killed))

function told(of: number, noticed: number): string {
  return `${of} mutants, ${noticed} killed, ${(of === 0 ? 100 : (100 * noticed) / of).toFixed(1)} %`
}

function plantedIn(room: string): readonly Planted[] {
  return globSync(`src/${room}/*.ts`)
    .toSorted()
    .filter((file) => file.includes(values.file))
    .flatMap((file) => mutantsOf(file, readFileSync(file, 'utf8')).map((mutant) => ({ ...mutant, file })))
}

function sampled(all: readonly Planted[]): readonly Planted[] {
  const count = Number(values.sample)
  if (count === 0 || count >= all.length) return all
  const chance = chanceFrom(Number(values.seed))
  const drawn = all.map((mutant) => ({ mutant, place: chance() })).toSorted((a, b) => a.place - b.place)
  return drawn.slice(0, count).map(({ mutant }) => mutant)
}

/** Tests that fail as it is would notice everything. */
async function unplanted(patterns: readonly string[]): Promise<Step> {
  const tests = globSync([...patterns])
  if (tests.length === 0) return { tests, forMs: 0 }
  const from = Date.now()
  if (!(await testsPass(tests, undefined, 300_000))) throw new Error(`these fail as it is: ${tests.join(' ')}`)
  return { tests, forMs: Math.max(15_000, 8 * (Date.now() - from)) }
}

async function survivorsOf(planted: readonly Planted[], steps: readonly Step[]): Promise<readonly Planted[]> {
  const survivors: Planted[] = []
  let next = 0
  const plantSome = async (): Promise<void> => {
    for (let mutant = planted[next]; mutant !== undefined; mutant = planted[next]) {
      next += 1
      if (await survives(mutant, steps)) survivors.push(mutant)
      if (next % 50 === 0) console.log(`${next} of ${planted.length}, ${survivors.length} survived`)
    }
  }
  await Promise.all(Array.from({ length: Number(values.workers) }, plantSome))
  return survivors.toSorted((a, b) => a.file.localeCompare(b.file) || a.start - b.start)
}

async function survives(mutant: Planted, steps: readonly Step[]): Promise<boolean> {
  for (const { tests, forMs } of steps) {
    if (tests.length > 0 && !(await testsPass(tests, mutant, forMs))) return false
  }
  return true
}
