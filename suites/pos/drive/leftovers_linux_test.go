package drive

import (
	"syscall"
	"testing"
)

// TestCommandLeavesProcesses: what leaves the group is found, and asked before it is killed.
func TestCommandLeavesProcesses(t *testing.T) {
	t.Parallel()
	const (
		session = `setsid sh -c 'echo $$ > "$(dirname "$TTCHECK_TOKEN_FILE")/mouth"; exec sleep 100'`
		deaf    = `trap '' TERM; `
	)
	for name, test := range map[string]struct {
		lines  string
		forced bool
	}{
		"in the background":      {session + " &", false},
		"by a double fork":       {"(" + session + " & ) &", false},
		"deaf":                   {deaf + session + " &", true},
		"deaf by a double fork":  {deaf + "(" + session + " & ) &", true},
		"and goes on beside it":  {session + " & while :; do sleep 100; done", false},
		"deaf, beside it":        {deaf + session + " & while :; do sleep 100; done", true},
		"and closes its outputs": {session + " > /dev/null 2>&1 &", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			grace := limit
			if test.forced {
				grace = brief
			}
			s := newScript(t, test.lines)
			for range 2 {
				s.start(t)
				left := s.process(t)
				s.stops(t, grace, test.forced)
				wantGone(t, left)
				s.ends(t)
			}
			s.start(t)
			left := s.process(t)
			s.Close()
			wantGone(t, left)
			s.wantNobody(t)
		})
	}
}

// TestCommandStartsClean: what a run that ended by itself left behind is gone before the next.
func TestCommandStartsClean(t *testing.T) {
	t.Parallel()
	s := newScript(t, `setsid sleep 100 &`, `say $!`)
	s.start(t)
	first := s.process(t)
	s.ends(t)
	s.start(t)
	wantGone(t, first)
	s.process(t)
}

// TestCommandForks: processes that are born while it is stopped are ended all the same.
func TestCommandForks(t *testing.T) {
	t.Parallel()
	s := newScript(t, `trap '' TERM`, `say ready`, `for i in $(seq 100); do setsid sleep 100 & done`, `wait`)
	s.start(t)
	s.hears(t)
	s.stops(t, brief, true)
}

// TestCommandOutputIsHeld: somebody whom nobody can find has the output open, and holds
// nothing up.
func TestCommandOutputIsHeld(t *testing.T) {
	t.Parallel()
	s := newScript(t, `env -i setsid sh -c 'echo $$; exec sleep 100' | { read pid; say $pid; } & exec sleep 100`)
	s.start(t)
	hidden := s.process(t)
	t.Cleanup(func() { _ = syscall.Kill(hidden, syscall.SIGKILL) })
	if !lookAt(hidden).alive() {
		t.Fatal("nobody is hidden")
	}
	s.stops(t, limit, false)
	s.ends(t)
}
