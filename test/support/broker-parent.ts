import { startBroker } from '../../src/local/broker/broker.ts'
import { testCache } from './broker.ts'

/** Starts a broker, in the folder of its argument or in a temporary one, says where it is, and waits to be killed. */
const broker = await startBroker({ cache: testCache(), folder: process.argv[2] })
console.log(`${broker.pid} ${broker.logFile}`)
await broker.exited
