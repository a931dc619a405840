import assert from 'node:assert/strict'
import {test} from 'node:test'
import {KubeconfigInvalid} from '../../../src/kube/connection.ts'
import {proxyFromEnvironment} from '../../../src/kube/environment-proxy.ts'

const api = 'https://api.example.com:6443'
const proxy = 'http://proxy:3128'

const proxies: readonly [
  sentence: string,
  server: string,
  env: Record<string, string>,
  expected: string | undefined,
][] = [
  ['nothing is set', api, {}, undefined],
  ['HTTPS_PROXY', api, {HTTPS_PROXY: proxy}, proxy],
  ['small letters', api, {https_proxy: proxy}, proxy],
  ['capitals before small letters', api, {HTTPS_PROXY: proxy, https_proxy: 'http://other:1'}, proxy],
  ['HTTP_PROXY is for http servers', api, {HTTP_PROXY: proxy}, undefined],
  ['a host and a port', api, {HTTPS_PROXY: 'proxy:3128'}, proxy],
  ['a SOCKS proxy that resolves names', api, {HTTPS_PROXY: 'socks5h://proxy:1080'}, 'socks5://proxy:1080'],
  ['this machine', 'https://localhost:6443', {HTTPS_PROXY: proxy}, undefined],
  ['an address of this machine', 'https://127.0.0.2:6443', {HTTPS_PROXY: proxy}, undefined],
  ['the same in IPv6', 'https://[::1]:6443', {HTTPS_PROXY: proxy}, undefined],
]
for (const [sentence, server, env, expected] of proxies)
  test(`the proxy to the API server by the environment: ${sentence}`, () =>
    assert.equal(proxyFromEnvironment(new URL(server), env), expected))

const exceptions: readonly [noProxy: string, server: string, isExcepted: boolean][] = [
  ['*', api, true],
  ['', api, false],
  ['example.com', api, true],
  ['.example.com', api, true],
  ['*.example.com', api, true],
  ['api.example.com', api, true],
  ['.api.example.com', api, false],
  ['ample.com', api, false],
  ['API.Example.com', api, true],
  ['other.org, example.com', api, true],
  ['example.com:6443', api, true],
  ['example.com:443', api, false],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/8', api, false],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.1.2.3:443', 'https://10.1.2.3', true],
  ['10.1.2.3:6443', 'https://10.1.2.3', false],
  ['10.1.2', 'https://10.1.2.3', false],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['fd00::1', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:443', 'https://[fd00::1]:6443', false],
  ['10.0.0.0/nonsense', 'https://10.1.2.3', false],
]
for (const [noProxy, server, isExcepted] of exceptions)
  test(`NO_PROXY=${noProxy} ${isExcepted ? 'covers' : 'does not cover'} ${server}`, () => {
    const env = {HTTPS_PROXY: proxy, NO_PROXY: noProxy}
    assert.equal(proxyFromEnvironment(new URL(server), env), isExcepted ? undefined : proxy)
  })

test('a proxy that cannot be used is refused, with what can be written', () =>
  assert.throws(() => proxyFromEnvironment(new URL(api), {HTTPS_PROXY: 'ftp://proxy'}), {
    name: KubeconfigInvalid.name,
    message: 'HTTPS_PROXY is refused; write http://, https:// or socks5://',
  }))
