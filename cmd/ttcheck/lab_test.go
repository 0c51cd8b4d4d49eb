//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ttcheck/internal/netlab"
)

const (
	serviceType = "_tracker-http._tcp"
	// labPatience is how long what must come about in a lab may take; a test that
	// holds a limit of the requirements has a shorter one.
	labPatience = 15 * time.Second
	control     = "127.0.0.1:8001"
)

// Tests in a lab wait more than they work: more of them than there are processors may
// run at a time. The command line comes later, and has the last word.
func init() {
	if os.Getenv(asMain) != "" {
		return
	}
	testing.Init()
	_ = flag.Set("test.parallel", strconv.Itoa(max(4, runtime.GOMAXPROCS(0))))
}

// newLab makes a lab for a test of its own. A lab takes seconds.
func newLab(t *testing.T) *netlab.Lab {
	t.Helper()
	if testing.Short() {
		t.Skip("a lab of network namespaces takes time")
	}
	t.Parallel()
	return netlab.New(t)
}

// commandOn is ttcheck on a host, in a clean environment.
func commandOn(ctx context.Context, t *testing.T, h *netlab.Host, words []string) *exec.Cmd {
	t.Helper()
	cmd := h.Command(ctx, os.Args[0], words...)
	cmd.Env = []string{
		asMain + "=1", "NO_COLOR=1", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(),
		"GORACE=atexit_sleep_ms=0", // else each process sleeps a second before it ends
	}
	return cmd
}

// startOn starts ttcheck on a host.
func startOn(t *testing.T, h *netlab.Host, words ...string) *netlab.Process {
	t.Helper()
	return h.Launch(t, commandOn(t.Context(), t, h, words))
}

// runOn runs ttcheck on a host to its end.
func runOn(t *testing.T, h *netlab.Host, words ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := commandOn(ctx, t, h, words)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		if _, exited := errors.AsType[*exec.ExitError](err); !exited {
			t.Fatalf("ttcheck %s: %v", strings.Join(words, " "), err)
		}
	}
	return cmd.ProcessState.ExitCode(), out.String(), complaint.String()
}

// advertise starts a gateway that advertises itself on the lab's link, and waits
// until it does.
func advertise(t *testing.T, h *netlab.Host, instance, listen string) *netlab.Process {
	t.Helper()
	p := startOn(t, h, "gateway", "--listen", listen, "--control", control, "--advertise", netlab.Link, "--instance", instance)
	p.Await(t, "advertised: ")
	return p
}

// order posts to the control listener of the gateway on a host.
func order(t *testing.T, h *netlab.Host, path string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), labPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+control+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	inside := &http.Transport{DialContext: h.Dial, DisableKeepAlives: true}
	res, err := inside.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode/100 != 2 {
		t.Fatalf("POST %s: %s: %s", path, res.Status, body)
	}
}

// await checks again and again until all is as it should be.
func await(t *testing.T, within time.Duration, check func() error) {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		took := time.Since(began)
		switch {
		case err == nil && took <= within:
			return
		case err == nil:
			t.Fatalf("it took %v, longer than %v", took, within)
		case took > within:
			t.Fatalf("not within %v: %v", within, err)
		}
		<-tick.C
	}
}

// same is an error unless exactly these are there.
func same(got, want []string) error {
	slices.Sort(got)
	if got = slices.Compact(got); !slices.Equal(got, want) {
		return fmt.Errorf("%q, want %q", got, want)
	}
	return nil
}

// discovered is what `ttcheck discover --json` prints.
type discovered struct {
	Interfaces []string
	Gateways   []struct {
		Instance  string
		Addresses []string
		Port      int
		Interface string
		Answers   bool
	}
}

// discover searches from a host for the usual 3 s, and returns what was found and the
// exit code.
func discover(t *testing.T, h *netlab.Host) (discovered, int) {
	t.Helper()
	code, stdout, stderr := runOn(t, h, "discover", "--interface", netlab.Link, "--json")
	var found discovered
	if err := json.Unmarshal([]byte(stdout), &found); err != nil {
		t.Fatalf("discover: exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	return found, code
}

// operator has a function do what a run asks for by --restart-cmd, and returns the
// command. The command ends when the function has.
func operator(t *testing.T, do func(what string)) (command string) {
	t.Helper()
	dir := t.TempDir()
	asked, done := fifo(t, filepath.Join(dir, "asked")), fifo(t, filepath.Join(dir, "done"))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(asked); lines.Scan(); {
			answer := "failed"
			var doing sync.WaitGroup
			doing.Go(func() { // which t.Fatal may end
				do(lines.Text())
				answer = "done"
			})
			doing.Wait()
			fmt.Fprintln(done, answer)
		}
	}()
	t.Cleanup(func() {
		asked.Close()
		<-ended
	})
	return fmt.Sprintf(`echo "$1" > '%s' && read -r answer < '%s' && test "$answer" = "done"`, asked.Name(), done.Name())
}

// fifo makes a pipe with a name. It is open at both ends, and so never at its end.
func fifo(t *testing.T, path string) *os.File {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}
