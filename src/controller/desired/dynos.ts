import { dynoCap, usefulSizeAtMost, usefulSizes } from '../../topology/useful-sizes.ts'
import type { ProcessFormation } from '../../heroku/platform.ts'
import type { StreamAppSpec } from '../../resource/stream-app.ts'
import type { Refusal, Warning } from '../plan/plan.ts'
import type { TaskArithmetic } from './desired.ts'

export interface DynoPlan {
  readonly quantity: number
  readonly refusals: readonly Refusal[]
  readonly warnings: readonly Warning[]
}

export function taskArithmetic(tasks: number, threads: number): TaskArithmetic {
  return { tasks, cap: dynoCap(tasks, threads), usefulSizes: usefulSizes(tasks, threads) }
}

/** Heroku's own bounds a process type: Dev Center, "Dyno Types" (2024-11). Larger ones are raised on request. */
const mostDynos: readonly { readonly size: RegExp; readonly most: number }[] = [
  { size: /^(eco|basic)$/i, most: 1 },
  { size: /^(performance|private|shield)-/i, most: 10 },
]

/**
 * How many dynos. By tasks: the largest count within the bounds at which each
 * dyno lightens the busiest thread's load, and never one without a task.
 */
export function dynosFor(spec: StreamAppSpec, tasks: number, formation: readonly ProcessFormation[]): DynoPlan {
  const { scaling, streams, process } = spec
  if (scaling.policy === 'lag') {
    const message = 'scaling.policy lag is not built yet. Say tasks (as many dynos as there is work for) or fixed'
    return { quantity: scaling.min, refusals: [{ reason: 'NotBuiltYet', message }], warnings: [] }
  }
  const size = process.size ?? formation.find(({ type }) => type === process.type)?.size ?? ''
  const most = mostDynos.find((row) => row.size.test(size))?.most ?? Infinity
  const quantity = scaling.policy === 'fixed' ? scaling.min : byTasks(tasks, spec, most)
  return {
    quantity,
    refusals: quantity > most ? [tooMany(size, most, quantity)] : [],
    warnings: [
      ...idle(quantity, tasks, spec),
      ...bounded(quantity, tasks, spec, { size, most }),
      ...standbysWithoutPlace(quantity, streams.standbyReplicas),
    ],
  }
}

function byTasks(tasks: number, { scaling: { min, max }, streams: { threads } }: StreamAppSpec, most: number): number {
  const cap = dynoCap(tasks, threads)
  const useful = usefulSizeAtMost(Math.min(max ?? cap, cap, most), tasks, threads)
  return Math.min(cap, Math.max(min, useful))
}

function tooMany(size: string, most: number, quantity: number): Refusal {
  const message = `${quantity} dynos of size ${size} are asked for; Heroku runs ${most} of that size for one process type. Lower scaling.min, or say another spec.process.size`
  return { reason: 'FormationLimit', message }
}

function bounded(
  quantity: number,
  tasks: number,
  { scaling: { policy, max }, streams: { threads } }: StreamAppSpec,
  { size, most }: { readonly size: string; readonly most: number },
): Warning[] {
  if (policy !== 'tasks' || quantity !== most || Math.min(max ?? Infinity, dynoCap(tasks, threads)) <= most) return []
  const message = `Heroku runs ${most} ${most === 1 ? 'dyno' : 'dynos'} of size ${size} for one process type, and there is work for ${dynoCap(tasks, threads)}: say another spec.process.size to use more`
  return [{ reason: 'FormationLimit', message }]
}

function idle(
  quantity: number,
  tasks: number,
  { scaling: { policy, min }, streams: { threads } }: StreamAppSpec,
): Warning[] {
  const cap = dynoCap(tasks, threads)
  const work = `there is work for ${cap} (${tasks} tasks, ${threads} ${threads === 1 ? 'thread' : 'threads'} a dyno)`
  if (policy === 'fixed' && quantity > cap) {
    const message = `${quantity} dynos are asked for and ${work}: ${quantity - cap} will have nothing to do. Lower scaling.min`
    return [{ reason: 'IdleDynos', message }]
  }
  if (policy === 'tasks' && min > cap) {
    return [{ reason: 'MinimumAboveWork', message: `scaling.min is ${min} and ${work}: ${cap} are run` }]
  }
  return []
}

function standbysWithoutPlace(quantity: number, standbyReplicas: number): Warning[] {
  if (standbyReplicas === 0 || quantity === 0 || quantity > standbyReplicas) return []
  const message = `${standbyReplicas} standby replicas need ${standbyReplicas + 1} dynos and there are ${quantity}: when a dyno stops, its stores are restored from their changelogs. Raise scaling.max, or lower streams.threads`
  return [{ reason: 'StandbysWithoutPlace', message }]
}
