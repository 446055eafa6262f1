-- SPDX-License-Identifier: Apache-2.0
-- The environment says how long the body is; the numbers go to standard output as one line of JSON.
local body = tonumber(os.getenv("BENCH_BODY") or "0")
if body > 0 then
    wrk.method = "POST"
    wrk.body = string.rep("x", body)
    wrk.headers["Content-Type"] = "application/octet-stream"
end

function done(summary, latency)
    local e = summary.errors
    io.write(string.format(
        '\nRESULT {"requests": %d, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "max": %.1f, '
            .. '"status": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
        summary.requests, summary.duration / 1e6,
        latency:percentile(50), latency:percentile(99), latency.max,
        e.status, e.connect, e.read, e.write, e.timeout))
end
