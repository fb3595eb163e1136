/** What a metric is, for exposition. Names stand without the prefix. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

/** Put before every name. */
export const PREFIX = 'windtunnel_'

/** Upper bounds of histogram buckets, seconds: those of OpenTelemetry's HTTP durations, and longer ones for models that write. */
export const SECONDS_BUCKETS: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120, 300]

const counter = (help: string, ...labels: string[]): MetricDefinition => ({ kind: 'counter', help, labels })
const gauge = (help: string, ...labels: string[]): MetricDefinition => ({ kind: 'gauge', help, labels })
const seconds = (help: string, ...labels: string[]): MetricDefinition => ({ kind: 'histogram', help, labels })

/** Every metric there is. */
export const METRICS: ReadonlyMap<string, MetricDefinition> = new Map([
  ['requests_total', counter('Finished requests by the status the client was sent; "none" when it left before one.', 'route', 'backend', 'code')],
  ['request_duration_seconds', seconds('From a request\'s head to the end of its answer.', 'route', 'backend')],
  ['first_byte_seconds', seconds('From a request\'s head to the first octet of the backend\'s answer.', 'route', 'backend')],
  ['request_errors_total', counter('Requests that Windtunnel answered or gave up itself, by reason.', 'route', 'backend', 'reason')],
  ['refused_requests_total', counter('Requests that were not valid HTTP/1.1 or did not arrive in time, by reason.', 'reason')],
  ['connections', gauge('Client connections open.')],
  ['connections_dropped_total', counter('Client connections closed at once, as there were as many as are allowed.')],
  ['requests_in_flight', gauge('Requests being served.')],
  ['tunnels', gauge('Connections switched to another protocol.')],
  ['upstream_connections', gauge('Connections to a backend, used and idle.', 'backend')],
  ['upstream_waiting', gauge('Requests that wait for a connection to a backend.', 'backend')],
  ['retries_total', counter('Requests sent again because a kept-alive connection had just been closed.', 'backend')],
  ['fallbacks_total', counter('Requests sent to the fallback.', 'route')],
  ['ejections_total', counter('Times a backend was taken out after failures in a row.', 'backend')],
  ['backend_ejected', gauge('Data-plane threads in which a backend is taken out.', 'backend')],
  ['backend_healthy', gauge('Whether a backend passes its health checks (1) or not (0).', 'backend')],
  ['unit_missing_total', counter('Requests without the unit their route assigns by; each was a unit of its own.', 'route')],
  ['body_unread_total', counter('Request bodies that a rule wanted to read and that were not JSON.', 'route')],
  ['mirror_sampled_total', counter('Requests drawn for mirroring; each ends in exactly one outcome.', 'route', 'mirror', 'backend', 'leg')],
  ['mirror_requests_total', counter('Mirrored requests by outcome.', 'route', 'mirror', 'backend', 'leg', 'outcome')],
  ['mirror_answers_total', counter('Copies of requests where it is known of both sides whether they answered (ok) or not (failed).', 'route', 'mirror', 'backend', 'leg', 'primary', 'other')],
  ['mirror_breaker_open', gauge('Data-plane threads in which no copies are sent because too many have failed.', 'route', 'mirror', 'backend', 'leg')],
  ['mirror_budget_left', gauge('Copies that may still be sent today (UTC).', 'route', 'mirror')],
  ['mirror_fields', gauge('Fields of answers by what the comparison has concluded.', 'route', 'mirror', 'verdict')],
  ['mirror_captures_total', counter('Trials drawn for capture, by what became of them.', 'route', 'mirror', 'result')],
  ['outcomes_total', counter('Outcomes sent to the admin API, by what became of them.', 'result')],
  ['mirror_pairs', gauge('Answers handed to the comparison by the data-plane threads that run now.', 'route', 'mirror', 'backend', 'leg')],
  ['mirror_in_flight', gauge('Copies under way.', 'route', 'mirror', 'backend', 'leg')],
  ['mirror_held_bytes', gauge('Octets held for copies under way.', 'route', 'mirror', 'backend', 'leg')],
  ['comparisons_total', counter('Compared fields by result.', 'route', 'mirror', 'backend', 'leg', 'field', 'result')],
  ['injected_requests_total', counter('Those of requests_total that chaos has touched, to be left out of what is alerted on.', 'route', 'backend', 'code')],
  ['chaos_eligible_total', counter('Requests, or copies, in the scope of a running experiment.', 'experiment', 'arm')],
  ['chaos_injected_total', counter('Faults that were had.', 'experiment', 'fault', 'arm')],
  ['chaos_skipped_total', counter('Requests that were drawn and not hit, and faults that were not had, by reason.', 'experiment', 'reason')],
  ['chaos_group_requests_total', counter('Finished requests of an experiment\'s two groups: those it hits and those they are held against.', 'experiment', 'group', 'result')],
  ['chaos_group_duration_seconds', seconds('How long these took.', 'experiment', 'group')],
  ['chaos_runs_total', counter('Runs of experiments that had something to prove, by verdict.', 'experiment', 'verdict')],
  ['chaos_share', gauge('Share of the requests in scope that is hit now, 0 to 1.', 'experiment')],
  ['chaos_strength', gauge('How strong its faults are now, 0 to 1 of what is configured.', 'experiment')],
  ['chaos_killed', gauge('Whether the kill file is there (1) or not (0).')],
  ['chaos_ledger_rows_total', counter('Lines of the ledger, by what became of them.', 'result')],
  ['chaos_active', gauge('Requests under a fault.')],
  ['chaos_experiment_running', gauge('Whether an experiment is running (1) or not (0).', 'experiment')],
  ['access_lines_dropped_total', counter('Access lines that were not written because writing was behind or failed.')],
  ['observer_failures_total', counter('Finished requests that could not be counted or logged because of a mistake of our own.')],
  ['handover_bytes', gauge('Octets on their way to the analyst.', 'thread')],
  ['series_dropped_total', counter('Series that were not made because there were too many.')],
  ['event_loop_lag_seconds', gauge('99th percentile of event-loop delay over the last seconds.', 'thread')],
  ['worker_restarts_total', counter('Times a thread died and was started again.', 'thread')],
  ['config_last_reload_successful', gauge('Whether the last attempt to load the config succeeded (1) or not (0).')],
  ['config_last_reload_success_timestamp_seconds', gauge('When a config was last loaded.')],
  ['config_reloads_total', counter('Attempts to load a config, by result.', 'result')],
  ['config_info', gauge('1 for the config in force, by hash.', 'hash')],
  ['build_info', gauge('Versions; always 1.', 'version', 'node')]
])
