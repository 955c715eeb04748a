import { machineCache } from './machine-cache.ts'
import { startBroker } from '../../src/local/broker/broker.ts'

/** Starts a broker, in the folder of its argument or in a temporary one, says where it is, and waits to be killed. */
const broker = await startBroker({ cache: machineCache(), folder: process.argv[2] })
console.log(`${broker.pid} ${broker.logFile}`)
await broker.exited
