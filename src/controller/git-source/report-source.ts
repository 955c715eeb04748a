import { isDeepStrictEqual } from 'node:util'
import { asJson } from '../../record/as-json.ts'
import { withStatus } from '../../record/object-life.ts'
import { ownWrite } from '../../record/own-write.ts'
import type { Event, JsonObject } from '../../record/record.ts'
import type { Verdict } from '../keep/work.ts'
import { stampConditions } from '../status/stamp-conditions.ts'
import type { KeptGitSource } from './kept-git-source.ts'
import { lookAgain, nameOf, type Pass } from './source-pass.ts'
import type { SourceStatus } from './source-status.ts'

/** Writes what was found, if it is news. */
export async function report(pass: Pass, status: SourceStatus, verdict: Verdict): Promise<Verdict> {
  await pass.around.record.tell(eventsOf(pass, status))
  return (await writeStatus(pass, status)) === undefined ? lookAgain : verdict
}

/** The object that says so, with its version; undefined where somebody else wrote meanwhile, or leads. */
export async function writeStatus(
  pass: Pass,
  status: SourceStatus,
): Promise<Pick<KeptGitSource, 'object' | 'version'> | undefined> {
  const { kept, around, term } = pass
  const before = kept.object
  const wish = withStatus(before, statusOf(pass, status))
  if (isDeepStrictEqual(asJson(wish), asJson(before))) return { object: before, version: kept.version }
  const at = new Date(around.clock.now())
  const object = ownWrite({ before, after: wish, writer: 'weirkeeper-git', subresource: 'status', at })
  const write = { kind: 'put', key: kept.key, expected: kept.version, fence: term.fence, actor: 'git' } as const
  const [result] = await around.record.write([{ ...write, body: asJson(object) }])
  if (result?.kind === 'fenced')
    around.say(nameOf(kept), 'not written: another controller leads', { epoch: result.epoch })
  return result?.kind === 'written' || result?.kind === 'unchanged' ? { object, version: result.version } : undefined
}

/** What is not found anew stays as it was last seen, but for what the newest commit is reproached with. */
function statusOf({ kept, around }: Pass, status: SourceStatus): JsonObject {
  const { generation } = kept.object.metadata
  const { lastCommit, appliedCommit: applied, inventory } = kept.object.status ?? {}
  const at = new Date(around.clock.now())
  const conditions = stampConditions(status.conditions, kept.conditions, { generation, at })
  return asJson({
    lastCommit,
    appliedCommit: applied,
    inventory,
    ...status,
    observedGeneration: generation,
    conditions,
  })
}

function eventsOf({ kept }: Pass, { conditions }: SourceStatus): readonly Event[] {
  const [ready] = conditions
  const before = kept.conditions.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'True' || ready.reason === 'Suspended') return []
  if (before?.reason === ready.reason && before.message === ready.message) return []
  return [{ key: kept.key, type: 'Warning', reason: ready.reason, message: ready.message }]
}
