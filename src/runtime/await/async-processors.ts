import type { ProcessorContext } from '../node/processor-node.ts'
import type { StreamRecord } from '../node/stream-record.ts'
import type { AsyncProcessor, CallContext } from './await-node.ts'

/** `mapValuesAsync`: the value is what the call gave. */
export class MapValuesAsync<K, V, VOut> implements AsyncProcessor<K, V, VOut, K, VOut> {
  readonly #map: (value: V, key: K, call: CallContext) => Promise<VOut>
  #context: ProcessorContext<K, VOut> | undefined

  constructor(map: (value: V, key: K, call: CallContext) => Promise<VOut>) {
    this.#map = map
  }

  init(context: ProcessorContext<K, VOut>): void {
    this.#context = context
  }

  call({ key, value }: StreamRecord<K, V>, call: CallContext): Promise<VOut> {
    return this.#map(value, key, call)
  }

  receive({ key, timestamp, headers }: StreamRecord<K, V>, value: VOut): void {
    this.#context?.forward({ key, value, timestamp, headers })
  }
}

/** `foreachAsync`: the call is all there is. */
export class ForeachAsync<K, V> implements AsyncProcessor<K, V, void, never, never> {
  readonly #use: (key: K, value: V, call: CallContext) => Promise<void>

  constructor(use: (key: K, value: V, call: CallContext) => Promise<void>) {
    this.#use = use
  }

  call({ key, value }: StreamRecord<K, V>, call: CallContext): Promise<void> {
    return this.#use(key, value, call)
  }

  receive(): void {}
}
