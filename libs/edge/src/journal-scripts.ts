/**
 * What the door does in one round trip: claims the nonce, binds each event id to its digest unless it is bound already, and writes each
 * event that is not another's into the journal. Nothing of it is half done: Redis runs a script whole or not at all.
 *
 * KEYS: bodies, due, arrived, spooled, spooled cases, the nonce, then one per event.
 * ARGV: nonce ttl, event ttl, patience (ms), most entries; then for each event: digest, message id, case, sealed record.
 * Returns -1 for a nonce seen before, -2 when the journal is full; else for each event 0: its id belongs to another body,
 * 1: free to go, 2: earlier events of its case wait in the spool, 3: it waits in the spool itself.
 */
export const ADMIT = `
if not redis.call('SET', KEYS[6], '1', 'PX', ARGV[1], 'NX') then return -1 end
local count = #KEYS - 6
if count > 0 and redis.call('HLEN', KEYS[1]) + count > tonumber(ARGV[4]) then return -2 end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local spooling = redis.call('EXISTS', KEYS[5]) == 1
local fates = {}
for i = 1, count do
  local at = 4 * i
  local digest, id = ARGV[at + 1], ARGV[at + 2]
  local bound = redis.call('GET', KEYS[6 + i])
  if bound and bound ~= digest then
    fates[i] = 0
  else
    if not bound then redis.call('SET', KEYS[6 + i], digest, 'PX', ARGV[2]) end
    if redis.call('HSETNX', KEYS[1], id, ARGV[at + 4]) == 1 then
      redis.call('ZADD', KEYS[2], now + ARGV[3] * 1000 + i, id)
      redis.call('ZADD', KEYS[3], now + i, id)
    end
    fates[i] = 1
    if spooling then
      if redis.call('ZSCORE', KEYS[4], id) then fates[i] = 3
      elseif redis.call('HEXISTS', KEYS[5], ARGV[at + 3]) == 1 then fates[i] = 2 end
    end
  end
end
return fates`;

/** Shared by the scripts below: takes one message out of the spool's books. */
const LEAVE = `
local function leave(spooled, by, cases, id)
  if redis.call('ZREM', spooled, id) == 0 then return end
  local case = redis.call('HGET', by, id)
  redis.call('HDEL', by, id)
  if case and redis.call('HINCRBY', cases, case, -1) <= 0 then redis.call('HDEL', cases, case) end
end
`;

/**
 * Notes that messages wait in the spool. One that is in the journal no more is written into it anew: Redis may have lost its data since the door
 * wrote it, and then nobody else has it; or it was recorded meanwhile, and then the ledger knows it when it comes.
 * KEYS: bodies, due, arrived, spooled, spooled by, spooled cases. ARGV: patience (ms); then for each message: its id, case, sealed record.
 */
export const JOIN_SPOOL = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 2, #ARGV, 3 do
  local id, case = ARGV[i], ARGV[i + 1]
  redis.call('HSETNX', KEYS[1], id, ARGV[i + 2])
  redis.call('ZADD', KEYS[2], 'NX', now + ARGV[1] * 1000 + i, id)
  redis.call('ZADD', KEYS[3], 'NX', now + i, id)
  if redis.call('ZADD', KEYS[4], 'NX', redis.call('ZSCORE', KEYS[3], id), id) == 1 then
    redis.call('HSET', KEYS[5], id, case)
    redis.call('HINCRBY', KEYS[6], case, 1)
  end
end`;

/**
 * Reads what has waited longest in the spool: no more records than fit into so many bytes, but always one.
 * KEYS: bodies, spooled. ARGV: most messages, most bytes. Returns for each its id and sealed record; no record for what was recorded meanwhile.
 */
export const FIRST_SPOOLED = `
local ids = redis.call('ZRANGE', KEYS[2], 0, ARGV[1] - 1)
local first = {}
local bytes = 0
for i = 1, #ids do
  bytes = bytes + redis.call('HSTRLEN', KEYS[1], ids[i])
  if i > 1 and bytes > tonumber(ARGV[2]) then break end
  first[2 * i - 1] = ids[i]
  first[2 * i] = redis.call('HGET', KEYS[1], ids[i])
end
return first`;

/** Notes that messages wait in the spool no more; each counts once, however often it is said. KEYS: spooled, spooled by, spooled cases. ARGV: message ids. */
export const LEAVE_SPOOL = `${LEAVE}
for i = 1, #ARGV do leave(KEYS[1], KEYS[2], KEYS[3], ARGV[i]) end`;

/**
 * Takes messages that are in the ledger out of the journal, and out of the spool's books. Returns how many were there.
 * KEYS: bodies, due, arrived, tries, spooled, spooled by, spooled cases. ARGV: message ids.
 */
export const FORGET = `${LEAVE}
local spooling = redis.call('EXISTS', KEYS[5]) == 1
local gone = 0
for i = 1, #ARGV do
  local id = ARGV[i]
  gone = gone + redis.call('HDEL', KEYS[1], id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('HDEL', KEYS[4], id)
  if spooling then leave(KEYS[5], KEYS[6], KEYS[7], id) end
end
return gone`;

/**
 * Takes or renews the right to publish overdue messages again, and says how many there are. KEYS: lease, due. ARGV: token, ttl (ms).
 * Returns nothing to who has not got the right; else the time of the count (a limit for {@link TAKE_DUE}), how many are due by then, and by
 * how many milliseconds the first is late.
 */
export const COUNT_DUE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return nil end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local late = first[2] and math.max(0, math.floor((now - tonumber(first[2])) / 1000)) or 0
return { string.format('%.0f', now), redis.call('ZCOUNT', KEYS[2], '-inf', now), late }`;

/**
 * Reads messages that are due, the longest due first. Those that wait in the spool are not taken but looked at again later, unless ARGV says
 * that the spool has no jobs: then nobody else would ever publish them. No more are looked at than fit into so many bytes, but always one.
 * KEYS: bodies, due, arrived, spooled. ARGV: limit in time, most messages, patience (ms), '1' when the spool has no jobs, most bytes.
 * Returns how many entries were looked at, then for each taken one: message id, arrival, sealed record.
 */
export const TAKE_DUE = `
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local taken = { #ids }
local bytes = 0
local time = redis.call('TIME')
local later = time[1] * 1000000 + time[2] + ARGV[3] * 1000
for i = 1, #ids do
  local id = ids[i]
  bytes = bytes + redis.call('HSTRLEN', KEYS[1], id)
  if i > 1 and bytes > tonumber(ARGV[5]) then
    taken[1] = i - 1
    break
  end
  local record = redis.call('HGET', KEYS[1], id)
  if not record then
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
  elseif ARGV[4] ~= '1' and redis.call('ZSCORE', KEYS[4], id) then
    redis.call('ZADD', KEYS[2], 'XX', later + i, id)
  else
    taken[#taken + 1] = id
    taken[#taken + 1] = redis.call('ZSCORE', KEYS[3], id) or '0'
    taken[#taken + 1] = record
  end
end
return taken`;

/**
 * Looks again later at messages that were published once more: each time after twice the time, up to a cap.
 * KEYS: due, tries. ARGV: patience (ms), cap (ms), then message ids in their order.
 */
export const POSTPONE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 3, #ARGV do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) then
    local tries = redis.call('HINCRBY', KEYS[2], ARGV[i], 1)
    local wait = math.min(tonumber(ARGV[2]), ARGV[1] * 2 ^ math.min(tries, 30))
    redis.call('ZADD', KEYS[1], 'XX', now + math.floor(wait) * 1000 + i, ARGV[i])
  end
end`;
