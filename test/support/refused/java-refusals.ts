import { readFileSync } from 'node:fs'

/** What Kafka Streams said of one case of test/java/refusals. */
export interface JavaRefusal {
  readonly name: string
  /** Of the topics that are there when the application starts; only of those cases. */
  readonly partitions?: Readonly<Record<string, number>>
  /** `TopologyException: Invalid topology: …`, or null where Kafka Streams takes it. */
  readonly error: string | null
}

/** Families of cases, by how their names begin; all others are of topologies as they are built. */
const families = ['names are demanded: ', 'at start: '] as const

const all = readFileSync(new URL('../../fixtures/java-refusals.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): JavaRefusal => JSON.parse(line))

/** The cases of one family, in Java's order, named without it. */
export function refusalsOf(family: (typeof families)[number]): readonly JavaRefusal[] {
  return all
    .filter(({ name }) => name.startsWith(family))
    .map((told) => ({ ...told, name: told.name.slice(family.length) }))
}

export const refusalsWhenBuilt = all.filter(({ name }) => !families.some((family) => name.startsWith(family)))
