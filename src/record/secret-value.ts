import type { JsonObject } from './record.ts'

/** One value of a kept Secret: base64 (Kubernetes' `v1.Secret`). A line break at the end is a file's and not the value's. */
export function secretValue({ data }: JsonObject, name: string): string | undefined {
  const value: unknown = Reflect.get(Object(data), name)
  const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8').trim() : ''
  return text === '' ? undefined : text
}
