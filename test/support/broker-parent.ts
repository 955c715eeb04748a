import { startTestBroker } from './broker.ts'

/** Starts a broker, says where it is, and waits to be killed. */
const broker = await startTestBroker()
console.log(`${broker.pid} ${broker.logFile}`)
await broker.exited
