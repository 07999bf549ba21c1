-- POST /t: what the tracker sends when a page is opened, by a new visitor each time.
local run, sent = os.getenv("RUN"), 0

dofile(os.getenv("BENCH") .. "/wrk/get.lua")
wrk.headers["Content-Type"] = "text/plain;charset=UTF-8"

function request()
  sent = sent + 1
  local page = '{"visitor":"%s%014d","events":[{"kind":"page_view","page":"/guide","url":"/guide?utm_source=google"}]}'
  return wrk.format("POST", nil, wrk.headers, string.format(page, run, sent))
end
