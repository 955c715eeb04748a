/** Restores a store from a shuffled changelog, its pages given back all the time, and kills itself after so many steps: FOLDER STEPS. */
import { MappedFiles } from '../../src/host/mapped-files.ts'
import { LmdbEnvironment } from '../../src/runtime/store/lmdb-engine.ts'
import { PageBudget } from '../../src/runtime/store/page-budget.ts'
import { batchRecords, restoreShuffled } from './shuffled-changelog.ts'

const [, , folder = '', steps = '0'] = process.argv
const environment = new LmdbEnvironment(folder, new PageBudget(0, new MappedFiles()))
const engine = environment.open('restored')
let left = Number(steps)
for (let number = (engine.offset ?? 0) / batchRecords; ; number++)
  restoreShuffled(engine, number, () => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  })
