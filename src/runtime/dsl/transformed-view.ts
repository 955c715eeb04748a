import { asOf } from '../node/as-of.ts'
import { transformerContextOf, type ValueTransformer } from '../node/transform-values-node.ts'
import { noHeaders } from '../task/no-headers.ts'
import type { TableView } from './table-internals.ts'

/**
 * Values transformed when asked for, by a transformer of the reader's own. It is also
 * asked about keys that the parent has not, as in Kafka's `KTableTransformValuesGetter`.
 */
export function transformedView<K, V, VOut>(
  parent: TableView<K, V>,
  name: string,
  supplier: () => ValueTransformer<K, V, VOut>,
): TableView<K, VOut> {
  return {
    storeNames: parent.storeNames,
    open: (context) => {
      const get = parent.open(context)
      const transformer = supplier()
      transformer.init?.(transformerContextOf(context, name))
      return (key, asOfMs) => {
        const found = get(key, asOfMs)
        const timestamp = found?.timestamp ?? -1
        const origin = { topic: '', partition: -1, offset: -1, timestamp, headers: noHeaders }
        const value = asOf(context, origin, () => transformer.transform(found?.value ?? null, key))
        return value === null ? undefined : { value, timestamp }
      }
    },
  }
}
