import type { TopologyDescription } from '../topology/description.ts'
import { declaredTopology } from './declared-topology.ts'
import { error, type Finding } from './finding.ts'
import type { TopologySpec } from './stream-app.ts'

const ways = ['describe', 'describeFrom', 'operators'] as const

/** The declared topology as far as the file tells it, and what is wrong with how it is declared. */
export function checkTopology(topology: TopologySpec): {
  readonly description: TopologyDescription | undefined
  readonly findings: readonly Finding[]
} {
  const said = ways.filter((way) => topology[way] !== undefined)
  if (said.length !== 1) return { description: undefined, findings: [wayFinding(said)] }
  const declared = declaredTopology(topology)
  if (declared === undefined) {
    const wayOut = 'paste what its command prints into describe: heroku run --no-tty -- COMMAND'
    return {
      description: undefined,
      findings: [
        error('/spec/topology/describeFrom', 'asking the deployed app for its topology is not built yet', wayOut),
      ],
    }
  }
  if (declared.ok) return { description: declared.value, findings: [] }
  const findings = declared.error.map(({ message, ...within }): Finding => ({
    severity: 'error',
    path: '/spec/topology/describe',
    within,
    message,
  }))
  return { description: undefined, findings }
}

function wayFinding(said: readonly string[]): Finding {
  const [first, second] = said
  if (first === undefined) {
    return error('/spec/topology', 'the topology is not declared', 'write one of describe, describeFrom and operators')
  }
  return {
    ...error(
      `/spec/topology/${second ?? first}`,
      `the topology is declared ${said.length} times: ${said.join(', ')}`,
      'keep exactly one',
    ),
    part: 'key',
  }
}
