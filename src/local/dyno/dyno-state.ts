import type { DynoState } from './dyno-manager.ts'

/**
 * What a dyno may become. A restart is not in here: its successor is another
 * dyno of the same name, which starts while this one goes down.
 *
 *               +---------> crashed
 *               |  (again)   ^   |
 *   (new) -> starting -------|---+----> down
 *               ^   |        |          ^
 *               |   +-----> up ---------+
 *               +--- crashed, after its cool-off
 *
 * `idle` is an eco dyno asleep; here nothing falls asleep.
 */
const nexts: Readonly<Record<DynoState, readonly DynoState[]>> = {
  starting: ['up', 'crashed', 'down'],
  up: ['crashed', 'down'],
  crashed: ['starting', 'down'],
  down: [],
  idle: [],
}

export const canBecome = (from: DynoState, to: DynoState): boolean => nexts[from].includes(to)
