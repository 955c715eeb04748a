import { describe } from 'node:test'
import { FakeCluster } from '../support/fake-cluster.ts'
import { localClusterContract } from './cluster-contract.ts'

describe('a fake cluster', () => {
  const cluster = new FakeCluster()
  localClusterContract(() => cluster)
})
