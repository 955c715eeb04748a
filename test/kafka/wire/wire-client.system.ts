import { describe } from 'node:test'
import { streamClientContractOnBasicPlan } from '../../contract/stream-client-on-basic-plan.ts'
import { openWire } from '../../support/wire-system.ts'

describe('the wire client behind the ports of a stream thread, as a tenant of the basic plan', () => {
  streamClientContractOnBasicPlan((address) => openWire(address))
})
