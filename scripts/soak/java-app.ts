import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compileJava } from '../bench/java-program.ts'
import type { Dyno } from './dyno.ts'
import type { Stage } from './stage.ts'

/** The soaks' topologies on Kafka Streams: `java/SoakApp.java`, compiled for this run. */
export class JavaApp {
  readonly #stage: Stage
  readonly #topology: 'takeover' | 'failover'
  readonly #classPath: string

  private constructor(stage: Stage, topology: 'takeover' | 'failover', classPath: string) {
    this.#stage = stage
    this.#topology = topology
    this.#classPath = classPath
  }

  /** Throws where there is no JDK. */
  static async compile(stage: Stage, topology: 'takeover' | 'failover'): Promise<JavaApp> {
    const classes = join(stage.folder, 'classes')
    await mkdir(classes)
    const classPath = await compileJava(join(import.meta.dirname, 'java'), classes, ['streams'])
    return new JavaApp(stage, topology, classPath)
  }

  /** One process of it, with the settings of a worker, named as for a worker. */
  start(name: string, settings: Readonly<Record<string, string>>): Dyno {
    const flags = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn']
    return this.#stage.startProcess(name, ['java', ...flags, '-cp', this.#classPath, 'SoakApp', this.#topology], {
      STREAMS_BOOTSTRAP_SERVERS: this.#stage.plaintext,
      STREAMS_STATE_DIR: this.#stage.stateOf(name),
      ...settings,
    })
  }
}
