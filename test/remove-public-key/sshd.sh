# Runs in a mount namespace of its own: ROOT's folders stand where sshd, the script and the C library look for them.
# Prints `before|after USER KEY yes|no` for sshd's verdicts and `summary MODE …` for the script's results.
set -eu
trap 'exit 1' TERM
export PORT
for path in etc/passwd etc/group etc/shadow etc/nsswitch.conf etc/ssh home root var/log run; do
  mount --bind "$ROOT/$path" "/$path"
done
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
echo "Port $PORT" >>/etc/ssh/sshd_config
"$(command -v sshd)" -D -E /var/log/auth.log &
sshd=$!
trap 'kill $sshd' EXIT
until ssh-keyscan -p "$PORT" 127.0.0.1 2>/dev/null | grep -q .; do kill -0 $sshd; done

ask() { # WHEN: what sshd says of the public halves alone, four at once
  for key in leaked other; do sed "s/$/ $key/" /run/users; done | WHEN=$1 xargs -P 4 -n 2 sh -c '
    ssh -v -n -F /dev/null -p "$PORT" -l "$0" -i "/run/$1.pub" -o BatchMode=yes -o StrictHostKeyChecking=no \
      -o UserKnownHostsFile=/dev/null -o PreferredAuthentications=publickey 127.0.0.1 2>&1 |
      grep -q "Server accepts key" && verdict=yes
    echo "$WHEN $0 $1 ${verdict-no}"'
}

run() { # MODE
  printf 'summary %s ' "$1"
  MODE=$1 sh "$SCRIPT" 2>/dev/null | tail -n 1
}

ask before
MODE=check run check
MODE=remove run remove
MODE=check run check
ask after
