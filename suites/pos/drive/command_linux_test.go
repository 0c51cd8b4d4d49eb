package drive

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestCommandStops(t *testing.T) {
	t.Parallel()
	s := newScript(t, `trap 'echo closing; exit 0' TERM`, `(say ready; exec sleep 100) &`, `wait`)
	if forced, err := s.Stop(t.Context(), 0); forced || err != nil || s.Ended() != nil || s.Exit() != "" || s.ExitCode() != -1 {
		t.Errorf("before the start: %v, %v, %v, %q, %d", forced, err, s.Ended(), s.Exit(), s.ExitCode())
	}
	for range 2 {
		s.start(t)
		if line := s.hears(t); line != "ready" {
			t.Errorf("the script says %q", line)
		}
		if s.Exit() != "" || s.ExitCode() != -1 {
			t.Errorf("it goes on, and ended with %q", s.Exit())
		}
		if err := s.Start(t.Context(), Site{}); !errors.Is(err, errRunning) {
			t.Errorf("started beside itself: %v", err)
		}
		s.stops(t, limit, false)
		s.ends(t)
		s.wantExit(t, "exit status 0; it wrote last:\nclosing", 0)
		s.stops(t, limit, false)
	}
	s.Close()
	s.Close()
	s.wantExit(t, "exit status 0; it wrote last:\nclosing", 0)
	if !s.CanKill() || s.String() != "command" {
		t.Error(s)
	}
}

func TestCommandIsForced(t *testing.T) {
	t.Parallel()
	s := newScript(t, `trap '' TERM`, `say ready`, `while :; do sleep 100; done`)
	s.start(t)
	s.hears(t)
	s.stops(t, brief, true)
	s.ends(t)
	s.wantExit(t, "signal: killed", -1)

	s.start(t)
	s.hears(t)
	cause := errors.New("Ctrl-C")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	if forced, err := s.Stop(ctx, limit); !forced || !errors.Is(err, cause) {
		t.Errorf("stopped in haste: %v, %v", forced, err)
	}
}

func TestCommandIsKilled(t *testing.T) {
	t.Parallel()
	s := newScript(t, `trap 'say no' TERM`, `sleep 100 &`, `setsid sleep 100 &`, `say $!`, `wait`)
	if err := s.Kill(t.Context()); err != nil {
		t.Errorf("before the start: %v", err)
	}
	s.start(t)
	child := s.process(t)
	if err := s.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.ends(t)
	s.wantExit(t, "signal: killed", -1)
	s.wantNobody(t)
	wantGone(t, child)
}

func TestCommandCrashes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command, want string
		code          int
	}{
		"at once":         {`echo alas >&2; exit 3`, "exit status 3; it wrote last:\nalas", 3},
		"without a word":  {`exit 1`, "exit status 1", 1},
		"by a signal":     {`kill -SEGV $$`, "signal: segmentation fault", -1},
		"no such program": {`exec /no/such/program 2>/dev/null`, "exit status 127", 127},
		"no program":      {`exec / 2>/dev/null`, "exit status 126", 126},
		"no shell":        {`)`, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, test.command)
			s.start(t)
			s.ends(t)
			if test.want == "" {
				test.want = s.Exit() // the shell's own words
			}
			s.wantExit(t, test.want, test.code)
			s.stops(t, limit, false)
			s.start(t)
		})
	}
}

// TestCommandChatters: whatever it writes, it is neither held up nor kept.
func TestCommandChatters(t *testing.T) {
	t.Parallel()
	s := newScript(t, `head -c 50000000 /dev/zero | tr '\0' x`, `yes | head -n 100000 >&2`, `echo`, `echo last`, `say ready`, `exec sleep 100`)
	s.start(t)
	s.hears(t)
	s.stops(t, limit, false)
	exit := s.Exit()
	if !strings.HasPrefix(exit, "signal: terminated; it wrote last:\ny\n") || !strings.HasSuffix(exit, "\ny\n\nlast") || len(exit) > maxTail+100 {
		t.Errorf("it ended with %.100q (%d bytes)", exit, len(exit))
	}
	if kept := cap(s.run.tail.kept); kept > 4*maxTail {
		t.Errorf("%d bytes are held", kept)
	}
}

// TestCommandEndsWithItsGroup: that the shell has ended is not enough.
func TestCommandEndsWithItsGroup(t *testing.T) {
	t.Parallel()
	s := newScript(t, `cd "$(dirname "$TTCHECK_TOKEN_FILE")"; mkfifo leave`,
		`(say ready; read go < leave; echo > left) > /dev/null 2>&1 &`, `say $$`)
	s.start(t)
	shell := s.hears(t)
	if shell == "ready" {
		shell = s.hears(t)
	} else {
		s.hears(t)
	}
	waitFor(t, func() bool { _, err := os.Stat("/proc/" + shell); return err != nil })
	select {
	case <-s.Ended():
		t.Error("it ended with its shell")
	case <-time.After(brief):
	}
	if err := os.WriteFile(filepath.Join(s.dir, "leave"), []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ends(t)
	if _, err := os.Stat(filepath.Join(s.dir, "left")); err != nil {
		t.Errorf("it ended too early: %v", err)
	}
	s.wantExit(t, "exit status 0", 0)
	s.stops(t, limit, false)
}

// TestCommandOutlivesItsShell: the shell dies of SIGTERM, the program closes in order.
func TestCommandOutlivesItsShell(t *testing.T) {
	t.Parallel()
	s := newScript(t, `dir=$(dirname "$TTCHECK_TOKEN_FILE"); mkfifo "$dir/leave"`,
		`(trap 'say closing; read go < "$dir/leave"; echo closed; exit 0' TERM; (say ready; exec sleep 100) & wait) &`, `wait`)
	s.start(t)
	s.hears(t)
	type outcome struct {
		forced bool
		err    error
	}
	stopped := make(chan outcome, 1)
	go func() {
		forced, err := s.Stop(context.WithoutCancel(t.Context()), limit)
		stopped <- outcome{forced, err}
	}()
	if line := s.hears(t); line != "closing" {
		t.Errorf("the script says %q", line)
	}
	select {
	case <-s.Ended():
		t.Error("it is told to have ended")
	case got := <-stopped:
		t.Errorf("it is told to have stopped: %v", got)
	default:
	}
	if s.Exit() != "" {
		t.Errorf("it goes on, and ended with %q", s.Exit())
	}
	if err := os.WriteFile(filepath.Join(s.dir, "leave"), []byte("go\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := <-stopped; got.forced || got.err != nil {
		t.Errorf("stopped: %v", got)
	}
	if exit := s.Exit(); !strings.HasPrefix(exit, "signal: terminated; it wrote last:\n") || !strings.HasSuffix(exit, "\nclosed") {
		t.Errorf("it ended with %q", exit)
	}
}

// TestCommandNeedsAShell: what shows at once fails the start.
func TestCommandNeedsAShell(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	p := Command("true")
	defer p.Close()
	if err := p.Start(t.Context(), Site{}); err == nil || !strings.Contains(err.Error(), "start the integration: ") {
		t.Errorf("started without a shell: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Start(ctx, Site{}); !errors.Is(err, context.Canceled) {
		t.Errorf("started without time: %v", err)
	}
	if p.Ended() != nil || p.Exit() != "" {
		t.Errorf("it ran: %q", p.Exit())
	}
}

// TestCommandEnvironment: our flags are not its flags.
func TestCommandEnvironment(t *testing.T) {
	t.Setenv("TTCHECK_TOKEN", "geheim")
	t.Setenv("TTCHECK_TARGET", "elsewhere:1")
	s := newScript(t, `env | grep ^TTCHECK_ | sort; if read -r line; then echo "$line"; fi`)
	if err := s.Start(t.Context(), Site{Gateway: "127.0.0.1:8000", Link: "lo", Speedup: 20, State: s.dir}); err != nil {
		t.Fatal(err)
	}
	s.ends(t)
	s.wantExit(t, "exit status 0; it wrote last:\nTTCHECK_GATEWAY=127.0.0.1:8000\nTTCHECK_INTERFACE=lo\nTTCHECK_SPEEDUP=20\nTTCHECK_TOKEN_FILE="+s.dir+"/token", 0)
}

// TestCommandPanics: Close in a defer leaves nothing behind.
func TestCommandPanics(t *testing.T) {
	t.Parallel()
	s := newScript(t, `say $$`, `exec sleep 100`)
	var pid int
	func() {
		defer func() { _ = recover() }()
		defer s.Close()
		s.start(t)
		pid = s.process(t)
		var none *runtime.Error
		_ = *none // a crash of the harness
	}()
	wantGone(t, pid)
}
