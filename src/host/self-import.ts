import { registerHooks } from 'node:module'

/** What the package calls itself, and where this checkout keeps it. */
const doors: Readonly<Record<string, string>> = {
  weirkeeper: new URL('../index.ts', import.meta.url).href,
  'weirkeeper/registry': new URL('../registry.ts', import.meta.url).href,
  'weirkeeper/testing': new URL('../testing/index.ts', import.meta.url).href,
}

/**
 * Lets a user's file say `import { … } from 'weirkeeper'` wherever it lies, installed or not: the
 * name means the Weirkeeper that runs it. Without this a second copy, found in some node_modules,
 * would build a topology that the first does not know. Each thread registers for itself.
 */
export function registerSelfImport(): void {
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const url = doors[specifier]
      return url === undefined ? nextResolve(specifier, context) : { url, shortCircuit: true }
    },
  })
}
