import type { GraphNode } from '../graph/graph-node.ts'
import type { Serde } from '../serde/serde.ts'
import { type AwaitOptions, resolveAwaitOptions } from '../await/await-options.ts'
import { type AsyncProcessor, AwaitNode } from '../await/await-node.ts'
import { processorNode } from './processor-graph.ts'
import { storesOf, type ProcessOptions } from './processing.ts'

/** The graph node of an operator that awaits; its name and place are those of the operator that does not. */
export function awaitingNode<KIn, VIn, Result, KOut, VOut>(
  name: string,
  supplier: () => AsyncProcessor<KIn, VIn, Result, KOut, VOut>,
  options: AwaitOptions<KIn, VIn> & ProcessOptions,
  traits: { readonly keySerde: Serde<KIn> | undefined; readonly changesValue?: boolean },
): GraphNode {
  const plan = resolveAwaitOptions(options, name)
  const laneOf = laneBy(name, options, traits.keySerde)
  return processorNode(name, () => new AwaitNode(name, supplier(), { plan, laneOf }), {
    ...storesOf(options),
    changesValue: traits.changesValue ?? false,
  })
}

/** A value that is the same for equal keys, or undefined for records that wait for nobody. */
function laneBy<K, V>(
  name: string,
  { keyBy }: AwaitOptions<K, V>,
  keySerde: Serde<K> | undefined,
): (key: K, value: V) => unknown {
  if (keyBy !== undefined) return (key, value) => keyBy(key, value) ?? undefined
  return (key) => {
    if (key === null || key === undefined) return undefined
    if (typeof key !== 'object') return key
    if (key instanceof Uint8Array) return Buffer.from(key).toString('latin1')
    if (keySerde !== undefined) return Buffer.from(keySerde.serialize(key)).toString('latin1')
    throw new TypeError(`${name} keeps the order of keys, and these are objects: say by keyBy which are equal`)
  }
}
