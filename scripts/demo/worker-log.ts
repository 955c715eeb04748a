/** What workers tell in their log, which is all that a person has who looks at a dyno from outside. */
export interface Assignment {
  readonly generation: number
  /** Stream tasks by dyno, of all its threads. */
  readonly tasks: ReadonlyMap<string, readonly string[]>
}

/** Who has which stream tasks, after the newest generation of the group that was told of. */
export function assignmentIn(log: string): Assignment {
  const joined = entriesOf(log).filter(({ fields }) => fields['msg'] === 'joined the group')
  const generation = Math.max(0, ...joined.map(({ fields }) => Number(fields['generation'])))
  const tasks = new Map<string, readonly string[]>()
  for (const { dyno, fields } of joined) {
    if (Number(fields['generation']) !== generation || !Array.isArray(fields['tasks'])) continue
    tasks.set(dyno, [...(tasks.get(dyno) ?? []), ...fields['tasks'].map(String)].toSorted())
  }
  return { generation, tasks: new Map([...tasks].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

export const taskCount = ({ tasks }: Assignment): number => [...tasks.values()].flat().length

/** Stores that a dyno has brought back from their changelogs since then, and how many records that were. */
export function restoredIn(
  log: string,
  dyno: string,
  sinceMs: number,
): { readonly stores: number; readonly records: number } {
  const restored = entriesOf(log).filter(
    (entry) =>
      entry.dyno === dyno && entry.atMs >= sinceMs && entry.fields['msg'] === 'restored a store from its changelog',
  )
  return {
    stores: restored.length,
    records: restored.reduce((sum, { fields }) => sum + Number(fields['records']), 0),
  }
}

interface Entry {
  readonly atMs: number
  readonly dyno: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** `2026-11-25T02:03:23.364+00:00 app[worker.1]: {"msg": …}`; lines that are no JSON are somebody else's. */
function entriesOf(log: string): readonly Entry[] {
  return [...log.matchAll(/^(\S+) app\[(\S+)\]: (\{.*\})$/gm)].flatMap(([, at = '', dyno = '', json = '']) => {
    const fields = parsed(json)
    return fields === null ? [] : [{ atMs: Date.parse(at), dyno, fields }]
  })
}

function parsed(json: string): Readonly<Record<string, unknown>> | null {
  try {
    return Object.fromEntries(Object.entries(Object(JSON.parse(json))))
  } catch {
    return null
  }
}
