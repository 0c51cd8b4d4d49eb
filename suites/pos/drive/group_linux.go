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
		if state, of := groupOf(pid); of == group && state != 'Z' && state != 'X' {
			return true
		}
	}
	return false
}

// groupOf tells the state of a process and its group (proc_pid_stat(5)); 0 if it is gone.
func groupOf(pid int) (state byte, group int) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0
	}
	// The second field is a name in parentheses, and the name may hold anything.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 {
		return 0, 0
	}
	group, _ = strconv.Atoi(string(fields[2]))
	return fields[0][0], group
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
