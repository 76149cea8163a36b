-- Sends the requests of a file, a line each (path, secret, body), beginning anywhere, and gives each that asks for one an
-- idempotency key of its own; then says in JSON what came of it. Arguments: the file, the place of a key, 12 characters
-- that no other run has.
local requests, position, sent, run = {}, 0, 0, ""

function init(arguments)
  local place
  place, run = arguments[2], arguments[3]
  for line in io.lines(arguments[1]) do
    local path, secret, body = line:match("^(%S+) (%S+) (.*)$")
    local headers = { ["Authorization"] = "Bearer " .. secret, ["Content-Type"] = "application/json" }
    local text = wrk.format("POST", path, headers, body)
    local from, to = text:find(place, 1, true)
    requests[#requests + 1] = from and { text:sub(1, from - 1), text:sub(to + 1) } or text
  end
  math.randomseed(os.time())
  position = math.random(#requests)
end

function request()
  position = position % #requests + 1
  local text = requests[position]
  if type(text) == "string" then return text end
  sent = sent + 1
  return text[1] .. run .. string.format("%012d", sent) .. text[2]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"denied":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
