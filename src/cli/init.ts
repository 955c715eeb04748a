import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { firstManifest, firstTopology, plainManifest } from './first-files.ts'
import type { Around } from './terminal.ts'

interface NewFile {
  readonly name: string
  readonly text: string
}

/** `weir init NAME`: the files of a first stream app. Nothing that is there is overwritten. */
export const init: CliCommand = {
  define: (command) =>
    command
      .argument('<name>', 'name of the StreamApp: lower case letters, digits and dashes')
      .option('--app <name>', 'Heroku app; NAME unless given')
      .option('--ts', 'with a topology in TypeScript that counts words')
      .option('--folder <folder>', 'where to write', '.')
      .addHelpText('after', '\nExample:\n  weir init word-count --ts --app my-heroku-app'),

  run: async ({ args: [name = ''], options }, around) => {
    const app = typeof options['app'] === 'string' ? options['app'] : name
    if (!/^[a-z][a-z0-9-]{1,28}[a-z0-9]$/.test(app) || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
      around.stderr.write(
        `weir init: ${app} is no name of a Heroku app: 3 to 30 lower case letters, digits and dashes, a letter first. Say --app NAME\n`,
      )
      return exitCodes.invalid
    }
    const isTypeScript = options['ts'] === true
    const files: readonly NewFile[] = [
      { name: `${name}.yaml`, text: isTypeScript ? firstManifest(name, app) : plainManifest(name, app) },
      ...(isTypeScript ? [{ name: 'topology.ts', text: firstTopology }] : []),
    ]
    const folder = resolve(around.cwd, String(options['folder']))
    const there = files.filter((file) => existsSync(join(folder, file.name)))
    if (there.length > 0) {
      around.stderr.write(
        `weir init: ${there.map((file) => file.name).join(', ')} is there already, and stays as it is\n`,
      )
      return exitCodes.conflict
    }
    await mkdir(folder, { recursive: true })
    for (const file of files) await writeFile(join(folder, file.name), file.text, { flag: 'wx' })
    const procfile = await addWorker(folder, isTypeScript)
    sayWritten([...files.map((file) => file.name), ...(procfile ? ['Procfile'] : [])], name, around)
    return exitCodes.ok
  },
}

/** Adds the line of the worker, unless the Procfile has one. */
async function addWorker(folder: string, isTypeScript: boolean): Promise<boolean> {
  const file = join(folder, 'Procfile')
  const before = existsSync(file) ? await readFile(file, 'utf8') : ''
  if (/^worker:/m.test(before)) return false
  const command = isTypeScript ? 'npx weir worker topology.ts' : 'java -jar target/stream-app.jar'
  await appendFile(file, `${before === '' || before.endsWith('\n') ? '' : '\n'}worker: ${command}\n`)
  return true
}

function sayWritten(names: readonly string[], name: string, { stdout, stderr }: Around): void {
  for (const written of names) stdout.write(`wrote ${written}\n`)
  stderr.write(`Next: weir validate -f ${name}.yaml, deploy, then weir apply -f ${name}.yaml --direct --wait\n`)
}
