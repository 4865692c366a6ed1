#!/bin/sh
# Takes one public key out of every file in which this machine's sshd looks for keys (MODE=remove), or changes nothing,
# counts where the key still is, and asks sshd itself (MODE=check). Assignments of TYPE, KEY, MODE, SESSIONS and NONCE
# precede this text. The last line of output is the result, as name=value. Exit status 0: the key is nowhere; 1: it is
# somewhere, or a file could not be read or written; 2: the script cannot work here. (Cloud Assistant takes 193 and 194
# for an order to stop or restart the machine.)
set -u
# A folder that tests use instead of /.
ROOT=${REMOVE_PUBLIC_KEY_TEST_ROOT-}
[ "$ROOT" ] || PATH=${PATH-}:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
unset SSH_AUTH_SOCK
umask 077
# Words end with the line: names of files have blanks.
IFS='
'
W='' files=0 lines=0 removed=0 asked=0 closed=0 SHA=''

has() { command -v "$1" >/dev/null 2>&1; }

# names NAME: the lines of $W/NAME with commas between them, at most 20
names() { tr -c 'A-Za-z0-9/._@\n-' '?' <"$W/$1" | sort -u | head -n 20 | tr '\n' ','; }

# finish STATUS [REASON]
finish() {
  trap '' HUP INT TERM
  [ ! "$W" ] || { bad=$(names bad) accepted=$(names accepted) && rm -rf "$W"; }
  echo
  echo "nonce=$NONCE mode=$MODE status=$1 reason=${2-} files=$files lines=$lines removed=$removed" \
    "sessions=$closed asked=$asked accepted=${accepted-} unreadable=${bad-}"
  exit "$1"
}
trap 'finish 2 killed' HUP INT TERM

# bad FILE: it could not be read or written
bad() { echo "$1" >>"$W/bad"; }

# --- Which lines are this key's ---

# by_text FILE: the numbers of the lines that have KEY where sshd reads a key: [options] type key [comment]. Options may
# have blanks in quotes (\" is no quote). Like sshd, this ends a line at a NUL and ignores \v, \f and \r in base64.
by_text() {
  tr '\000' ' ' <"$1" | tr -d '\013\014\015' | awk -v key="$KEY" '
    function is_key(text) {
      split(text, word, /[ \t]+/)
      return word[1] ~ /^(ssh-|rsa-sha2-|ecdsa-sha2-|sk-)/ && word[2] == key
    }
    {
      sub(/^[ \t]+/, "")
      rest = $0
      gsub(/\\"/, "", rest)
      gsub(/"[^"]*"/, "", rest)
      sub(/^[^ \t"]*[ \t]+/, "", rest)
      if (!/^#/ && (is_key($0) || is_key(rest))) print NR
    }'
}

# has_sha FILE. The empty first line keeps ssh-keygen from taking the file for a private key.
has_sha() {
  { echo && cat "$1"; } >"$W/probe"
  ssh-keygen -lf "$W/probe" 2>/dev/null | cut -d' ' -f2 | grep -qxF "$SHA"
}

# by_sha FILE: the same by ssh-keygen, because sshd accepts several forms in base64 of one RSA key
by_sha() {
  [ "$SHA" ] && has_sha "$1" || return 0
  n=0 last=$(wc -l <"$1")
  while [ "$n" -le "$last" ]; do
    n=$((n + 1))
    tail -n "+$n" "$1" | head -n 1 >"$W/line"
    ! has_sha "$W/line" || echo "$n"
  done
}

# drop NUMBERS: takes these lines out of $W/rest and counts them. (busybox's sed counts a NUL as the end of a line.)
drop() {
  gone=0
  for n in $1; do
    n=$((n - gone)) gone=$((gone + 1)) found=$((found + 1))
    { [ $n = 1 ] || head -n $((n - 1)) "$W/rest"; } >"$W/next"
    tail -n +$((n + 1)) "$W/rest" >>"$W/next" && mv -f "$W/next" "$W/rest" || return 1
  done
}

# strip FILE: FILE without this key's lines is $W/rest, their number is $found
strip() {
  found=0
  cat "$1" >"$W/rest" && drop "$(by_text "$W/rest")" && drop "$(by_sha "$W/rest")"
}

# A tool that does not do what this script takes for granted must not lead to "clean".
self_check() {
  other='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  key="$TYPE $KEY"
  printf '%s\n' "# $key" "$other $key" "command=\"$key\" $other" >"$W/no"
  strip "$W/no" && [ $found = 0 ] && cmp -s "$W/no" "$W/rest" || return 1
  printf '%s\n' "from=\"a b\",command=\"c \\\" d\" $key e" "$other" >"$W/yes"
  strip "$W/yes" && [ $found = 1 ] && [ "$(cat "$W/rest")" = "$other" ] || return 1
  echo "$key" >"$W/key.pub"
  has ssh-keygen || return 0
  SHA=$(ssh-keygen -lf "$W/key.pub" 2>/dev/null | cut -d' ' -f2)
  { has_sha "$W/yes" && ! has_sha "$W/no"; } || SHA=''
}

# --- Which files ---

# values KEYWORD: its arguments (or those of several, with | between them) in the sshd configuration of standard input, one
# a line
values() {
  awk -v keyword="$1" '
    { sub(/^[ \t]+/, ""); sub(/\r$/, ""); rest = word = $0; sub(/[ \t="].*/, "", word) }
    tolower(word) ~ "^(" keyword ")$" {
      rest = substr(rest, length(word) + 1)
      sub(/^[ \t]*=?[ \t]*/, "", rest)
      while (rest != "" && rest !~ /^#/) {
        match(rest, rest ~ /^"/ ? "\"[^\"]*\"?" : "[^ \t]+")
        word = substr(rest, 1, RLENGTH)
        gsub(/"/, "", word)
        print word
        rest = substr(rest, RLENGTH + 1)
        sub(/^[ \t]+/, "", rest)
      }
    }'
}

# read_config FILE DEPTH: appends FILE and the files it includes to $W/config
read_config() {
  [ -e "$ROOT$1" ] && [ "$2" -lt 16 ] || return 0
  cat "$ROOT$1" >"$W/config$2" 2>/dev/null || bad "$1"
  { cat "$W/config$2" && echo; } >>"$W/config"
  for pattern in $(values include <"$W/config$2"); do
    case $pattern in /*) ;; *) pattern=/etc/ssh/$pattern ;; esac
    for file in $ROOT$pattern; do read_config "${file#"$ROOT"}" "$(($2 + 1))"; done
  done
}

effective() { sshd -T ${ROOT:+"-f$ROOT/etc/ssh/sshd_config"} "$@" 2>/dev/null </dev/null; }

# Users to $W/users as name:number:home; a folder in /home without a user counts as one.
list_users() {
  {
    [ "$ROOT" ] || if has timeout; then timeout 10 getent passwd; else getent passwd; fi
    cat "$ROOT/etc/passwd"
    for home in "$ROOT"/home/*; do
      [ -d "$home" ] && echo "${home##*/}:::::${home#"$ROOT"}"
    done
  } 2>/dev/null | awk -F: '$1 != "" && $6 ~ /^\// && !seen[$1 ":" $6]++ { print $1 ":" $3 ":" $6 }' >"$W/users"
}

# Every file in which sshd may look for keys, one a line. A folder of files by user is looked at whole: a directory service
# does not list its users.
list_files() {
  read_config /etc/ssh/sshd_config 0
  {
    echo .ssh/authorized_keys
    echo .ssh/authorized_keys2
    values 'authorizedkeysfile|trustedusercakeys' <"$W/config"
    # Absent while no socket-activated sshd runs, and sshd -T wants it.
    [ "$ROOT" ] || mkdir -m 755 /run/sshd
    while IFS=: read -r user _; do
      effective -C "user=$user,host=localhost,addr=127.0.0.1" | values authorizedkeysfile
      # Without Match it is the same for all users.
      grep -qi '^[[:blank:]]*match' "$W/config" || break
    done <"$W/users"
  } 2>/dev/null | sort -u >"$W/patterns"
  awk -F: -v patterns="$W/patterns" '
    function expand(text,  out, i, c) {
      for (; i = index(text, "%"); text = substr(text, i + 2)) {
        c = substr(text, i + 1, 1)
        out = out substr(text, 1, i - 1) (c == "h" ? $3 : c == "u" ? $1 : c == "U" ? $2 : c)
      }
      out = out text
      return out ~ /^\// ? out : $3 "/" out
    }
    BEGIN { while ((getline line < patterns) > 0) if (tolower(line) != "none") pattern[++n] = line }
    { for (k = 1; k <= n; k++) print expand(pattern[k]) }
    END { for (k in pattern) if (gsub(/%[uU]/, "*", pattern[k]) && pattern[k] ~ /^\//) print pattern[k] }' "$W/users" | sort -u
}

# --- Taking it out ---

# take_out FILE: prints how many lines. Written by rename from a folder of our own beside it, which the owner of the
# folder around it cannot enter: content and permissions come from one open file. What has several names, or cannot be
# renamed, is written in place, through one open file too.
take_out() (
  name=${1##*/} tries=0
  if [ "$(find "$1" -prune -links 1)" ] && own=$(mktemp -d "${1%/*}/.removal.XXXXXX"); then
    trap 'cd / && rm -rf "$own"' EXIT
    cd "$own" && [ "$(find . -prune -user "$(id -u)")" ] || exit 1
    while [ $tries -lt 5 ]; do
      tries=$((tries + 1))
      cp --preserve=all "../$name" new || cp -p "../$name" new || exit 1
      getfacl -p "../$name" | setfacl --set-file=- new
      cat new >"$W/before" && strip "$W/before" && cat "$W/rest" >new && cmp -s "$W/rest" new || exit 1
      cmp -s "../$name" "$W/before" || continue
      [ $found = 0 ] || mv -f new "../$name" || break
      echo $found
      exit 0
    done
  fi
  exec 3<>"$1" || exit 1
  file=/proc/self/fd/3
  [ -e $file ] || file=$1
  cat "$file" >"$W/before" && strip "$W/before" || exit 1
  [ $found = 0 ] || { cat "$W/rest" >"$file" && cmp -s "$W/rest" "$file"; } || exit 1
  echo $found
) 2>/dev/null

look_at() {
  path=$ROOT$1
  if [ ! -e "$path" ]; then
    # Absent is "No such file or directory" or "Not a directory"; not being allowed to look is no proof of that.
    case $(ls -dL "$path" 2>&1 >/dev/null) in *directory) ;; *) bad "$1" ;; esac
    return
  fi
  # sshd reads regular files alone.
  [ -f "$path" ] || return
  path=$(readlink -f "$path")
  ! grep -qxF "$path" "$W/seen" || return
  echo "$path" >>"$W/seen"
  if ! strip "$path" 2>/dev/null; then
    bad "$1"
    return
  fi
  files=$((files + 1))
  [ $found != 0 ] || return
  if [ "$MODE" = remove ] && taken=$(take_out "$path"); then
    removed=$((removed + taken))
  else
    lines=$((lines + found))
    [ "$MODE" = check ] || bad "$1"
  fi
}

# --- Sessions and sshd ---

# Ends the sessions that sshd's log says were opened with this key: for each process, its latest login counts.
close_sessions() {
  closed=unknown
  {
    cd "$ROOT/var/log" && cat auth.log.1 secure.1 auth.log secure
    [ "$ROOT" ] || journalctl -q --no-pager -t sshd -t sshd-session
  } 2>/dev/null | awk -v sha="$SHA" '
    match($0, /sshd(-session)?\[[0-9]+\]: Accepted /) {
      seen = 1
      pid = substr($0, RSTART, RLENGTH)
      gsub(/[^0-9]/, "", pid)
      split(substr($0, RSTART + RLENGTH), word, " ")
      user[pid] = index($0 " ", " " sha " ") ? word[3] : ""
    }
    END { if (seen) print "0 -"; for (pid in user) if (user[pid] != "") print pid, user[pid] }' >"$W/logins"
  [ "$SHA" ] && [ -s "$W/logins" ] || return 0
  closed=0
  while IFS=' ' read -r pid user; do
    case $(tr '\000' ' ' <"/proc/$pid/cmdline") in
      "sshd: $user"[\ @]* | "sshd-session: $user"[\ @]*) ! kill "$pid" || closed=$((closed + 1)) ;;
    esac
  done <"$W/logins" 2>/dev/null
}

# offer USER: offers sshd the public half alone. Each user from an address of its own, because sshd 9.8 and later block
# an address after a few failures.
offer() {
  ssh -v -n -F /dev/null -b "127.0.$((asked / 250)).$((asked % 250 + 1))" -p "${port:-22}" -l "$1" -i "$W/key.pub" \
    -oBatchMode=yes -oPreferredAuthentications=publickey -oConnectTimeout=5 \
    -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null 127.0.0.1 2>&1
}

ask_sshd() {
  command=$(values authorizedkeyscommand <"$W/config" | grep -vix none)
  if [ ! "$ROOT" ] && has ssh; then
    port=$({ effective || cat "$W/config"; } | values port | head -n 1)
    cut -d: -f1 "$W/users" | sort -u | head -n 200 >"$W/names"
    while read -r user; do
      case $(offer "$user") in
        *'Server accepts key'*) echo "$user" >>"$W/accepted" ;;
        *'that can continue'* | *'Permission denied'*) ;;
        *'Connection refused'*) break ;;
        *) [ ! "$command" ] || bad AuthorizedKeysCommand ;;
      esac
      asked=$((asked + 1))
    done <"$W/names"
  fi
  # Only sshd can tell what a command answers.
  [ ! "$command" ] || [ $asked != 0 ] || bad AuthorizedKeysCommand
}

W=$(mktemp -d "$ROOT/var/run/removal.XXXXXX" 2>/dev/null) || finish 2 no-folder
for file in bad accepted seen config; do : >"$W/$file"; done
self_check || finish 2 self-check
if [ "$MODE" = remove ] && has flock; then
  exec 9>>"$ROOT/var/run/remove-public-key.lock"
  flock 9 || finish 2 locked
fi
list_users
[ -s "$W/users" ] || finish 2 no-users
list_files >"$W/files"
while IFS= read -r file; do
  for file in $ROOT$file; do look_at "${file#"$ROOT"}"; done
done <"$W/files"
[ "$MODE" = remove ] || ask_sshd
[ "$MODE-$SESSIONS" != remove-Close ] || close_sessions
[ $lines != 0 ] || [ -s "$W/accepted" ] || [ -s "$W/bad" ] || finish 0
finish 1
