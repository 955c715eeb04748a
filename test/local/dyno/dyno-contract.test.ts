import { FakeDynos } from '../../support/fake-dynos.ts'
import { describesDynos } from './dyno-contract.ts'
import { settled } from './turned-clock.ts'

/** Nothing here takes time: what is not so after a few turns of the loop never will be. */
async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    if (isSo()) return
    await settled()
  }
  throw new Error(`it never came to be: ${what}`)
}

describesDynos('the fake', { make: () => Promise.resolve(new FakeDynos()), until })
