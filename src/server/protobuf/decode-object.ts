import { unreachable } from '../../base/unreachable.ts'
import type { Json, JsonObject } from '../../record/record.ts'
import { deleteOptions, messages, type FieldType, type Message, type MessageField } from './messages.ts'
import { readFields, type WireField } from './wire.ts'

const magic = Buffer.from('k8s\0')

/**
 * Kubernetes' protobuf as JSON: four bytes, then an envelope (`runtime.Unknown`)
 * that names the kind, then the message. Undefined for a kind that we do not
 * know; throws a `RangeError` where the bytes are not of this form.
 */
export function decodeObject(bytes: Buffer): JsonObject | undefined {
  if (!bytes.subarray(0, 4).equals(magic)) throw new RangeError('it does not begin as Kubernetes writes protobuf')
  const envelope = readFields(bytes.subarray(4))
  const head = bytesOf(envelope, 1)
  const { apiVersion = '', kind = '' } = textFields(readFields(head))
  const message = kind === 'DeleteOptions' ? deleteOptions : messages[`${apiVersion} ${kind}`]
  return message === undefined ? undefined : { apiVersion, kind, ...decode(bytesOf(envelope, 2), message) }
}

function textFields(fields: readonly WireField[]): { readonly apiVersion?: string; readonly kind?: string } {
  const textOf = (number: number): string => Buffer.from(bytesOf(fields, number)).toString()
  return { apiVersion: textOf(1), kind: textOf(2) }
}

function bytesOf(fields: readonly WireField[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value
  return value instanceof Uint8Array ? value : new Uint8Array()
}

/** Lists and maps grow in place: a copy for each item would take a body of 3 MB hours. */
interface Decoded {
  readonly fields: Map<string, Json>
  readonly lists: Map<string, Json[]>
  readonly maps: Map<string, Map<string, Json>>
}

function decode(bytes: Uint8Array, message: Message): JsonObject {
  const decoded: Decoded = { fields: new Map(), lists: new Map(), maps: new Map() }
  for (const { number, value } of readFields(bytes)) {
    const field = message[number]
    if (field !== undefined) put(decoded, field, value)
  }
  const maps = [...decoded.maps].map(([name, entries]) => [name, Object.fromEntries(entries)] as const)
  return Object.fromEntries([...decoded.fields, ...decoded.lists, ...maps])
}

function put(
  { fields, lists, maps }: Decoded,
  { name, type, ...field }: MessageField,
  value: WireField['value'],
): void {
  if (type.kind === 'map') {
    const { key, item } = entryOf(value, type.values)
    maps.set(name, (maps.get(name) ?? new Map<string, Json>()).set(key, item))
    return
  }
  const item = valueOf(type, value)
  if (item === undefined) return
  const list = lists.get(name) ?? []
  if (field.isList === true) {
    list.push(item)
    lists.set(name, list)
  } else if (field.isPointer === true || !isZero(item)) fields.set(name, item)
}

function isZero(value: Json): boolean {
  return value === '' || value === 0 || value === false
}

function valueOf(type: Exclude<FieldType, { kind: 'map' }>, value: WireField['value']): Json | undefined {
  if (typeof value === 'bigint') return type.kind === 'flag' ? value !== 0n : Number(BigInt.asIntN(64, value))
  switch (type.kind) {
    case 'text':
      return Buffer.from(value).toString()
    case 'bytes':
      return Buffer.from(value).toString('base64')
    case 'time':
      return timeOf(value, 0)
    case 'microTime':
      return timeOf(value, 6)
    case 'message':
      return decode(value, type.of())
    case 'whole':
    case 'flag':
      return undefined
    default:
      return unreachable(type)
  }
}

/** `Timestamp`: seconds and nanoseconds. Go's zero time is a message without fields, and means that there is none. */
function timeOf(bytes: Uint8Array, digits: 0 | 6): string | undefined {
  const fields = readFields(bytes)
  const part = (number: number): number => {
    const value = fields.findLast((field) => field.number === number)?.value
    return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
  }
  const seconds = part(1)
  if (fields.length === 0 || seconds < 0 || seconds > 253_402_300_799) return undefined
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19)
  const micros = String(Math.floor(part(2) / 1000)).padStart(6, '0')
  return digits === 0 ? `${whole}Z` : `${whole}.${micros}Z`
}

function entryOf(value: WireField['value'], values: 'text' | 'bytes'): { readonly key: string; readonly item: string } {
  const fields = typeof value === 'bigint' ? [] : readFields(value)
  const item = Buffer.from(bytesOf(fields, 2))
  return { key: Buffer.from(bytesOf(fields, 1)).toString(), item: item.toString(values === 'text' ? 'utf8' : 'base64') }
}
