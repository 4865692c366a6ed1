#!/bin/sh
# Takes one public key out of every file in which this machine's sshd looks for keys (MODE=remove), or changes nothing,
# counts where the key still is, and asks sshd itself (MODE=check). Assignments of TYPE, KEY, MODE, SESSIONS and NONCE
# precede this text. The last line of output is the result, as name=value. Exit status 0: the key is nowhere; 1: it is
# somewhere, or a file could not be read or written; 2: the script cannot work here. (Cloud Assistant takes 193 and 194
# for an order to stop or restart the machine.) It is sent without the sections that a run does not need.
set -u
# A folder that tests use instead of /.
ROOT=${REMOVE_PUBLIC_KEY_TEST_ROOT-}
[ "$ROOT" ] || PATH=${PATH-}:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 077
# The agent reports both streams as one and cuts off what is long: nothing but the result goes there.
exec 5>&1 >/dev/null 2>&1
# No file is written beyond 32 MB, so that a copy of a large one fills neither disk nor memory.
trap '' XFSZ
ulimit -f 65536
# Words end with the line: names of files have blanks.
IFS='
'
W='' bad='' accepted='' absent='' command='' match='' port=22 SHA=''
files=0 lines=0 removed=0 asked=0 closed=0 count=0 configs=$IFS

# names LIST: its lines with commas between them, at most 20
names() { [ ! "$1" ] || printf %s "$1" | tr -c 'A-Za-z0-9/._@\n-' '?' | sort -u | head -n 20 | tr '\n' ','; }

# finish STATUS [REASON]
finish() {
  trap '' HUP INT TERM
  [ ! "$W" ] || rm -rf "$W"
  echo >&5
  echo "nonce=$NONCE mode=$MODE status=$1 reason=${2-} files=$files lines=$lines removed=$removed" \
    "sessions=$closed asked=$asked accepted=$(names "$accepted") unreadable=$(names "$bad")" >&5
  exit "$1"
}
trap 'finish 2 killed' HUP INT TERM

# bad FILE: it could not be read or written
bad() { bad=$bad${1#"$ROOT"}$IFS; }

# say NAME. A list that could not be written whole proves nothing; what awk writes has a last line of its own.
say() {
  case $1 in
    *"$IFS"*) bad "${1%%"$IFS"*}" ;;
    *) printf '%s\n' "$1" || finish 2 no-space ;;
  esac
}

# --- Which lines are this key's ---

# text FILE: without NUL, which ends a line for sshd, and for some awks the file
text() { tr '\000' ' ' <"$1"; }

# matches FILE...: FILE:LINE of each line that has KEY where sshd reads a key: [options] type key [comment]. Options may
# have blanks in quotes (\" is no quote). Like sshd, this ignores \v, \f and \r in base64. Keys with another text go to
# one ssh-keygen with FILE:LINE as their comments, because sshd accepts several forms in base64 of one RSA key; KEY itself
# is the first and the last of them.
matches() {
  awk -v key="$KEY" -v first="$TYPE $KEY" -v others="$W/others" '
    function is_key(text,  type) {
      if (text !~ /^(ssh-|rsa-sha2-|ecdsa-sha2-|sk-)/) return 0
      type = text
      sub(/[ \t].*/, "", type)
      sub(/^[^ \t]*[ \t]*/, "", text)
      sub(/[ \t].*/, "", text)
      if (text == key) return 1
      print type, text, FILENAME ":" FNR >others
    }
    BEGIN { print first, "first" >others }
    END { print first, "end" >others }
    {
      gsub(/[\013\014\015]/, "")
      sub(/^[ \t]+/, "")
      rest = $0
      gsub(/\\"/, "", rest)
      gsub(/"[^"]*"/, "", rest)
      sub(/^[^ \t"]*[ \t]+/, "", rest)
      if (is_key($0) || !/^#/ && is_key(rest)) print FILENAME ":" FNR
    }' "$@"
  ssh-keygen -lf "$W/others" | awk '$3 == "first" { sha = $2; print "sha", sha } $2 == sha { print $3 }'
}

# --- Which files ---

# look_at FILE: prints its one true name, if there is such a file
look_at() {
  [ -e "$1" ] || absent=$absent$1$IFS count=$((count + 1))
  [ $count -lt 999 ] || check_absent
  # sshd reads regular files alone.
  [ -f "$1" ] || return
  path=$1
  ! cd -P "${1%/*}/" || path=$PWD/${1##*/}
  if [ -L "$path" ]; then
    # The point keeps line ends that belong to the name.
    path=$(readlink -f "$path" && echo .)
    path=${path%"$IFS".}
  fi
  say "$path"
}

# Absent is "No such file or directory" or "Not a directory"; not being allowed to look is no proof of that.
check_absent() {
  set -f
  # shellcheck disable=SC2010,SC2086
  [ "$(ls -dL $absent 2>&1 >/dev/null | grep -c 'directory$')" = $count ] || for path in $absent; do
    case $(ls -dL "$path" 2>&1 >/dev/null) in *directory) ;; *) bad "$path" ;; esac
  done
  set +f
  absent='' count=0
}

# settings: what $W/config, a configuration of sshd, names: files to $W/patterns, included ones to $W/configs
settings() {
  awk '
    { sub(/^[ \t]+/, ""); sub(/\r$/, ""); rest = word = $0; sub(/[ \t="].*/, "", word); word = tolower(word) }
    word ~ /^(include|match|port|authorizedkeys(file|command)|trustedusercakeys)$/ {
      rest = substr(rest, length(word) + 1)
      sub(/^[ \t]*=?[ \t]*/, "", rest)
      while (rest != "" && rest !~ /^#/) {
        match(rest, rest ~ /^"/ ? "\"[^\"]*\"?" : "[^ \t]+")
        value = substr(rest, 1, RLENGTH)
        gsub(/"/, "", value)
        if (tolower(value) != "none") print word, value
        rest = substr(rest, RLENGTH + 1)
        sub(/^[ \t]+/, "", rest)
      }
    }
    END { print "end" }' "$W/config" >"$W/settings"
  while IFS= read -r line; do
    value=${line#* }
    case $line in
      i*)
        case $value in /*) ;; *) value=/etc/ssh/$value ;; esac
        for path in $ROOT$value; do say "$path" >>"$W/configs"; done
        ;;
      m*) match=1 ;;
      p*) port=$value ;;
      authorizedkeysc*) command=1 ;;
      end) return ;;
      *) say "$value" >>"$W/patterns" ;;
    esac
  done <"$W/settings"
  finish 2 no-space
}

# Users to $W/users as name:number:home; a folder in /home, or in a folder there, without a user counts as one.
list_users() {
  {
    [ "$ROOT" ] || timeout 10 getent passwd || [ $? != 127 ] || getent passwd
    cat "$ROOT/etc/passwd"
    for path in "$ROOT"/home/* "$ROOT"/home/*/*/.ssh; do
      path=${path%/.ssh}
      [ ! -d "$path" ] || case $path in
        *:*) bad "$path" ;;
        *) say "${path##*/}:::::${path#"$ROOT"}" ;;
      esac
    done
  } >"$W/passwd"
  # sshd takes a home without a slash for a folder of /.
  awk -F: '
    $1 != "" && !seen[$1, $6]++ { print $1 ":" $3 ":" ($6 ~ /^\// ? "" : "/") $6 }
    END { print ":" }' "$W/passwd" >"$W/users"
  IFS=: read -r user _ <"$W/users"
  [ "$user" ] || finish 2 no-users
}

# Every file in which sshd may look for keys to $W/list, one a line. A folder of files by user is looked at whole: a
# directory service does not list its users.
list_files() {
  printf '.ssh/authorized_keys\n.ssh/authorized_keys2\n' >"$W/patterns"
  printf '%s/etc/ssh/sshd_config\n' "$ROOT" "$ROOT/usr" >"$W/configs"
  while IFS= read -r path; do
    case $configs in *"$IFS$path$IFS"*) continue ;; esac
    configs=$configs$path$IFS
    if [ ! -e "$path" ]; then
      look_at "$path"
    elif cat "$path" >"$W/config"; then
      settings
    else
      bad "$path"
    fi
  done <"$W/configs"
  # What sshd itself says. Older ones want a path of their own, and /run/sshd, which is absent while no socket-activated
  # sshd runs. Without Match it is the same for all users.
  [ "$ROOT" ] || mkdir -m 755 /run/sshd
  while IFS=: read -r user _; do
    [ "$user" ] || break
    "$(command -v sshd)" -T ${ROOT:+"-f$ROOT/etc/ssh/sshd_config"} -C "user=$user,host=localhost,addr=127.0.0.1" </dev/null
    [ "$match" ] || break
  done <"$W/users" >"$W/config"
  settings
  awk -F: -v patterns="$W/patterns" '
    function expand(text, user, number, home,  out, i, c) {
      for (; i = index(text, "%"); text = substr(text, i + 2)) {
        c = substr(text, i + 1, 1)
        out = out substr(text, 1, i - 1) (c == "h" ? home : c == "u" ? user : c == "U" ? number : c)
      }
      return out text
    }
    function show(path) { if (!shown[path]++) print path }
    BEGIN { while ((getline line < patterns) > 0) if (!seen[line]++) pattern[++n] = line }
    { for (k = 1; k <= n; k++) { path = expand(pattern[k], $1, $2, $3); show(path ~ /^\// ? path : $3 "/" path) } last = $0 }
    END {
      for (k = 1; k <= n; k++) if (pattern[k] ~ /^\/.*%[uU]/) show("*" expand(pattern[k], "*", "*", ""))
      if (last == ":") print "end"
    }' "$W/users" >"$W/candidates"
  file=''
  while IFS= read -r file; do
    case $file in
      \**) for path in $ROOT${file#?}; do look_at "$path"; done ;;
      end) break ;;
      *) look_at "$ROOT$file" ;;
    esac
  done <"$W/candidates" >"$W/paths"
  [ "$file" ] || finish 2 no-space
  check_absent
}

# --- Finding it and taking it out ---

# A tool that does not do what this script takes for granted must not lead to "clean": two files of our own go the way of
# the others, "no" without a line of the key, "yes" with the key in line 2.
look_through() {
  other='ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
  key="$TYPE $KEY"
  mkdir "$W/f"
  printf '%s\n' "# $key" "$other $key" "command=\"$key\" $other" >"$W/f/no"
  printf '#\000\n%s\n%s\n' "from=\"a b\",command=\"c \\\" d\" $key e" "$other" | cat >"$W/before"
  say "$W/before" >>"$W/paths"
  sort -u "$W/paths" >"$W/list" || finish 2 no-space
  while IFS= read -r path; do
    name=yes
    if [ "$path" != "$W/before" ]; then
      set -- "$@" "$path"
      files=$# name=$#
    fi
    # A part of it is not searched: it proves nothing, and 32 MB without a line end take awk half a minute.
    text "$path" >"$W/f/$name" || { bad "$path"; : >"$W/f/$name"; }
  done <"$W/list"
  hits=$IFS$(cd "$W/f" && matches [!-]*)$IFS
  case $hits in
    *"${IFS}no:"*) hits='' ;;
    *"${IFS}yes:2$IFS"*sha\ *"${IFS}end$IFS") SHA=${hits#*sha } SHA=${SHA%%"$IFS"*} ;;
    *sha\ *) hits='' ;;
    *"${IFS}yes:2$IFS"*) ;;
    *) hits='' ;;
  esac
  [ "$hits" ] || finish 2 self-check
  printf '#\000\n%s\n' "$other" >"$W/wanted"
  last='' left=1
  for n in $hits; do
    case $n in [0-9]*) n=${n%:*} ;; *) continue ;; esac
    if [ "$MODE" = remove ] && [ "$n" != "$last" ]; then
      [ "$last" ] || { strip && cmp -s "$W/rest" "$W/wanted"; } || finish 2 self-check
      eval "path=\${$n}"
      last=$n left=0
      if taken=$(take_out "$path"); then
        removed=$((removed + taken))
      else
        bad "$path"
        left=1
      fi
    fi
    lines=$((lines + left))
  done
}

# --- For MODE=remove ---

# strip: $W/before without this key's lines, byte by byte, is $W/rest, their number is $found
strip() {
  found=0 from=1
  : >"$W/rest" && text "$W/before" >"$W/text" || return 1
  for line in $(cd "$W" && matches text | sort -t: -k2n); do
    case $line in text:*) line=${line#*:} ;; *) continue ;; esac
    head -n $((line - 1)) "$W/before" >"$W/next" && tail -n "+$from" "$W/next" >>"$W/rest" || return 1
    found=$((found + 1)) from=$((line + 1))
  done
  tail -n "+$from" "$W/before" >>"$W/rest"
}

# take_out FILE: prints how many lines. Written by rename from a folder of our own beside it, which the owner of the
# folder around it cannot enter: content and permissions come from one open file. What has several names, or cannot be
# renamed, is written in place, through one open file too: over what was there, with line ends up to its old length, and
# shortened afterwards. So it has every other line at any moment, and no half of one.
take_out() (
  name=${1##*/} tries=0
  if [ "$(find "$1" -prune -links 1)" ] && own=$(mktemp -d "${1%/*}/.removal.XXXXXX"); then
    trap 'cd / && rm -rf "$own"' EXIT
    cd "$own" && [ -O . ] || exit 1
    while [ $tries -lt 5 ]; do
      tries=$((tries + 1))
      cp --preserve=all "../$name" new || {
        cp -p "../$name" new || break
        getfacl -p "../$name" | setfacl --set-file=- new
      }
      { cat new >"$W/before" && strip && cat "$W/rest" >new && cmp -s "$W/rest" new; } || break
      cmp -s "../$name" "$W/before" || continue
      [ "$found" = 0 ] || mv -f new "../$name" || break
      echo "$found"
      exit 0
    done
  fi
  exec 3<>"$1" || exit 1
  file=/proc/self/fd/3
  [ -e $file ] || file=$1
  cat "$file" >"$W/before" && strip || exit 1
  size=$(wc -c <"$W/rest")
  { cat "$W/rest" && tail -c "+$((size + 1))" "$W/before" | tr -c '\n' '\n'; } >"$W/next"
  [ "$found" = 0 ] || {
    cat "$W/next" 1<>"$file" && dd if=/dev/null of="$file" bs=1 seek="$size" && cmp -s "$W/rest" "$file"
  } || exit 1
  echo "$found"
)

# --- For SESSIONS=Close ---

# Ends the sessions that sshd's log says were opened with this key: for each process, its latest login counts.
close_sessions() {
  closed=unknown
  {
    cd "$ROOT/var/log" && cat auth.log.1 secure.1 auth.log secure
    [ "$ROOT" ] || journalctl -q --no-pager -t sshd -t sshd-session
  } | awk -v sha="$SHA" '
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
  done <"$W/logins"
}

# --- For MODE=check ---

# offer USER: offers sshd the public half alone. Each user from an address of its own, because sshd 9.8 and later block
# an address after a few failures.
offer() {
  SSH_AUTH_SOCK='' ssh -v -n -F /dev/null -b "127.0.$((asked / 250)).$((asked % 250 + 1))" -p "$port" -l "$1" -i "$W/key.pub" \
    -oBatchMode=yes -oPreferredAuthentications=publickey -oConnectTimeout=5 \
    -oStrictHostKeyChecking=no -oUserKnownHostsFile=/dev/null 127.0.0.1 2>&1
}

# Only sshd can tell what an AuthorizedKeysCommand answers: it has to answer for every user.
ask_sshd() {
  say "$key" >"$W/key.pub"
  unanswered=1
  [ "$ROOT" ] || ! command -v ssh || while IFS=: read -r user _; do
    [ "$user" ] || unanswered=''
    [ "$user" ] || break
    [ $asked -lt 200 ] || break
    case $(offer "$user") in
      *'Server accepts key'*) accepted=$accepted$user$IFS ;;
      *'that can continue'* | *'Permission denied'*) ;;
      *'Connection refused'*) break ;;
      *) [ ! "$command" ] || bad AuthorizedKeysCommand ;;
    esac
    asked=$((asked + 1))
  done <"$W/users"
  [ ! "$command" ] || [ ! "$unanswered" ] || bad AuthorizedKeysCommand
}

# --- Main ---

W=$(mktemp -d "$ROOT/var/run/removal.XXXXXX") || finish 2 no-folder
if [ "$MODE" = remove ] && command -v flock; then
  exec 9>>"$ROOT/var/run/remove-public-key.lock"
  flock 9 || finish 2 locked
fi
list_users
list_files
look_through
[ "$MODE" = remove ] || ask_sshd
[ "$MODE-$SESSIONS" != remove-Close ] || close_sessions
[ "$lines$accepted$bad" != 0 ] || finish 0
finish 1
