"""The vocabulary of operations: what different teams call the same thing. A line is a meaning and its words.

Law: general words of the trade alone, no product's or team's own. A word may stand in several lines. A change here is a
change of what is indexed: it needs a migration that fills the index again (a test says so).
"""

MEANINGS = """
app: mobile, app, ios, android, phone, handset
attack: attack, ddos, bot, crawler, scraper, botnet, abuse, credential stuffing
backup: dump, backup, restore, snapshot, recovery
balancer: load balancer, balancer, haproxy, nginx, envoy, ingress, reverse proxy, proxy, gateway, elb, alb
cable: cable, fibre, fiber, line cut, excavator, digger
cache: cache, caching, redis, memcached, memcache, valkey, key value store
call: voice, call, phone call, video, meeting, audio, telephony
cdn: cdn, edge, content delivery, cloudfront, fastly, akamai, css, static asset, static file, stylesheet,
 javascript bundle
certificate: certificate, cert, tls, ssl, x509, handshake, trust chain, https
clock: clock, ntp, daylight saving, leap second, time zone, timezone, skew, drift, summer time, hour shift
cluster: kubernetes, k8s, kubelet, etcd, control plane, nomad, pod, container, docker, node, orchestrator, evicted,
 eviction, crashloop
command: command, script, admin tool, tool, console, runbook, maintenance
configuration: config, configuration, setting, parameter, flag, toggle, misconfigured, misconfiguration, typo,
 environment variable, wrong value
connection: connection, socket, pool, file descriptor, port
corrupt: corrupt, corrupted, malformed, unparsable, bad record, null, corruption, garbled, damaged, checksum, mangled,
 invalid
cpu: cpu, processor, load average, cores, busy, saturated, saturation
credential: credential, secret, password, token, api key, private key, signing key, rotate, rotation, vault
database: database, db, sql, postgres, postgresql, mysql, mariadb, oracle, rds, aurora, mongodb, cassandra,
 data store
deploy: deploy, deployment, release, rollout, rolled out, roll out, ship, push, build, upgrade, new version, canary
disk: disk, storage, volume, filesystem, file system, space, inode, drive, partition
dns: name service, dns, name resolution, name lookup, coredns, bind, route53, dns lookup, resolver, nameserver,
 name server, nxdomain, hostname, host name, domain
down: down, shut down, shutdown, outage, unavailable, unreachable, offline, dead, cannot reach, not reachable,
 blackout, dark
empty: empty, blank, zero, 0, null, none, nothing
error: error, exception, 5xx, 500, 502, 503, 504, fail, failing, failed, failure, broken, reject, refuse
exhausted: full, exhausted, exhaustion, ran out, run out, running out, out of, depleted, limit, maxed out, used up,
 no more, no free, none left, overflow, quota, ceiling, capacity, too small, too few
expired: expired, expire, expiry, lapse, no longer valid, out of date, renew, renewal
export: export, import, csv, feed, sync, synchronisation, synchronization
exposure: exposed, exposure, breach, readable by anyone, publicly, public bucket, wrong recipient, somebody else,
 another customer, other people, private data, personal data, privacy
failover: failover, fail over, failed over, switchover, switch over, promote, promotion, election, take over
file: upload, download, attachment, image, photo, picture, document, s3, bucket, blob, object store, object storage
fire: fire, blaze, burn, burnt, burned, smoke, flame
firewall: firewall, security group, access list, acl, waf, blocklist, blocklisted, allowlist
format: parse, parser, format, encoding, utf, json, yaml, xml, indentation, syntax, character
health: health check, unhealthy, healthy, probe, sick, liveness, heartbeat, marked down, out of rotation
heat: cooling, heat, overheat, overheating, temperature, air conditioning, chiller, hot
hijack: hijack, announce, announced, advertise, prefix
index: index, indexes, indices, query plan, full scan, table scan, sequential scan
integer: integer, int, overflow, 32-bit, out of range, wraparound, sequence
job: cron, job, batch, nightly, scheduler, scheduled, worker, overnight
lasting: permanently, for good, forever, irrecoverable, cannot be restored
leader: leader, primary, master, writer, quorum, split brain
leak: leak, leaking, growing, never freed, keep growing
licence: licence, license, subscription, seat
lock: lock, locked, deadlock, contention, blocked, mutex, wait for each other
login: login, log in, logging in, logged in, sign in, signing in, authentication, authenticate, sso, oauth, saml,
 oidc, identity, log on, logged out
lost: erase, burnt, lost, loss, missing, delete, deleted, drop, wipe, wiped, disappear, vanish, gone, purge, purged
machine: machine, host, vm, virtual machine, instance, hardware, laptop, computer
mail: mail, email, smtp, newsletter, inbox, mailbox, bounce
memory: memory, oom, heap, ram, swap, garbage collection, gc, out of memory, oomkilled
migration: migration, schema, alter table, backfill, column, ddl
missed: skip, did not run, never ran, not executed, not triggered, missed run, nobody noticed, unnoticed, silently
monitoring: monitoring, alert, alerting, alarm, pager, dashboard, metric, prometheus, observability, blind
network: network, packet, routing, route, bgp, router, switch, connectivity, vpn, peering, backbone, uplink
overload: overload, overloaded, overwhelm, collapse, melt, under load, saturate, brought down, falls over, fell over
package: package, dependency, npm, pip, registry, library, artifact, artefact, install, unpublished, withdrew,
 withdrawn
payment: payment, pay, checkout, card, billing, invoice, charge, purchase, psp, acquirer, refund, basket, order
people: staff, employee, engineer, operator, by hand, manual, manually, mistake, accident, accidentally
permission: permission, access denied, forbidden, 403, iam, policy, privilege, not allowed, authorisation,
 authorization
power: power, ups, generator, electricity, breaker
price: price, pricing, amount, currency, tax, discount, total
push: push notification, notification, sms, text message
queue: queue, backlog, kafka, rabbitmq, sqs, broker, message bus, consumer, topic, event stream, pile up, piled up
race: race, race condition, concurrent, concurrently, simultaneous, simultaneously, same time, at once, in parallel
reading: wrong, incorrect, mistaken, false
redirect: redirect, redirected, rewrite rule
region: facility, hall, hosting, site, building, machine room, server room, region, availability zone, data centre,
 data center, datacenter, location
replica: replica, replication, replicating, standby, follower, secondary, read copy, read copies
report: report, analytics, warehouse, etl, pipeline, dashboard figures
restart: boot, boot loop, start up, startup, restart, restarting, reboot, rebooted, crash, crashed, crashing, panic,
 segfault, core dump, killed, loop
retry: retry, retries, retrying, backoff, hammer, reconnect, try again, trying again
rollback: rollback, roll back, rolled back, revert, back out, previous version, undo
rounding: rounding, decimal, cent, floating point, off by
route: route, routing, prefix, filter, announce, withdraw
scale: scale, scaling, autoscale, autoscaling, scale up, scale out, join, grow, growth, add capacity, fleet
search: search, elasticsearch, opensearch, solr, lucene, results
slow: slow, latency, sluggish, delay, delayed, lag, p95, p99, response time, crawl, degraded, degradation, takes long
spam: spam, junk, blocklist, blocklisted, blacklist, reputation, delisting
staging: staging, test environment, sandbox, pre-production, production by mistake
stale: stale, outdated, old, yesterday, out of sync, inconsistent, behind
stock: stock, inventory, sold out, oversold, article, goods, supplier file
storage: raid, rebuild, ssd, firmware, nfs, shared file system, file server
stuck: stuck, hang, hung, timeout, timed out, time out, deadline exceeded, no answer, no response, unresponsive,
 not responding, freeze, frozen, stall, stalled, standstill, never finish
supplier: third party, vendor, provider, upstream, supplier, partner, external
telephone: carrier, telecom, mobile data, cellular, subscriber, sim, phones
throttled: rate limit, throttle, throttled, throttling, 429, too many requests
traffic: traffic, spike, advert, advertisement, commercial, tv, television, surge, burst, flood, peak, campaign, rush,
 stampede, thundering herd, demand
twice: duplicate, duplicated, twice, double, doubled, two times, repeated
update: update, upgrade, patch, definition, content update, unattended, automatic
website: website, site, web page, frontend, front page, browser, storefront, landing page, home page
worker: worker, consumer, background task, background job, processor
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
