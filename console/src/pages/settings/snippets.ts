/** How to send the first events. `host` is where the server is reached, without a slash at the end. */
export interface SnippetInput {
  readonly host: string
  readonly writeKey: string
}

const methods = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'reset', 'ready', 'on', 'once', 'off', 'setAnonymousId']

/** For a web site: loads analytics.js from the server itself and keeps the calls made until it is there. */
export function browserSnippet({ host, writeKey }: SnippetInput): string {
  return `<script>
(function (host, key) {
  var a = window.analytics = window.analytics || [];
  if (a.initialized || a._writeKey) return;
  ${JSON.stringify(methods).replaceAll('"', "'").replaceAll(',', ', ')}.forEach(function (name) {
    a[name] = function () { a.push([name].concat([].slice.call(arguments))); return a; };
  });
  a._writeKey = key;
  a._cdn = host;
  a._loadOptions = { integrations: { 'Segment.io': { apiHost: host.split('//')[1] + '/v1', protocol: host.split(':')[0] } } };
  var script = document.createElement('script');
  script.async = true;
  script.src = host + '/sdk/analytics.min.js';
  document.head.appendChild(script);
  a.page();
})('${host}', '${writeKey}');
</script>`
}

/** For a server in Node, with Segment's published client. */
export function nodeExample({ host, writeKey }: SnippetInput): string {
  return `// npm install @segment/analytics-node
import { Analytics } from '@segment/analytics-node';

const analytics = new Analytics({ writeKey: '${writeKey}', host: '${host}' });

analytics.identify({ userId: '4711', traits: { email: 'ada@example.com', name: 'Ada' } });
analytics.track({
  userId: '4711',
  event: 'Order Completed',
  properties: { order_id: 'A-1', revenue: 49.9, currency: 'EUR' },
});

await analytics.closeAndFlush();`
}

/** From a command line, without any client. */
export function curlExample({ host, writeKey }: SnippetInput): string {
  return `curl ${host}/v1/track \\
  -u '${writeKey}:' \\
  -H 'content-type: application/json' \\
  -d '{"userId":"4711","event":"Order Completed","properties":{"revenue":49.9,"currency":"EUR"}}'`
}
