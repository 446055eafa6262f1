# SPDX-License-Identifier: Apache-2.0
# Outlives the JVM by a moment: reads the process groups of its workers from standard input ("+ 123", "- 123") and,
# when that ends because the JVM has ended, kills the groups that are left, and what has left its group but still has the
# run directory ($1) in its environment, and removes the run directory.
trap '' HUP INT TERM QUIT PIPE
run=$1
groups=' '
while read -r what group; do
    case $what in
        +) groups="$groups$group " ;;
        -)
            case $groups in
                *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
            esac
            ;;
    esac
done
for group in $groups; do
    kill -s KILL -- "-$group" 2>/dev/null
done
# A worker that was started but not told of yet holds a socket in the run directory as its descriptor 0.
inodes=' '
if [ -r /proc/net/unix ]; then
    while read -r num refs protocol flags type state inode path; do
        case $path in
            "$run"/*) inodes="$inodes$inode " ;;
        esac
    done </proc/net/unix
fi
if [ "$inodes" != ' ' ]; then
    for process in /proc/[0-9]*; do
        link=$(readlink "$process/fd/0" 2>/dev/null) || continue
        case $link in
            socket:*)
                inode=${link#socket:\[}
                case $inodes in
                    *" ${inode%]} "*)
                        pid=${process#/proc/}
                        kill -s KILL -- "-$pid" 2>/dev/null || kill -s KILL "$pid" 2>/dev/null
                        ;;
                esac
                ;;
        esac
    done
fi
# A child that made a session of its own is in no group of ours, but its environment names the file for what is loaded.
for round in 1 2 3; do
    strays=$(grep -laF -- "$run/" /proc/[0-9]*/environ 2>/dev/null)
    [ -n "$strays" ] || break
    for stray in $strays; do
        pid=${stray#/proc/}
        kill -s KILL "${pid%/environ}" 2>/dev/null
    done
done
case $run in
    /*/fcgid4j-*)
        rm -rf -- "$run"
        ;;
esac
exit 0
