"""The vocabulary of operations: what different teams call the same thing. A line is a meaning and its words.

Law: general words of the trade alone, no product's or team's own. A word may stand in several lines. A change here is a
change of what is indexed: it needs a migration that fills the index again (a test says so).
"""

MEANINGS = """
database: database, db, sql, postgres, postgresql, mysql, mariadb, oracle, rds, aurora, mongodb, cassandra, data store
replica: replica, replication, replicating, standby, follower, secondary, read copy, read copies
leader: leader, primary, master, writer, quorum, split brain
failover: failover, fail over, failed over, switchover, switch over, promote, promotion, election, take over
cache: cache, caching, redis, memcached, memcache, valkey, key value store
queue: queue, backlog, kafka, rabbitmq, sqs, broker, message bus, consumer, topic, event stream, pile up, piled up
network: network, packet, routing, route, bgp, router, switch, connectivity, vpn, peering, backbone, uplink
cable: cable, fibre, fiber, line cut, excavator, digger
dns: dns, name resolution, resolver, nameserver, name server, nxdomain, hostname, host name, domain
certificate: certificate, cert, tls, ssl, x509, handshake, trust chain, https
expired: expired, expire, expiry, lapse, no longer valid, out of date, renew, renewal
balancer: load balancer, balancer, haproxy, nginx, envoy, ingress, reverse proxy, proxy, gateway, elb, alb
cdn: cdn, edge, content delivery, static asset, static file, stylesheet, javascript bundle
slow: slow, latency, sluggish, delay, delayed, lag, p95, p99, response time, crawl, degraded, degradation, takes long
stuck: stuck, hang, hung, timeout, timed out, time out, deadline exceeded, no answer, no response, unresponsive,
 not responding, freeze, frozen, stall, stalled, standstill, never finish
error: error, exception, 5xx, 500, 502, 503, 504, fail, failing, failed, failure, broken, reject, refuse
down: down, outage, unavailable, unreachable, offline, dead, cannot reach, not reachable, blackout, dark
memory: memory, oom, heap, ram, swap, garbage collection, gc, out of memory, oomkilled
leak: leak, leaking, growing, never freed, keep growing
cpu: cpu, processor, load average, cores, busy, saturated, saturation
disk: disk, storage, volume, filesystem, file system, space, inode, drive, partition
exhausted: full, exhausted, exhaustion, ran out, run out, running out, out of, depleted, limit, maxed out, used up,
 no more, no free, none left, overflow, quota, ceiling, capacity, too small, too few
connection: connection, socket, pool, file descriptor, port
deploy: deploy, deployment, release, rollout, rolled out, roll out, ship, push, build, upgrade, new version, canary
rollback: rollback, roll back, rolled back, revert, back out, previous version, undo
configuration: config, configuration, setting, parameter, flag, toggle, misconfigured, misconfiguration, typo,
 environment variable, wrong value
migration: migration, schema, alter table, backfill, column, ddl
index: index, indexes, indices, query plan, full scan, table scan, sequential scan
lock: lock, locked, deadlock, contention, blocked, mutex, wait for each other
credential: credential, secret, password, token, api key, private key, signing key, rotate, rotation, vault
login: login, log in, logging in, logged in, sign in, signing in, authentication, authenticate, sso, oauth, saml, oidc,
 identity, log on, logged out
permission: permission, access denied, forbidden, 403, iam, policy, privilege, not allowed, authorisation, authorization
payment: payment, pay, checkout, card, billing, invoice, charge, purchase, psp, acquirer, refund, basket, order
mail: mail, email, smtp, newsletter, inbox, mailbox, bounce
push: push notification, notification, sms, text message
search: search, elasticsearch, opensearch, solr, lucene, results
job: cron, job, batch, nightly, scheduler, scheduled, worker, overnight
monitoring: monitoring, alert, alerting, alarm, pager, dashboard, metric, prometheus, observability, blind
cluster: kubernetes, k8s, pod, container, docker, node, orchestrator, evicted, eviction, crashloop
supplier: third party, vendor, provider, upstream, supplier, partner, external
traffic: traffic, spike, surge, burst, flood, peak, campaign, rush, stampede, thundering herd, demand
attack: attack, ddos, bot, crawler, scraper, botnet, abuse, credential stuffing
throttled: rate limit, throttle, throttled, throttling, 429, too many requests
twice: duplicate, duplicated, twice, double, doubled, two times, repeated
lost: lost, loss, missing, delete, deleted, drop, wipe, wiped, disappear, vanish, gone, purge, purged
corrupt: corrupt, corrupted, corruption, garbled, damaged, checksum, mangled, invalid
stale: stale, outdated, old, yesterday, out of sync, inconsistent, behind
backup: backup, restore, snapshot, recovery
power: power, ups, generator, electricity, breaker
heat: cooling, heat, overheat, overheating, temperature, air conditioning, chiller, hot
clock: clock, ntp, daylight saving, leap second, time zone, timezone, skew, drift, summer time, hour shift
retry: retry, retries, retrying, backoff, hammer, reconnect, try again, trying again
app: mobile, app, ios, android, phone, handset
website: website, site, web page, frontend, front page, browser, storefront, landing page, home page
file: upload, download, attachment, image, photo, picture, document, s3, bucket, blob, object store, object storage
region: region, availability zone, data centre, data center, datacenter, location
restart: restart, restarting, reboot, rebooted, crash, crashed, crashing, panic, segfault, core dump, killed, loop
report: report, analytics, warehouse, etl, pipeline, dashboard figures
export: export, import, csv, feed, sync, synchronisation, synchronization
firewall: firewall, security group, access list, acl, waf, blocklist, blocklisted, allowlist
call: voice, call, phone call, video, meeting, audio, telephony
price: price, pricing, amount, currency, tax, discount, total
reading: wrong, incorrect, mistaken, false
people: staff, employee, engineer, operator, by hand, manual, manually, mistake, accident, accidentally
"""

STOP = """
a about after again all also although am an and any anybody are around as at be because been before being both but by
can cannot could did do does doing done each either else ever every few for from further get gets getting got had has
have having he her here hers him his how however i if in into is it its itself just kept keep last let like ll made
make many may me might more most much must my near need no nor not now of off on once one only onto or other our out
over own per quite rather re s same see seen several she should since so some somebody still such t than that the their
them then there these they this those though through to too toward towards two three under until up upon us use used
using very via was we well went were what when where whether which while who whole whom whose why will with within
without would yet you your
customer customers user users client clients people visitor visitors everyone nobody team teams company companies
incident incidents issue issues problem problems service services system systems server servers request requests
minute minutes hour hours day days week today morning evening night afternoon percent half part parts most thing things
cause caused causes causing affect affected affecting impact happen happened began start started starting begin saw
show shows showed shown come comes came go goes going gone give gave take takes took bring brought become became
found find turn turned turns return returned returns new number amount first second third since due
"""
