import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { fail, ok, type Result } from '../base/result.ts'
import { parseManifests } from '../resource/parse-manifests.ts'
import type { StreamApp } from '../resource/stream-app.ts'
import { parsePlan } from './fault-plan.ts'
import { usualPlans, Verifier, type Failure } from './verify.ts'
import { verifyTogether } from './verify-together.ts'

/** `weir verify`, `npm run verify`: the controller against a simulated Heroku, crashed and disturbed at each of its calls. */
const usage = 'usage: weir verify [-f FILE] [--plans NUMBER] [--seed NUMBER] [--plan PLAN]\n'
const wordCount = join(import.meta.dirname, '..', '..', 'manifests', 'word-count.yaml')

interface Asked {
  readonly apps: readonly StreamApp[]
  readonly plans: number
  readonly seed: number
  /** This one alone, with every request it makes. */
  readonly plan: string | undefined
}

const started = performance.now()
const asked = readArguments(process.argv.slice(2))
if (asked.ok) process.exitCode = await verify(asked.value)
else {
  process.stderr.write(asked.error)
  process.exitCode = 2
}

function readArguments(args: string[]): Result<Asked, string> {
  const options = {
    file: { type: 'string', short: 'f', default: wordCount },
    plans: { type: 'string', default: String(usualPlans) },
    seed: { type: 'string', default: '1' },
    plan: { type: 'string' },
  } as const satisfies ParseArgsConfig['options']
  try {
    const { values } = parseArgs({ args, options })
    const [plans, seed] = [Number(values.plans), Number(values.seed)]
    if (!Number.isSafeInteger(plans) || plans < 1 || !Number.isSafeInteger(seed))
      return fail(`weir verify: --plans and --seed are whole numbers\n${usage}`)
    const apps = readApps(values.file)
    return apps.ok ? ok({ apps: apps.value, plans, seed, plan: values.plan }) : apps
  } catch (error) {
    return fail(`weir verify: ${error instanceof Error ? error.message : String(error)}\n${usage}`)
  }
}

function readApps(file: string): Result<readonly StreamApp[], string> {
  const { apps, mistakes } = parseManifests([{ name: file, bytes: readFileSync(file) }])
  if (mistakes.length > 0)
    return fail(mistakes.map(({ line, path, message }) => `${file}:${line} ${path} ${message}\n`).join(''))
  return apps.length > 0 ? ok(apps.map(({ app }) => app)) : fail(`weir verify: there is no StreamApp in ${file}\n`)
}

async function verify({ apps, plan, ...what }: Asked): Promise<number> {
  let worst = 0
  for (const app of apps) {
    if (apps.length > 1) console.log(`StreamApp ${app.metadata.name}`)
    worst = Math.max(worst, plan === undefined ? await all(app, what) : await one(app, plan))
  }
  return worst
}

async function all(subject: StreamApp, { seed, plans: most }: Pick<Asked, 'seed' | 'plans'>): Promise<number> {
  const threads = Math.min(8, availableParallelism())
  let saidAtMs = performance.now()
  const { plans, converged } = await verifyTogether(
    subject,
    { seed, plans: most, threads },
    {
      failed: explain,
      played: (count, of) => {
        if (performance.now() < saidAtMs + 10_000) return
        saidAtMs = performance.now()
        console.log(`${count} of ${of} plans, ${seconds()}`)
      },
    },
  )
  const { user, system } = process.cpuUsage()
  const cpu = ((user + system) / 1_000_000).toFixed(0)
  console.log(`${plans} plans, ${converged} converged   ${seconds()} (${cpu} s of processor time), seed ${seed}`)
  return plans === converged ? 0 : 1
}

function explain({ plan, shortest, violations }: Failure): void {
  console.log(`\nfailed: ${plan}`)
  for (const violation of violations) console.log(`  ${violation.slice(0, 600)}`)
  console.log(`  again: weir verify --plan '${shortest}'\n`)
}

async function one(subject: StreamApp, text: string): Promise<number> {
  const plan = parsePlan(text)
  if (!plan.ok) {
    console.error(`weir verify: ${plan.error}`)
    return 2
  }
  const { requests, violations } = await new Verifier(subject).watch(plan.value)
  const [first] = requests
  for (const { index, atMs, by, what, isWrite, changed } of requests) {
    const time = ((atMs - (first?.atMs ?? 0)) / 1000).toFixed(3).padStart(10)
    console.log(`${String(index).padStart(4)} ${time} s  ${by}  ${isWrite ? (changed ? '*' : '~') : ' '} ${what}`)
  }
  for (const violation of violations) console.log(`\n${violation}`)
  console.log(violations.length === 0 ? '1 plan, 1 converged' : '1 plan, 0 converged')
  return violations.length === 0 ? 0 : 1
}

function seconds(): string {
  return `${((performance.now() - started) / 1000).toFixed(0)} s`
}
