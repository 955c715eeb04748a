import type { RecordBatch, RecordPlace } from '../../kafka/record.ts'

const nothing = new Uint8Array()

/** A place to be filled in by `locate`, again and again. */
export const newPlace = (): RecordPlace => ({
  keyBytes: nothing,
  keyAt: 0,
  keyLength: -1,
  valueBytes: nothing,
  valueAt: 0,
  valueLength: -1,
})

/** Says where a record's key and value lie, whether its batch keeps them in place or as objects. */
export function locate(batch: RecordBatch, index: number, place: RecordPlace): void {
  if (batch.locate !== undefined) return batch.locate(index, place)
  const [key, value] = [batch.key(index), batch.value(index)]
  place.keyBytes = key ?? nothing
  place.keyAt = 0
  place.keyLength = key?.length ?? -1
  place.valueBytes = value ?? nothing
  place.valueAt = 0
  place.valueLength = value?.length ?? -1
}
