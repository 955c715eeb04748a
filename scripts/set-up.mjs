/**
 * Brings a bare clone to the point where everything else runs under Node 24.
 * Runs on the machine's own Node (20 or later), so: plain JavaScript, no packages.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.weirkeeper-lock')
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

console.log('weirkeeper: checking set-up')
requireNode()
requireJava()
if (!isInstalled()) install()

function requireNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20) refuse(`Node 20 or later is needed, this is ${process.version}. Install it from https://nodejs.org/`)
}

function requireJava() {
  const { error, stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const howTo = 'Install it: apt-get install openjdk-17-jdk-headless, or brew install openjdk@17'
  if (error) refuse(`Java 17 or later is needed for the Kafka broker, and no "java" was found. ${howTo}`)
  const major = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  if (major < 17) refuse(`Java 17 or later is needed for the Kafka broker, this is Java ${major}. ${howTo}`)
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
}

/** `npm ci`, shown as it goes: about half a minute once, then skipped until the lock file changes. */
function install() {
  console.log('weirkeeper: installing packages with npm ci (once; about half a minute)')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) refuse('npm ci failed; its own message stands above. Try again, or run: npm ci')
  writeFileSync(stamp, lock)
}

/** @param {string} message @returns {never} */
function refuse(message) {
  console.error(`weirkeeper: ${message}`)
  process.exit(2)
}
