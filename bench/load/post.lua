-- Posts one body for many users in turn. Arguments: path, body, number of users. Prints its result as JSON in the end.
local requests = {}
local next_request = 0

function init(args)
  for user = 0, tonumber(args[3]) - 1 do
    requests[#requests + 1] = wrk.format("POST", args[1], {
      ["Host"] = "models.test",
      ["content-type"] = "application/json",
      ["x-user-id"] = "user-" .. user
    }, args[2])
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

-- wrk counts in microseconds, and takes a status above 399 for an error
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.6f,"p50Ms":%.3f,"p99Ms":%.3f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
