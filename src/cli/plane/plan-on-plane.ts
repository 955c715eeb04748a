import { fieldsOf } from '../../base/fields-of.ts'
import { changeClasses } from '../../controller/plan/change.ts'
import { nothingAwaited, type Plan } from '../../controller/plan/plan.ts'
import { fail, ok, type Result } from '../../base/result.ts'
import { exitCodes, type ExitCode } from '../exit-code.ts'
import { renderPlan } from '../render-plan.ts'
import { codeOfRefusals, worst } from '../say-failure.ts'
import { addStepSummary } from '../step-summary.ts'
import { palette } from '../terminal.ts'
import { declareObject, declaredTitle, type DeclaredObject, type PlaneAsked } from './declared-object.ts'
import { listOf } from './kept-view.ts'
import type { PlaneFailure } from './plane-client.ts'
import type { PlaneWork } from './plane-command.ts'
import type { NamedApp } from './plane-object.ts'
import { sayAppFailure } from './say-object-failure.ts'
import { appsTyped, streamAppPath } from './stream-app-path.ts'

/**
 * `weir plan NAME…` and `weir plan -f FILE`: what the controller would do next for a StreamApp as it is kept, or as an
 * apply of the manifest would make it. The control plane looks, with its own token.
 */
export async function planOnPlane({ words, declared }: PlaneAsked, work: PlaneWork): Promise<ExitCode> {
  const { given, around } = work
  const kept = appsTyped(words, work.namespace)
  if (declared.length + kept.length === 0) {
    around.stderr.write(
      'weir plan: name a StreamApp, or a manifest: -f FILE, -f FOLDER, or -f - for what is piped in\n',
    )
    return exitCodes.invalid
  }
  const plans: unknown[] = []
  const codes: ExitCode[] = []
  const take = async (app: NamedApp, plan: Result<unknown, PlaneFailure>): Promise<void> => {
    if (plan.ok) plans.push(plan.value)
    else codes.push(await sayAppFailure(app, plan.error, work))
  }
  for (const app of kept) await take(app, await planOf(app, work))
  for (const object of declared) {
    if (object.kind === 'StreamApp') await take(object.metadata, await planOfDeclared(object, work))
    else around.stderr.write(`${declaredTitle(object)}: a GitSource has no plan of its own; what it declares has\n`)
  }
  const shown = show(plans, work)
  await addStepSummary(
    plans.map((plan) => ({ title: titleOf(plan), plan: planIn(plan) })),
    around,
  )
  return worst([...codes, shown, given.options['detailedExitcode'] === true ? differs(plans) : exitCodes.ok])
}

async function planOf(app: NamedApp, { client, around }: PlaneWork): Promise<Result<unknown, PlaneFailure>> {
  const reply = await client.ask({ method: 'GET', path: `${streamAppPath(app)}/plan` }, around.signal)
  return reply.ok ? ok(reply.value.body) : fail(reply.error)
}

/** First what an apply would make of it, other owners' fields and all; then what the controller would make of that. */
async function planOfDeclared(declared: DeclaredObject, work: PlaneWork): Promise<Result<unknown, PlaneFailure>> {
  const wished = await declareObject(declared, { isForced: true, isDry: true }, work)
  if (!wished.ok) return fail(wished.error)
  const { apiVersion, kind, metadata, spec } = fieldsOf(wished.value.body)
  const { name, namespace, labels, annotations } = fieldsOf(metadata)
  const path = `${streamAppPath(declared.metadata)}/plan`
  const body = { apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec }
  const reply = await work.client.ask({ method: 'POST', path, body }, work.around.signal)
  return reply.ok ? ok(reply.value.body) : fail(reply.error)
}

/** Prints the plans, and answers the exit code of what is refused. */
function show(plans: readonly unknown[], { given, around: { stdout } }: PlaneWork): ExitCode {
  if (given.options['output'] === 'json') {
    stdout.write(`${JSON.stringify(plans, undefined, 2)}\n`)
  } else {
    for (const plan of plans) stdout.write(renderPlan(titleOf(plan), planIn(plan), palette(stdout)))
  }
  return worst(plans.map((plan) => codeOfRefusals(planIn(plan).refusals)))
}

function titleOf(plan: unknown): string {
  return `StreamApp/${String(fieldsOf(fieldsOf(plan)['metadata'])['name'])}`
}

/** The control plane answers with the plan's own values, each with its class, which we know if it is no newer than we. */
function planIn(answer: unknown): Plan {
  const { changes, refusals, warnings } = fieldsOf(answer)
  for (const change of listOf(changes)) {
    const { class: is } = fieldsOf(change)
    if (!changeClasses.some((known) => known === is)) throw new Error('the control plane is newer: update weir')
  }
  const plan: unknown = {
    changes: listOf(changes),
    awaited: nothingAwaited,
    refusals: listOf(refusals),
    warnings: listOf(warnings),
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's plan, made by the engine of the same name
  return plan as Plan
}

function differs(plans: readonly unknown[]): ExitCode {
  return plans.some((plan) => planIn(plan).changes.length > 0) ? exitCodes.differences : exitCodes.ok
}
