import { runJava } from './java.ts'

const oldest = 17
const howTo = 'Install it: apt-get install openjdk-17-jdk-headless, or brew install openjdk@17'

/** What `java -version` says, in one line: another Java cannot use the same class-data archive. */
export async function javaVersion(): Promise<string> {
  const output = await runJava(['-version']).then(
    (run) => run.output,
    (cause: unknown) => {
      throw new Error(`Java ${oldest} or later is needed for the Kafka broker, and no "java" was found. ${howTo}`, {
        cause,
      })
    },
  )
  const version = /version "(?<major>\d+)[^"]*"/.exec(output)
  const major = Number(version?.groups?.['major'] ?? 0)
  if (major < oldest) {
    throw new Error(`Java ${oldest} or later is needed for the Kafka broker, this is Java ${major}. ${howTo}`)
  }
  return output
    .replace(/^Picked up .*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
