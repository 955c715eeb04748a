/** Run a topology without a broker, with a clock you turn. */
export { MemoryRegistry } from './memory-registry.ts'
export {
  type InputTopic,
  type OutputTopic,
  type ProducedRecord,
  TestDriver,
  type TestDriverOptions,
  type TopicSerdes,
} from './test-driver.ts'
