package drive

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"syscall"
)

// apart has a process lead a group of its own, and end with the thread that started it.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// groupLives tells whether anything of a process group still runs. What has ended and is
// not waited for by whoever inherited it does not, though it still counts for kill(2).
func groupLives(group int) bool {
	if errors.Is(syscall.Kill(-group, 0), syscall.ESRCH) {
		return false
	}
	all, ok := processes()
	if !ok {
		return true
	}
	for _, pid := range all {
		if is := lookAt(pid); is.group == group && is.alive() {
			return true
		}
	}
	return false
}

// look is what can be seen of a process.
type look struct {
	state byte // 0 if there is none of that ID
	group int
	flags uint64 // of its kind and state
	born  uint64 // in ticks since the machine started
}

// alive tells whether it has not ended: what has may still wait to be noticed.
func (l look) alive() bool { return l.state != 0 && l.state != 'Z' && l.state != 'X' }

// lookAt looks at a process (proc_pid_stat(5)).
func lookAt(pid int) look {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return look{}
	}
	// The second field is a name in parentheses, and the name may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 20 {
		return look{}
	}
	group, _ := strconv.Atoi(string(fields[2]))
	flags, _ := strconv.ParseUint(string(fields[6]), 10, 64)
	born, _ := strconv.ParseUint(string(fields[19]), 10, 64)
	return look{state: fields[0][0], group: group, flags: flags, born: born}
}

// processes are the IDs of all processes of this machine.
func processes() (ids []int, ok bool) {
	proc, err := os.Open("/proc")
	if err != nil {
		return nil, false
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			ids = append(ids, pid)
		}
	}
	return ids, err == nil && len(ids) > 0
}
