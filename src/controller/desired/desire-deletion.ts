import type { StreamApp } from '../../resource/stream-app.ts'
import { internalTopics } from '../../topology/internal-topics.ts'
import type { Observed } from '../observe/observed.ts'
import type { TopicRole } from '../plan/change.ts'
import type { Refusal } from '../plan/plan.ts'
import { streamsConfigVars } from './config-vars.ts'
import { readFacts, readTopology } from './read-topology.ts'

/** What a StreamApp's deletion policy leaves to delete. Only what the manifest names, or what follows from it. */
export interface DesiredDeletion {
  readonly app: string
  /** The process type that it runs, and those that it ran. */
  readonly processTypes: readonly string[]
  readonly applicationName: string
  readonly applicationId: string
  readonly scaleToZero: boolean
  /** Config vars that this StreamApp sets. */
  readonly configVars: readonly string[]
  readonly deleteGroup: boolean
  readonly topics: readonly { readonly name: string; readonly role: TopicRole }[]
  readonly refusals: readonly Refusal[]
}

export function desireDeletion(app: StreamApp, observed: Observed, ran: readonly string[] = []): DesiredDeletion {
  const { spec } = app
  const policy = spec.deletionPolicy
  const applicationId = `${observed.prefix}${spec.applicationName}`
  const internal = policy.internalTopics === 'Delete' ? internalNames(app, observed) : { topics: [], refusals: [] }
  const users = policy.topics === 'Delete' ? spec.topics.map(({ name }) => ({ name, role: 'user' as const })) : []
  return {
    app: spec.app,
    processTypes: [...new Set([spec.process.type, ...ran])],
    applicationName: spec.applicationName,
    applicationId,
    scaleToZero: policy.formation === 'ScaleToZero',
    configVars: policy.configVars === 'Unset' ? Object.keys(streamsConfigVars(applicationId, spec.streams)) : [],
    deleteGroup: policy.consumerGroup === 'Delete',
    topics: [...internal.topics, ...users],
    refusals: internal.refusals,
  }
}

/** The names follow from the topology alone: it does not matter that a source topic is gone already. */
function internalNames(app: StreamApp, observed: Observed): Pick<DesiredDeletion, 'topics' | 'refusals'> {
  const topology = readTopology(app, observed.prefix)
  if (!topology.ok) return { topics: [], refusals: topology.error }
  const facts = readFacts(app.spec, topology.value, observed.topics)
  const topics = internalTopics(topology.value, app.spec.applicationName, facts)
  return { topics: topics.map(({ name, kind }) => ({ name, role: kind })), refusals: [] }
}
