import type { StreamGraph } from '../graph/stream-graph.ts'
import type { Named } from './options.ts'

/** What a foreign-key join is made of, by name: five processors, a store, and two topics with sink and source. */
export interface ForeignKeyNames {
  readonly registrationTopic: string
  readonly send: string
  readonly registrationSink: string
  readonly registrationSource: string
  readonly store: string
  readonly receive: string
  readonly join: string
  readonly foreignChange: string
  readonly responseTopic: string
  readonly responseSink: string
  readonly responseSource: string
  readonly resolve: string
  readonly result: string
}

/** Thirteen numbers are used up, in this order, whether or not the join has a name. Source: `KTableImpl`, 4.3.1. */
export function nameForeignKeyJoin(graph: StreamGraph, { name }: Named): ForeignKeyNames {
  const next = (prefix: string, suffix: string) => graph.processorName(prefix, name, suffix)
  return {
    registrationTopic: `${next('KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-', '-subscription-registration')}-topic`,
    send: next('KTABLE-FK-JOIN-SUBSCRIPTION-REGISTRATION-', '-subscription-registration-processor'),
    registrationSink: next('KTABLE-SINK-', '-subscription-registration-sink'),
    registrationSource: next('KTABLE-SOURCE-', '-subscription-registration-source'),
    store: next('KTABLE-FK-JOIN-SUBSCRIPTION-STATE-STORE-', '-subscription-store'),
    receive: next('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-', '-subscription-receive'),
    join: next('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-', '-subscription-join-foreign'),
    foreignChange: next('KTABLE-FK-JOIN-SUBSCRIPTION-PROCESSOR-', '-foreign-join-subscription'),
    responseTopic: `${next('KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-', '-subscription-response')}-topic`,
    responseSink: next('KTABLE-SINK-', '-subscription-response-sink'),
    responseSource: next('KTABLE-SOURCE-', '-subscription-response-source'),
    resolve: next('KTABLE-FK-JOIN-SUBSCRIPTION-RESPONSE-RESOLVER-PROCESSOR-', '-subscription-response-resolver'),
    result: next('KTABLE-FK-JOIN-OUTPUT-', '-result'),
  }
}
