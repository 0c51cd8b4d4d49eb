package drive

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"syscall"
	"time"
)

const (
	// maxEnviron is how many bytes of a process's environment are searched: more than Linux
	// gives one.
	maxEnviron = 8 << 20
	// maxBlank is how long a process may be without an environment while it becomes another
	// program, on a busy machine.
	maxBlank = 500 * time.Millisecond
	// ending and kernel are flags of processes (PF_EXITING and PF_KTHREAD of Linux's sched.h).
	ending, kernel = 0x4, 0x200000
)

// pack is the processes that were born with a cookie, wherever they went from there.
type pack struct {
	cookie string
	since  uint64 // none was born before, in ticks since the machine started
	// known are those that were seen, with when they were born. They are followed to their
	// end: a process has no environment once it begins to end, which is before its
	// connections are closed.
	known map[int]uint64
	// blank are processes without an environment, with when they were first seen.
	blank map[int]time.Time
}

func newPack(cookie string) *pack {
	return &pack{cookie: cookie, known: make(map[int]uint64), blank: make(map[int]time.Time)}
}

// begin tells which process is the first.
func (p *pack) begin(pid int) { p.since = lookAt(pid).born }

// left are the IDs of those that live. It is sure of that unless there is a process of
// which it will only show whether it is one of them.
func (p *pack) left() (ids []int, sure bool) {
	all, _ := processes()
	sure = true
	for _, pid := range all {
		born, known := p.known[pid]
		holds, blank := false, false
		if !known {
			holds, blank = searched(pid, p.cookie)
		}
		if !known && !holds && !blank {
			continue
		}
		switch is := lookAt(pid); {
		case !is.alive() || known && is.born != born:
			delete(p.known, pid)
		case blank:
			sure = sure && !p.becoming(pid, is)
		default:
			p.known[pid] = is.born
			ids = append(ids, pid)
		}
	}
	return ids, sure
}

// becoming tells whether a process without an environment may be one that is just becoming
// another program: that does not take long.
func (p *pack) becoming(pid int, is look) bool {
	if is.born < p.since || is.flags&(ending|kernel) != 0 {
		return false
	}
	first, seen := p.blank[pid]
	if !seen {
		first = time.Now()
		p.blank[pid] = first
	}
	return time.Since(first) < maxBlank
}

// signal sends a signal to one that was left, and tells whether it did: by now, the ID may
// be somebody else's.
func (p *pack) signal(pid int, which syscall.Signal) bool {
	process, err := os.FindProcess(pid) // from here on the ID stays what it is
	if err != nil {
		return false
	}
	defer func() { _ = process.Release() }()
	return lookAt(pid).born == p.known[pid] && process.Signal(which) == nil
}

// searched tells whether a process was born with a cookie, and whether it has no
// environment at all.
func searched(pid int, cookie string) (holds, blank bool) {
	file, err := os.Open("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false, false
	}
	defer file.Close()
	environ, err := io.ReadAll(io.LimitReader(file, maxEnviron))
	return bytes.Contains(environ, []byte(cookieName+cookie)), err == nil && len(environ) == 0
}
