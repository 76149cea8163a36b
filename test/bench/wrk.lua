-- Sends the requests of a file, a line each (secret, space, body), beginning anywhere; then says in JSON what came of it.
local requests, position = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local secret, body = line:match("^(%S+) (.*)$")
    local headers = { ["Authorization"] = "Bearer " .. secret, ["Content-Type"] = "application/json" }
    requests[#requests + 1] = wrk.format("POST", nil, headers, body)
  end
  math.randomseed(os.time())
  position = math.random(#requests)
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"denied":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
