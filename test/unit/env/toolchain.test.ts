import {chmod, cp, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {test, type TestContext} from 'node:test'
import {ensureDebianPrograms} from '../../env/toolchain/debian-parts.ts'
import {cacheDirectory} from '../../env/toolchain/go-parts.ts'
import {goModules, goVersion, moduleHash} from '../../env/toolchain/modules.ts'
import {ensureParts} from '../../env/toolchain/parts.ts'

const silent = () => undefined

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'toolchain-'))
  t.after(() => rm(path, {recursive: true}))
  return path
}

async function program(path: string, text = '#!/bin/sh\n'): Promise<void> {
  await writeFile(path, text)
  await chmod(path, 0o755)
}

test('a control plane that is on the machine already is used, and nothing is built', async t => {
  const assets = await folder(t)
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) await program(join(assets, name))
  const env = {KUBEBUILDER_ASSETS: assets, XDG_CACHE_HOME: join(assets, 'cache'), PATH: ''}
  const found = await ensureParts(['etcd', 'kube-apiserver', 'kubectl'], {env, report: silent})
  t.assert.equal(found.kubectl, join(assets, 'kubectl'))
  t.assert.equal(found.etcd, join(assets, 'etcd'))
})

test('what was built once comes from the cache, which lies outside the checkout', async t => {
  const cache = await folder(t)
  const [module] = goModules
  const source = join(import.meta.dirname, '../../env', module.name)
  const built = join(
    cache,
    'charmkeeper',
    'test-env',
    `${module.name}-${await moduleHash(module, source, await goVersion(source, process.env))}`,
  )
  await mkdir(built, {recursive: true})
  await program(join(built, 'etcd'))
  const lines: string[] = []
  const {etcd} = await ensureParts(['etcd'], {
    env: {...process.env, KUBEBUILDER_ASSETS: '', XDG_CACHE_HOME: cache},
    report: line => lines.push(line),
  })
  t.assert.equal(etcd, join(built, 'etcd'))
  t.assert.deepEqual(lines, [])
  t.assert.match(cacheDirectory({}), /\/\.cache\/charmkeeper\/test-env$/)
})

test('another dependency, flag or Go is another build', async t => {
  const [module] = goModules
  const source = join(await folder(t), module.name)
  await cp(join(import.meta.dirname, '../../env', module.name), source, {recursive: true})
  const hash = await moduleHash(module, source, 'go1.26.8')
  t.assert.equal(await moduleHash(module, source, 'go1.26.8'), hash)
  t.assert.notEqual(await moduleHash(module, source, 'go1.27.0'), hash)
  t.assert.notEqual(await moduleHash({...module, programs: {etcd: ['build']}}, source, 'go1.26.8'), hash)
  await writeFile(join(source, 'README.md'), 'words')
  t.assert.equal(await moduleHash(module, source, 'go1.26.8'), hash)
  await writeFile(join(source, 'etcd', 'main.go'), 'package main\n')
  t.assert.notEqual(await moduleHash(module, source, 'go1.26.8'), hash)
})

test('without root or apt the command to run is named', async t => {
  const env = {PATH: await folder(t)}
  const install = ensureDebianPrograms(['pgbackrest', 'promtool'], env, silent, {isRoot: false, hasApt: true})
  await t.assert.rejects(install, /as root\n {2}apt-get install -y --no-install-recommends pgbackrest prometheus\n/)
})

test('without Go the command that installs it is named', async t => {
  const env = {PATH: await folder(t), HOME: '/nowhere'}
  const built = ensureParts(['versitygw'], {env, report: silent})
  await t.assert.rejects(
    built,
    /Go is missing\. Install it with\n {2}curl -fsSL https:\/\/go\.dev\/dl\/go1\.\S+\.tar\.gz \|/,
  )
})
