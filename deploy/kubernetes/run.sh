#!/bin/sh
# Loads a gateway from several pods, and merges their reports; README.md has the steps.
#
#   IMAGE=… TARGET=… deploy/kubernetes/run.sh [flags of ttcheck report merge]
#
#   IMAGE    the image of ttcheck, which the nodes can pull
#   TARGET   the gateway as the pods reach it, HOST[:PORT]
#   SHARDS   how many pods (4)
#   PLAN     the plan (plan.yaml beside this file)
#   DELAY    in how many seconds the plan begins; all pods must be up by then (120)
#   OUT      the directory for the reports, a new one (ttcheck-load-TIME)
#   TTCHECK  the ttcheck that merges (ttcheck)
#
# Exit code: as of ttcheck report merge; 1 if a report is missing.
set -eu
here=$(dirname "$0")
: "${IMAGE:?set it to the image of ttcheck}" "${TARGET:?set it to the gateway, HOST[:PORT]}"
SHARDS=${SHARDS:-4} PLAN=${PLAN:-$here/plan.yaml} DELAY=${DELAY:-120}
TTCHECK=${TTCHECK:-ttcheck}
now=$(date +%s)
OUT=${OUT:-ttcheck-load-$now}
case $SHARDS in *[!0-9]* | 0* | '') echo "SHARDS=$SHARDS: a whole number from 1" >&2; exit 2 ;; esac
name=ttcheck-load

# By GNU's date, or else BSD's.
start_at=$(date -u -d "@$((now + DELAY))" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null) ||
	start_at=$(date -u -r "$((now + DELAY))" +%Y-%m-%dT%H:%M:%SZ)

command -v "$TTCHECK" >/dev/null || { echo "$TTCHECK: no such command" >&2; exit 2; }
kubectl get secret ttcheck-token >/dev/null
mkdir "$OUT"

# It fails where another run is under way: two would spoil each other's figures.
kubectl create configmap "$name" --from-file=plan.yaml="$PLAN" \
	--from-literal=target="$TARGET" --from-literal=start-at="$start_at"
keep=
finish() {
	if [ -n "$keep" ]; then
		echo "The pods are kept; remove them by: kubectl delete job,configmap $name" >&2
	else # pods that still run clear their orders first
		kubectl delete job,configmap "$name" --ignore-not-found
	fi
}
trap finish EXIT
trap 'exit 130' INT TERM

sed -e "s|^\( *image:\).*|\1 $IMAGE|" -e "s|^\( *completions:\).*|\1 $SHARDS|" \
	-e "s|^\( *parallelism:\).*|\1 $SHARDS|" -e "s|\(JOB_COMPLETION_INDEX)/\)[0-9]*|\1$SHARDS|" \
	"$here/job.yaml" >"$OUT/job.yaml"
kubectl create -f "$OUT/job.yaml"
echo "$SHARDS shards begin at $start_at; reports will be in $OUT"

# The Job ends with the last shard, or at its deadline. A question that fails is asked
# again: the load goes on meanwhile.
failed=0
while :; do
	if conditions=$(kubectl get job "$name" -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type}{"\n"}{end}'); then
		failed=0
	elif failed=$((failed + 1)) && [ "$failed" -ge 12 ]; then
		keep=yes
		exit 1
	fi
	if printf '%s\n' "$conditions" | grep -qx -e Complete -e Failed; then
		break
	fi
	sleep 5
done

missing=
shard=0
while [ "$shard" -lt "$SHARDS" ]; do
	kubectl logs --tail=-1 -l "batch.kubernetes.io/job-name=$name,batch.kubernetes.io/job-completion-index=$shard" \
		>"$OUT/shard-$shard.log"
	# What people read is in the log as well; the report is from the line { to the line }.
	sed -n '/^{$/,/^}$/p' "$OUT/shard-$shard.log" >"$OUT/shard-$shard.json"
	if ! [ -s "$OUT/shard-$shard.json" ]; then
		echo "shard $shard made no report: $(tail -n 1 "$OUT/shard-$shard.log")" >&2
		missing=yes
	fi
	shard=$((shard + 1))
done
if [ -n "$missing" ]; then
	keep=yes
	exit 1
fi
"$TTCHECK" report merge "$OUT"/shard-*.json --json "$OUT/load.json" "$@"
