import type {Facade, ModelContext} from '../rpc/context.ts'

export const modelConfig: Facade = {
  ModelGet: {need: 'read', runOnModel: modelGet},
}

/** A model's settings beside those of its identity, as `juju model-config` shows them of a new one on the dummy cloud. */
const defaults: Readonly<Record<string, unknown>> = {
  'agent-metadata-url': '',
  'apt-ftp-proxy': '',
  'apt-http-proxy': '',
  'apt-https-proxy': '',
  'apt-mirror': '',
  'apt-no-proxy': '',
  'automatically-retry-hooks': true,
  'backup-dir': '',
  broken: '',
  'charmhub-url': 'https://api.charmhub.io',
  'cloudinit-userdata': '',
  'container-image-metadata-defaults-disabled': false,
  'container-image-metadata-url': '',
  'container-image-stream': 'released',
  'container-inherit-properties': '',
  'container-networking-method': '',
  'default-base': '',
  'default-space': '',
  development: false,
  'disable-network-management': false,
  'disable-telemetry': false,
  'egress-subnets': '',
  'enable-os-refresh-update': true,
  'enable-os-upgrade': true,
  'firewall-mode': 'instance',
  'ftp-proxy': '',
  'http-proxy': '',
  'https-proxy': '',
  'image-metadata-defaults-disabled': false,
  'image-metadata-url': '',
  'image-stream': 'released',
  'juju-ftp-proxy': '',
  'juju-http-proxy': '',
  'juju-https-proxy': '',
  'juju-no-proxy': '127.0.0.1,localhost,::1',
  'lxd-snap-channel': '5.0/stable',
  'max-action-results-age': '336h',
  'max-action-results-size': '5G',
  mode: 'requires-prompts',
  'net-bond-reconfigure-delay': 17,
  'no-proxy': '127.0.0.1,localhost,::1',
  'num-container-provision-workers': 4,
  'num-provision-workers': 16,
  'proxy-ssh': false,
  'saas-ingress-allow': '0.0.0.0/0,::/0',
  secret: 'pork',
  'snap-http-proxy': '',
  'snap-https-proxy': '',
  'snap-store-assertions': '',
  'snap-store-proxy': '',
  'snap-store-proxy-url': '',
  somebool: false,
  'ssh-allow': '0.0.0.0/0,::/0',
  'ssl-hostname-verification': true,
  'test-mode': false,
  'transmit-vendor-metrics': true,
  'update-status-hook-interval': '5m',
}

function modelGet({model, world}: ModelContext): object {
  const sourced = (source: string, values: Readonly<Record<string, unknown>>): [string, object][] =>
    Object.entries(values).map(([name, value]) => [name, {value, source}])
  const identity = {name: model.name, type: model.type === 'caas' ? 'kubernetes' : 'dummy', uuid: model.uuid}
  const ofModel = {
    'agent-stream': 'released',
    'agent-version': world.profile.serverVersion,
    'logging-config': '<root>=INFO',
    'resource-tags': {},
  }
  const config = [...sourced('default', defaults), ...sourced('model', ofModel), ...sourced('controller', identity)]
  return {config: Object.fromEntries(config) as Record<string, object>}
}
