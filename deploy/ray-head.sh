#!/bin/sh
# The head of a cluster without an operator: once it is up, the networks are put on it,
# and again whenever it starts anew.
set -eu
(until python -m explorer.serve --address ray://127.0.0.1:10001; do sleep 3; done) &
exec ray start --head --block --port=6379 --ray-client-server-port=10001 \
  --dashboard-host=127.0.0.1 --disable-usage-stats "$@"
