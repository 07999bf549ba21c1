-- POST of a form, a new person in every request. RUN makes emails this run's own, FIRST_PHONE its phones;
-- FIXED are further fields, url-encoded; SCRIPTED=1 adds what the page's script adds: a key and a visitor.
local run, first = os.getenv("RUN"), tonumber(os.getenv("FIRST_PHONE") or "0")
local fixed, scripted = os.getenv("FIXED") or "", os.getenv("SCRIPTED") == "1"
local sent = 0
local person = "name=Ann%%20Lee%%20%d&email=u%sn%d%%40example.com&phone=%%2B1415%07d&company=Acme%%20%d&consent=on&%s"

dofile(os.getenv("BENCH") .. "/wrk/get.lua")
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function request()
  sent = sent + 1
  local phone = 2000000 + (first + sent) % 7999999
  local body = string.format(person, sent, run, sent, phone, sent % 100, fixed)
  if scripted then body = string.format("%s&_key=%s-%d&_visitor=%s%014d", body, run, sent, run, sent) end
  return wrk.format("POST", nil, wrk.headers, body)
end
