/**
 * A whole nginx config around the given lines of its `http` block: one worker, connections kept, nothing logged but trouble. What
 * it writes goes under `dir`.
 */
export function nginxConfig(dir: string, name: string, http: readonly string[]): string {
  return [
    'daemon off;',
    // started by root, workers would otherwise be of a user that cannot enter the scratch directory
    ...process.getuid?.() === 0 ? ['user root;'] : [],
    'worker_processes 1;',
    `pid ${dir}/${name}.pid;`,
    'error_log stderr error;',
    'events { worker_connections 20000; }',
    'http {',
    '  access_log off;',
    '  keepalive_requests 1000000000;', // by default a connection is closed after 1000
    '  keepalive_timeout 600s;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${dir}/${name}-${kind};`),
    ...http.map((line) => `  ${line}`),
    '}',
    ''
  ].join('\n')
}
