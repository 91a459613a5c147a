#!/bin/sh
# A program in place of thread-per-task or worker-pool, which it is called as. It takes
# their options, sleeps as long as they would and writes a valid record, unless
# STAND_IN_FAULT names a fault. STAND_IN_ONLY limits the fault to one program. A shell
# script, because it starts at once.

PATH=/usr/bin:/bin # whatever a test has made of it
program=${0##*/}
tasks=50 workers=5 service=10ms capacity=1000000 seed=1 json= samples=
for option; do
    value=${option#*=}
    case $option in
    --help)
        echo "--tasks --workers --service-time --api-capacity --seed --distribution \
            --api-url --clock --spawn-time"
        exit ;;
    --distribution=odd)
        echo "$program: 'odd' is no distribution" >&2
        exit 2 ;;
    --distribution=file:*) [ -f "${value#file:}" ] || exit 2 ;;
    --tasks=*) tasks=$value ;;
    --workers=*) workers=$value ;;
    --service-time=*) service=$value ;;
    --api-capacity=*) capacity=$value ;;
    --seed=*) seed=$value ;;
    --json=*) json=$value ;;
    --samples=*) samples=$value ;;
    esac
done
[ "$tasks" != 0 ] || exit 0 # a dry run: our options are as they should be
[ -n "$json" ] || { echo "usage: $program --json=FILE [OPTION]..." >&2; exit 2; }

fault=${STAND_IN_FAULT-}
[ "${STAND_IN_ONLY-$program}" = "$program" ] || fault=
case $fault in
crash) kill -s SEGV $$ ;;
hang) exec sleep 3600 ;;
hang-stubbornly)
    trap '' TERM
    exec sleep 3600 ;;
esac

case $service in
*us) service_ns=${service%us}000 ;;
*ms) service_ns=${service%ms}000000 ;;
*s) service_ns=${service%s}000000000 ;;
esac
lanes=$tasks pool_of=null
[ "$program" != worker-pool ] || lanes=$workers pool_of=$workers
wall_ns=$(((tasks + lanes - 1) / lanes * service_ns))
second=1000000000
sleep "$(printf '%d.%09d' $((wall_ns / second)) $((wall_ns % second)))"

rejected=0
[ "$pool_of" != null ] || [ "$tasks" -le $((10 * capacity)) ] ||
    rejected=$((tasks - 10 * capacity))
served=$((lanes < capacity ? lanes : capacity))
digest=$(printf '%08x%08x' "$tasks" "$seed")
[ "$fault$pool_of" != "digest$workers" ] || digest=ffffffffffffffff
spread='{"min": 1000, "p50": 2000, "p90": 3000, "p99": 4000, "max": 5000}'
cat >"$json" <<EOF
{"schema_version": 1, "program": "$program", "version": "0", "commit": "stand-in",
 "complete": true, "workload_digest": "$digest",
 "config": {"tasks": $tasks, "workers": $pool_of, "service_time_ns": $service_ns},
 "wall_ns": $wall_ns, "create_ns": ${lanes}000, "calls": $tasks, "stop": null,
 "outcomes": {"ok": $((tasks - rejected)), "rejected": $rejected, "failed": 0,
              "silent": 0, "timed_out": 0, "cancelled": 0, "not_started": 0},
 "peak": {"rss_bytes": $((2000000 + 8200 * lanes)), "virtual_bytes": null,
          "page_table_bytes": 40000, "threads": $((lanes + 1)), "in_flight": $lanes,
          "served": $served},
 "cpu": {"user_ns": 1000000, "system_ns": 2000000, "voluntary_switches": $tasks,
         "involuntary_switches": 0, "minor_faults": 200},
 "latency_ns": $spread, "queue_wait_ns": $spread}
EOF

[ -n "$samples" ] || exit 0
{
    echo index,lane,due_ns,started_ns,finished_ns,attempts,outcome
    index=0
    while [ "$index" -lt "$tasks" ]; do
        start=$((index / lanes * service_ns))
        echo "$index,$((index % lanes)),0,$start,$((start + service_ns)),1,ok"
        index=$((index + 1))
    done
} >"$samples"
