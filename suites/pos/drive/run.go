package drive

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// forceLimit is how long what was killed may take to be gone.
	forceLimit = 10 * time.Second
	// drainLimit is how long the output may stay open once everything is gone: what holds it
	// then is none of ours.
	drainLimit = time.Second
	// pollFirst and pollMost are how often it is looked at what is left: nothing tells of it.
	pollFirst = time.Millisecond
	pollMost  = 20 * time.Millisecond
	// quietLooks is how many looks in a row must find nothing.
	quietLooks = 3
)

// run is one run of a command, with everything that it started.
type run struct {
	cmd  *exec.Cmd
	pack *pack    // all that was born of it
	out  *os.File // what it writes comes out here
	tail tail

	gone      atomic.Bool   // the process group is: its number may be somebody else's by now
	ended     chan struct{} // closed when the group is gone, and its output read
	drained   chan struct{} // closed when the output is read to its end, or closed
	abandoned chan struct{} // closed by abandon, if the group cannot be ended
	abandon   sync.Once
}

// launch starts a command of the shell. force must be called, whatever became of it.
func launch(command string, env []string, cookie string) (*run, error) {
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	r := &run{
		cmd: exec.Command("sh", "-c", command), pack: newPack(cookie), out: out, //nolint:gosec,noctx // the operator's own command; force ends it
		ended: make(chan struct{}), drained: make(chan struct{}), abandoned: make(chan struct{}),
	}
	r.cmd.Env, r.cmd.Stdout, r.cmd.Stderr = env, in, in
	r.cmd.SysProcAttr = apart()
	started := make(chan error)
	go r.attend(started)
	err = <-started
	_ = in.Close()
	if err != nil {
		_ = out.Close()
		return nil, err
	}
	go r.drain()
	return r, nil
}

// attend starts the command, and stays with it until its group is gone.
func (r *run) attend(started chan<- error) {
	// Linux ends the shell with the thread that started it, so that it does not outlive us
	// even if we are killed. This keeps the thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := r.cmd.Start()
	if err == nil {
		r.pack.begin(r.cmd.Process.Pid)
	}
	started <- err
	if err != nil {
		return
	}
	defer close(r.ended)
	_ = r.cmd.Wait() // the state tells how it ended
	r.gone.Store(poll(r.abandoned, func() bool { return !groupLives(r.cmd.Process.Pid) }))
	r.awaitOutput()
}

// drain reads the output for as long as somebody has it open: a full pipe would hold the
// integration up.
func (r *run) drain() {
	defer close(r.drained)
	_, _ = io.Copy(&r.tail, r.out) // it ends when we close it, too
}

func (r *run) awaitOutput() {
	late := time.NewTimer(drainLimit)
	defer late.Stop()
	select {
	case <-r.drained:
	case <-late.C:
	}
}

func (r *run) over() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// stop asks everything to end, and uses force on what has not done so within grace.
func (r *run) stop(ctx context.Context, grace time.Duration) (forced bool, err error) {
	if canAsk {
		patience, cancel := context.WithTimeout(ctx, grace)
		defer cancel()
		if !r.gone.Load() {
			_ = signalGroup(r.cmd.Process, syscall.SIGTERM) // it may be gone by now
		}
		asked, quiet := make(map[int]bool), 0
		poll(patience.Done(), func() bool {
			if !r.gone.Load() {
				return false
			}
			left, sure := r.pack.left()
			for _, pid := range left {
				asked[pid] = asked[pid] || r.pack.signal(pid, syscall.SIGTERM)
			}
			return looked(&quiet, sure && len(left) == 0)
		})
	}
	forced, err = r.force()
	if err == nil && forced && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return forced, err
}

// force kills what is left, and waits until it is gone. used tells whether there was
// anything.
func (r *run) force() (used bool, err error) {
	limit := time.NewTimer(forceLimit)
	defer limit.Stop()
	quiet := 0
	clean := poll(limit.C, func() bool {
		if !r.gone.Load() {
			used = true
			err = signalGroup(r.cmd.Process, syscall.SIGKILL)
			return false
		}
		left, sure := r.pack.left()
		for _, pid := range left {
			used = true
			r.pack.signal(pid, syscall.SIGKILL)
		}
		return looked(&quiet, sure && len(left) == 0)
	})
	if clean {
		<-r.ended
		err = nil // the group was gone before it could be killed
	} else {
		err = errors.Join(errLeft, err)
		r.abandon.Do(func() { close(r.abandoned) })
	}
	_ = r.out.Close()
	<-r.drained
	return used, err
}

// errLeft tells that not even force helped, such as against a program of another user.
var errLeft = errors.New("a process of it cannot be ended")

// looked counts in quiet the looks in a row that found nothing left, and tells whether
// they are enough: what is born during a look may be missed by it.
func looked(quiet *int, nothing bool) bool {
	if *quiet++; !nothing {
		*quiet = 0
	}
	return *quiet == quietLooks
}

// poll looks whether something is so, ever less often, until it is or done tells to leave
// it. It tells whether it is.
func poll[T any](done <-chan T, so func() bool) bool {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for wait := pollFirst; ; wait = min(2*wait, pollMost) {
		if so() {
			return true
		}
		pause.Reset(wait)
		select {
		case <-pause.C:
		case <-done:
			return false
		}
	}
}
