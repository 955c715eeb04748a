import { remainingOf } from '../restore/restoration.ts'
import type { ActiveTask } from '../thread/active-task.ts'
import type { StandbyTask } from '../thread/standby-task.ts'
import type { GlobalReader } from '../global/global-reader.ts'
import type { ThreadWorld } from '../thread/thread-world.ts'
import type { StateStore } from '../store/state-store.ts'
import type { StreamTask } from '../task/task.ts'
import type { Question, TaskAnswer } from './question.ts'
import { readStore } from './read-store.ts'

type World = Pick<ThreadWorld, 'tasks' | 'standbys' | 'global' | 'client'>

/**
 * Answers on the thread that owns the stores, between two steps of a turn: nobody else may touch them. Reading is
 * synchronous, so no store can be closed under it; only the lag of a standby is asked of the cluster, afterwards.
 */
export function answerQuestion(world: World, question: Question): Promise<readonly TaskAnswer[]> {
  const isMeant = ({ name, task }: { readonly name: string; readonly task: StreamTask }) =>
    (question.task === undefined || question.task === name) && task.stores.has(question.store)
  return Promise.all([
    ...[...world.tasks.values()].filter(isMeant).map((active) => askActive(active, question)),
    ...[...world.standbys.values()].filter(isMeant).map((standby) => askStandby(world, standby, question)),
    ...(world.global?.stores.has(question.store) === true ? [askGlobal(world.global, question)] : []),
  ])
}

async function askGlobal(global: GlobalReader, question: Question): Promise<TaskAnswer> {
  const { isFull, remaining, stores } = global
  if (!isFull && !question.isStaleFine) return { kind: 'restoring', task: 'global', remaining }
  return read(stores.get(question.store), question, { task: 'global', role: 'global', lag: 'unknown' })
}

async function askActive(active: ActiveTask, question: Question): Promise<TaskAnswer> {
  const { name, isReady, restorations } = active
  const remaining = remainingOf(
    [...restorations.values()].filter(({ changelog }) => changelog.store === question.store),
  )
  if (!isReady && !question.isStaleFine) return { kind: 'restoring', task: name, remaining }
  return read(active.task.stores.get(question.store), question, { task: name, role: 'active', lag: remaining })
}

async function askStandby({ client }: World, standby: StandbyTask, question: Question): Promise<TaskAnswer> {
  const { name, task, followings } = standby
  if (!question.isStaleFine) return { kind: 'standby', task: name }
  const following = [...followings.values()].find(({ changelog }) => changelog.store === question.store)
  const answer = read(task.stores.get(question.store), question, { task: name, role: 'standby', lag: 'unknown' })
  if (following === undefined) return answer
  const { changelog, position } = following
  const ends = await client.offsets([changelog], 'end')
  if (!ends.ok) return answer
  const end = ends.value.get(`${changelog.topic}-${changelog.partition}`)
  return end === undefined || answer.kind !== 'entries' ? answer : { ...answer, lag: Math.max(0, end - position) }
}

type Place = Pick<Extract<TaskAnswer, { kind: 'entries' }>, 'task' | 'role' | 'lag'>

function read(store: StateStore | undefined, question: Question, place: Place): TaskAnswer {
  try {
    const found = store === undefined ? undefined : readStore(store, question.read)
    if (found !== undefined) return { kind: 'entries', ...place, ...found }
    const because = `${question.store} cannot be asked: only the processor it belongs to can read it`
    return { kind: 'refused', task: place.task, because }
  } catch (error) {
    // the user's serde, or a key that is none of this store's
    return { kind: 'refused', task: place.task, because: error instanceof Error ? error.message : String(error) }
  }
}
