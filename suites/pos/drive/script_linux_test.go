package drive

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// limit is how long a test waits for what must happen.
	limit = 30 * time.Second
	// brief is a grace that nobody is to keep.
	brief = 50 * time.Millisecond
)

// script is an integration made of a few lines of shell, which speaks to the test by the
// function say. Where it has a trap, its children are to speak for themselves: one that was
// just born still has the trap, and forgets what came into it.
type script struct {
	*Process
	dir   string
	heard *bufio.Reader
}

func newScript(t *testing.T, lines ...string) *script {
	t.Helper()
	dir := t.TempDir()
	mouth := filepath.Join(dir, "mouth")
	if err := syscall.Mkfifo(mouth, 0o600); err != nil {
		t.Fatal(err)
	}
	// Open both ways it has no end, and knows deadlines.
	ear, err := os.OpenFile(mouth, os.O_RDWR|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ear.Close() })
	if err := ear.SetReadDeadline(time.Now().Add(limit)); err != nil {
		t.Fatal(err)
	}
	say := `say() { echo "$*" > ` + mouth + "; }\n"
	s := &script{Process: Command(say + strings.Join(lines, "\n")), dir: dir, heard: bufio.NewReader(ear)}
	t.Cleanup(func() {
		s.Close()
		s.wantNobody(t)
	})
	return s
}

func (s *script) start(t *testing.T) {
	t.Helper()
	if err := s.Start(t.Context(), Site{Gateway: "127.0.0.1:8000", Speedup: 1, State: s.dir}); err != nil {
		t.Fatal(err)
	}
}

// hears returns what the script says next.
func (s *script) hears(t *testing.T) string {
	t.Helper()
	line, err := s.heard.ReadString('\n')
	if err != nil {
		t.Fatalf("the script says nothing: %v; it ended: %q", err, s.Exit())
	}
	return strings.TrimSpace(line)
}

// process returns the process that the script names next.
func (s *script) process(t *testing.T) int {
	t.Helper()
	pid, err := strconv.Atoi(s.hears(t))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// ends waits for the end of a run.
func (s *script) ends(t *testing.T) {
	t.Helper()
	select {
	case <-s.Ended():
	case <-time.After(limit):
		t.Fatal("it does not end")
	}
}

// stops stops the script.
func (s *script) stops(t *testing.T, grace time.Duration, wantForced bool) {
	t.Helper()
	begun := time.Now()
	if forced, err := s.Stop(t.Context(), grace); forced != wantForced || err != nil {
		t.Errorf("stopped: forced %v, %v", forced, err)
	}
	if took := time.Since(begun); !wantForced && took >= grace {
		t.Errorf("it took all of %v to stop", took)
	}
	s.wantNobody(t)
}

func (s *script) wantExit(t *testing.T, want string, code int) {
	t.Helper()
	if got := s.Exit(); got != want || s.ExitCode() != code {
		t.Errorf("it ended with %d, %.200q, want %d, %q", s.ExitCode(), got, code, want)
	}
}

func (s *script) wantNobody(t *testing.T) {
	t.Helper()
	if left, _ := newPack(s.cookie).left(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

// waitFor waits until something is so that nothing tells of.
func waitFor(t *testing.T, so func() bool) {
	t.Helper()
	late := time.NewTimer(limit)
	defer late.Stop()
	if !poll(late.C, so) {
		t.Fatalf("it has not come so within %v", limit)
	}
}

// wantGone looks for a process by its ID, which a zombie that nobody waits for still has.
func wantGone(t *testing.T, pids ...int) {
	t.Helper()
	for _, pid := range pids {
		if is := lookAt(pid); is.alive() {
			t.Errorf("process %d is left: %+v", pid, is)
		}
	}
}
