import { fail, ok, type Result } from '../../base/result.ts'
import type { StreamApp } from '../../resource/stream-app.ts'
import type { TopologyDescription } from '../../topology/description.ts'
import { parseDescription } from '../../topology/parse-description.ts'
import { withoutPrefix } from '../../topology/prefix.ts'
import type { Refusal } from '../plan/plan.ts'

/** The stream graph that the manifest tells of, with topic names as Heroku's API knows them: without prefix. */
export function readTopology({ spec }: StreamApp, prefix: string): Result<TopologyDescription, readonly Refusal[]> {
  const { describe, operators } = spec.topology
  if (describe !== undefined) {
    const parsed = parseDescription(describe)
    if (parsed.ok) return ok(withoutPrefix(parsed.value, prefix))
    return fail(parsed.error.map(({ line, message }) => unclear(`spec.topology.describe, line ${line}: ${message}`)))
  }
  if (operators !== undefined) {
    return fail([
      notBuilt(
        'spec.topology.operators cannot be planned with yet. Paste the text of Topology#describe() into spec.topology.describe',
      ),
    ])
  }
  return fail([
    notBuilt(
      'spec.topology.describeFrom comes with the control plane. Until then paste what the command prints into spec.topology.describe: heroku run --no-tty -- COMMAND',
    ),
  ])
}

function unclear(message: string): Refusal {
  return { reason: 'TopologyUnclear', message }
}

function notBuilt(message: string): Refusal {
  return { reason: 'NotBuiltYet', message }
}
