import { noHosts, type HostedPartitions, type Hosts } from './assignment-info.ts'
import type { ThreadTasks } from './high-availability/assign-to-threads.ts'
import type { PlannedTask } from './stream-tasks.ts'

/** Where each process is asked, by its members, and what they were given: together, who has which partitions. */
export function hostsOfTasks(
  endPoints: ReadonlyMap<string, string>,
  shares: ReadonlyMap<string, ThreadTasks>,
  tasks: ReadonlyMap<string, PlannedTask>,
): Hosts {
  const known = [...shares].filter(([memberId]) => (endPoints.get(memberId) ?? '') !== '')
  if (known.length === 0) return noHosts
  const byEndPoint = [...Map.groupBy(known, ([memberId]) => endPoints.get(memberId) ?? '')].toSorted(([one], [other]) =>
    one < other ? -1 : 1,
  )
  const hosted = (role: keyof ThreadTasks): readonly HostedPartitions[] =>
    byEndPoint.map(([endPoint, members]) => ({
      ...parseEndPoint(endPoint),
      partitions: members.flatMap(([, share]) => share[role].flatMap((name) => tasks.get(name)?.partitions ?? [])),
    }))
  return { active: hosted('active'), standby: hosted('standby') }
}

/** A text that a Java program wrote may have no port. */
function parseEndPoint(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':')
  const port = Number(text.slice(at + 1))
  return at < 0 || !Number.isInteger(port) ? { host: text, port: 0 } : { host: text.slice(0, at), port }
}
