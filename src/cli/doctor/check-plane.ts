import { readKubeconfigFile } from '../plane/plane-command.ts'
import { readKubeconfig } from '../plane/plane-address.ts'
import { PlaneClient } from '../plane/plane-client.ts'
import { streamAppPath } from '../plane/stream-app-path.ts'
import type { Around } from '../terminal.ts'
import { notLooked, well, wrong, type Check } from './check.ts'

/** Whether the control plane of the kubeconfig answers, and lets us see the StreamApps of the namespace. */
export async function checkPlane(around: Around): Promise<Check> {
  const name = 'Control plane'
  const found = await readKubeconfigFile(around)
  if (!found.ok) return notLooked(name, 'none is named: set WEIR_KUBECONFIG to use one')
  const address = readKubeconfig(found.value.text)
  if (!address.ok) return wrong(name, `${found.value.file}: ${address.error}`, 'write the kubeconfig anew')
  const client = new PlaneClient(address.value)
  try {
    const path = streamAppPath(address.value)
    const reply = await client.ask({ method: 'GET', path, query: { limit: '1' } }, around.signal)
    if (reply.ok) return well(name, `${address.value.server}, namespace ${address.value.namespace}`)
    return reply.error.kind === 'unreachable'
      ? wrong(
          name,
          `${address.value.server}: ${reply.error.reason}`,
          'check the server in the kubeconfig, and that its web dyno runs',
        )
      : wrong(name, reply.error.message, 'ask for a token with a role in that namespace: view, edit or admin')
  } finally {
    client.close()
  }
}
