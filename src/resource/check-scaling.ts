import { dynoCap, usefulSizes } from '../topology/useful-sizes.ts'
import { error, warning, type Finding } from './finding.ts'
import type { StreamApp } from './stream-app.ts'

/** Dynos, threads and standby tasks against the work there is. `tasks` is undefined where nobody knows. */
export function checkScaling({ spec }: StreamApp, tasks: number | undefined): readonly Finding[] {
  const { scaling, streams } = spec
  const findings: Finding[] = []
  if (scaling.policy === 'lag') {
    findings.push(
      error(
        '/spec/scaling/policy',
        'scaling by lag is not built yet',
        'use tasks (as many dynos as there is work for) or fixed',
      ),
    )
  }
  if (scaling.max !== undefined && scaling.min > scaling.max) {
    findings.push(error('/spec/scaling/min', `min ${scaling.min} is more than max ${scaling.max}`))
  }
  return [
    ...findings,
    ...(tasks === undefined ? [] : workFindings(spec, tasks)),
    ...standbyFindings(spec, tasks, streams.standbyReplicas),
  ]
}

function workFindings({ scaling, streams }: StreamApp['spec'], tasks: number): readonly Finding[] {
  const cap = dynoCap(tasks, streams.threads)
  const findings: Finding[] = []
  if (scaling.min > cap) {
    findings.push(
      warning(
        '/spec/scaling/min',
        `min ${scaling.min} is more than the ${cap} dynos there is work for (${tasks} stream tasks, ${streams.threads} threads each)`,
        `the others would idle; useful are ${usefulSizes(tasks, streams.threads).join(', ')}`,
      ),
    )
  }
  if (streams.threads > tasks) {
    findings.push(
      warning(
        '/spec/streams/threads',
        `${streams.threads} threads for ${tasks} stream tasks: some would idle`,
        `write ${tasks} or less`,
      ),
    )
  }
  return findings
}

/** A standby task never runs beside its active one, so copies need dynos to be on. */
function standbyFindings(
  { scaling, streams }: StreamApp['spec'],
  tasks: number | undefined,
  standbys: number,
): readonly Finding[] {
  if (standbys === 0) return []
  const needed = 1 + standbys
  const most = Math.min(
    scaling.policy === 'fixed' ? scaling.min : (scaling.max ?? Infinity),
    tasks === undefined ? Infinity : dynoCap(tasks, streams.threads),
  )
  if (most >= needed) return []
  return [
    warning(
      '/spec/streams/standbyReplicas',
      `${standbys} standby replicas need ${needed} dynos, and there will be ${most} at most`,
      'raise scaling.max, or lower threads or standbyReplicas',
    ),
  ]
}
