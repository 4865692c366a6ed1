# Runs in a mount namespace of its own, as sshd.sh does, with a /dev of its own for the socket of a syslogd. Opens sessions
# with both keys, runs the script with SESSIONS=Close, and prints its result and which sessions are still there.
set -eu
trap 'exit 1' TERM
for device in null zero random urandom tty; do
  : >"$ROOT/dev/$device"
  mount --bind "/dev/$device" "$ROOT/dev/$device"
done
for path in etc/passwd etc/group etc/shadow etc/nsswitch.conf etc/ssh home root var/log run; do
  mount --bind "$ROOT/$path" "/$path"
done
mount --rbind "$ROOT/dev" /dev
busybox syslogd -n -O /var/log/auth.log &
syslogd=$!
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
echo "Port $PORT" >>/etc/ssh/sshd_config
until [ -S /dev/log ]; do kill -0 $syslogd; done
"$(command -v sshd)" -D &
sshd=$!
trap 'kill $sshd $syslogd $root $alice $other 2>/dev/null || true' EXIT
root='' alice='' other=''
until ssh-keyscan -p "$PORT" 127.0.0.1 2>/dev/null | grep -q .; do kill -0 $sshd; done

open() { # USER KEY
  exec ssh -N -F /dev/null -p "$PORT" -l "$1" -i "/run/session-$2" -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null 127.0.0.1 2>/dev/null
}
open root leaked & root=$!
open alice leaked & alice=$!
open alice other & other=$!
until [ "$(grep -c 'Accepted publickey' /var/log/auth.log)" = 3 ]; do kill -0 $sshd; done

MODE=remove SESSIONS=Close sh "$SCRIPT" 2>/dev/null | tail -n 1
wait $root || true
wait $alice || true
for name in root alice other; do
  eval "process=\$$name"
  if kill -0 "$process" 2>/dev/null; then echo "open $name"; else echo "closed $name"; fi
done
