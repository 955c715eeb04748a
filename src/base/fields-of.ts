type Fields = Readonly<Record<string, unknown>>

/** What came from outside, by the names of its fields: each is still unknown. None where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return hasFields(value) ? value : {}
}

function hasFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}
