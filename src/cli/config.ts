import { writeFile } from 'node:fs/promises'
import { didYouMean } from '../resource/did-you-mean.ts'
import type { CliCommand } from './command.ts'
import { exitCodes } from './exit-code.ts'
import { kubeconfigContexts, readKubeconfig } from './plane/plane-address.ts'
import { readKubeconfigFile } from './plane/plane-command.ts'
import { renderTable } from './render-table.ts'

/** `weir config view`: which control plane is asked. The token shows as dots. */
export const configView: CliCommand = {
  define: (command) => command.addHelpText('after', '\nExample:\n  weir config view'),
  run: async (_, around) => {
    const found = await readKubeconfigFile(around)
    if (!found.ok) {
      around.stderr.write(`weir config view: ${found.error}\n`)
      return exitCodes.unreachable
    }
    const { file, text } = found.value
    const { names, current } = kubeconfigContexts(text)
    const address = readKubeconfig(text)
    const rows = [
      ['Kubeconfig:', file],
      ['Context:', current ?? '<none>'],
      ...(address.ok
        ? [
            ['Server:', address.value.server],
            ['Namespace:', address.value.namespace],
            ['Token:', String(address.value.token ?? '<none>')],
            ['Authority:', address.value.authority === undefined ? 'public ones' : 'of the kubeconfig'],
          ]
        : []),
      ['Contexts:', names.join(', ')],
    ]
    around.stdout.write(renderTable(rows))
    if (!address.ok) around.stderr.write(`weir config view: it cannot be used: ${address.error}\n`)
    return address.ok ? exitCodes.ok : exitCodes.invalid
  },
}

/** `weir config use NAME`: writes `current-context` and leaves every other line as it is. */
export const configUse: CliCommand = {
  define: (command) =>
    command
      .argument('<context>', 'a context of the kubeconfig; weir config view lists them')
      .addHelpText('after', '\nExample:\n  weir config use staging'),
  run: async ({ args: [context = ''] }, around) => {
    const found = await readKubeconfigFile(around)
    if (!found.ok) {
      around.stderr.write(`weir config use: ${found.error}\n`)
      return exitCodes.unreachable
    }
    const { file, text } = found.value
    const { names } = kubeconfigContexts(text)
    const line = /^current-context:.*$/m
    if (!names.includes(context) || !line.test(text)) {
      const why = names.includes(context)
        ? `${file} has no line "current-context:"; add one`
        : `there is no context "${context}"; ${didYouMean(context, names)}`
      around.stderr.write(`weir config use: ${why}\n`)
      return exitCodes.invalid
    }
    await writeFile(
      file,
      text.replace(line, () => `current-context: ${JSON.stringify(context)}`),
      { mode: 0o600 },
    )
    around.stdout.write(`now using ${context}\n`)
    return exitCodes.ok
  },
}
