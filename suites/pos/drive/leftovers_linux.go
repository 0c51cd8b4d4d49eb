package drive

import (
	"bytes"
	"io"
	"os"
	"strconv"
	"syscall"
)

// maxEnviron is how many bytes of a process's environment are searched: more than Linux
// gives one.
const maxEnviron = 8 << 20

// pack is the processes that were born with a cookie, wherever they went from there.
type pack struct {
	cookie string
	// known are those that were seen, with when they were born. They are followed to their
	// end: a process has no environment while it becomes another program, nor once it begins
	// to end, which is before its connections are closed.
	known map[int]uint64
}

func newPack(cookie string) *pack { return &pack{cookie: cookie, known: make(map[int]uint64)} }

// left are the IDs of those that live.
func (p *pack) left() []int {
	all, _ := processes()
	var left []int
	for _, pid := range all {
		born, known := p.known[pid]
		if !known && !holds(pid, p.cookie) {
			continue
		}
		is := lookAt(pid)
		if !is.alive() || known && is.born != born {
			delete(p.known, pid)
			continue
		}
		p.known[pid] = is.born
		left = append(left, pid)
	}
	return left
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

// holds tells whether a process was born with a cookie.
func holds(pid int, cookie string) bool {
	file, err := os.Open("/proc/" + strconv.Itoa(pid) + "/environ")
	if err != nil {
		return false
	}
	defer file.Close()
	environ, err := io.ReadAll(io.LimitReader(file, maxEnviron))
	return err == nil && bytes.Contains(environ, []byte(cookieName+cookie))
}
