//go:build linux

package pos

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	posfixture "ttcheck/fixtures/pos"
	"ttcheck/report"
	"ttcheck/suites/pos/drive"
)

const (
	// processSpeedup and processPatience keep what never comes to five seconds, and have
	// nothing judged by less than a busy machine is late. floodSpeedup is for the one that has
	// the button pressed, and then waited for in vain.
	processSpeedup, processPatience, floodSpeedup = 5, 5 * time.Second, 20
	// processLimit is how long a run may take whose integration misbehaves.
	processLimit = 90 * time.Second
	// marker is in the environment of what a misbehaving integration starts.
	marker = "CERTIFY_TEST_PROCESS"
	// character, in the environment, makes the test binary an integration, see TestBeProcess.
	character = "CERTIFY_TEST_BE"
)

// as is a command of the shell that becomes an integration of some character. The race
// detector would have it linger for a second when it ends.
func as(name string) string {
	return fmt.Sprintf("GORACE=atexit_sleep_ms=0 %s=%s exec '%s' -test.run='^TestBeProcess$'", character, name, os.Args[0])
}

// characters are integrations that need more than a shell.
var characters = map[string]func(gateway string, speedup float64){
	"sound": func(gateway string, speedup float64) {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		sound(ctx, gateway, speedup)
	},
	"deaf": func(gateway string, speedup float64) {
		signal.Ignore(syscall.SIGTERM)
		sound(context.Background(), gateway, speedup)
	},
	"talkative": func(gateway string, speedup float64) {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		go func() {
			for line := strings.Repeat("all is well ", 1000) + "\n"; ctx.Err() == nil; {
				fmt.Print(line)
				time.Sleep(time.Millisecond) // 12 MB a second: enough to fill any pipe
			}
		}()
		sound(ctx, gateway, speedup)
	},
	"crashing": func(gateway string, _ float64) {
		if res, err := http.Get("http://" + gateway + "/api/v2"); err == nil {
			_ = res.Body.Close()
		}
		fmt.Println("order 7 is not of this world")
		os.Exit(9)
	},
	"fragile": func(gateway string, speedup float64) { // it does not survive the first snapshot
		_ = posfixture.Run(context.Background(), posfixture.Options{
			Gateway: gateway, Speedup: speedup, Store: posfixture.FileStore{Path: os.Getenv("TTCHECK_TOKEN_FILE")},
			Show: func(view posfixture.View) {
				if view.Live {
					fmt.Println("no place is called", len(view.Orders))
					os.Exit(11)
				}
			},
		})
	},
	"flooding": func(gateway string, _ float64) {
		for range floodMostEver {
			ask(gateway)
			time.Sleep(time.Millisecond)
		}
		select {}
	},
}

// floodMostEver bounds a flood, which takes longer than the run that it is to meet.
const floodMostEver = 50_000

// ask asks for a token on a connection of its own.
func ask(gateway string) {
	conn, err := net.DialTimeout("tcp", gateway, time.Second)
	if err != nil {
		return
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	_, _ = io.WriteString(conn, "GET /api/v2/accesstoken/generate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	_, _ = io.Copy(io.Discard, conn)
}

// sound is the sound POS.
func sound(ctx context.Context, gateway string, speedup float64) {
	err := posfixture.Run(ctx, posfixture.Options{
		Gateway: gateway, Speedup: speedup, Store: posfixture.FileStore{Path: os.Getenv("TTCHECK_TOKEN_FILE")},
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// TestBeProcess is no test: with a character in its environment, it is an integration.
func TestBeProcess(t *testing.T) {
	be := characters[os.Getenv(character)]
	if be == nil {
		t.Skip("it is what other tests start")
	}
	speedup, err := strconv.ParseFloat(os.Getenv("TTCHECK_SPEEDUP"), 64)
	if err != nil {
		t.Fatal(err)
	}
	be(os.Getenv("TTCHECK_GATEWAY"), speedup)
	os.Exit(0) // without the words of a test
}

// TestProcesses proves that however badly a process behaves, the run ends in time, says what
// was wrong, and leaves none of it behind.
func TestProcesses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		command string
		acts    []Act
		speedup float64           // if another than processSpeedup
		grace   time.Duration     // to stop, for one that is to need force; else there is plenty
		setup   string            // what the error of the set-up says, if there is to be one
		finds   map[string]string // by case, and what the finding says; others find nothing, unless bad
		some    string            // what some finding says, where it is left open which
		remarks string
		bad     bool // at least one MUST does not hold
	}{
		"crashes at once": {
			command: `echo no configuration >&2; exit 7`, bad: true,
			finds:   map[string]string{"POS-02": "it ended by itself: exit status 7; it wrote last: no configuration", "POS-04": "exit status 7"},
			remarks: "the integration ended by itself (the search): exit status 7",
		},
		"crashes once it is connected": {
			command: as("crashing"), bad: true,
			finds:   map[string]string{"POS-04": "it ended by itself: exit status 9; it wrote last: order 7 is not of this world"},
			remarks: ": exit status 9; it wrote last: order 7 is not of this world",
		},
		"crashes at work": {
			command: as("fragile"), bad: true,
			some:    "it ended by itself: exit status 11; it wrote last: no place is called 0",
			remarks: ": exit status 11; it wrote last: no place is called 0",
		},
		"is no command": {
			command: `exec /no/such/pos`, setup: "the integration cannot be run: exit status 127", bad: true,
		},
		"never connects": {
			command: `exec sleep 1000`, bad: true,
			finds: map[string]string{"POS-02": "none within 5s of its start", "POS-03": "no request at all", "POS-04": "it never asked for a token"},
		},
		"never connects, and does not stop": {
			grace:   500 * time.Millisecond,
			command: `trap '' TERM; while :; do sleep 1000; done`, bad: true,
			finds: map[string]string{"POS-04": "it never asked for a token"},
		},
		"does not stop": {
			grace:   500 * time.Millisecond,
			command: as("deaf"), acts: []Act{Start, End},
			finds: map[string]string{"POS-21 at the end": "it did not stop within 500ms and had to be ended by force"},
		},
		"floods": {
			command: as("flooding"), speedup: floodSpeedup, bad: true,
			finds: map[string]string{"POS-05": "polls within", "POS-06": "another one"},
		},
		"prints megabytes and crashes": {
			command: `head -c 30000000 /dev/zero | tr '\0' x; echo; echo enough said; exit 5`, bad: true,
			finds: map[string]string{"POS-02": "it ended by itself: exit status 5; it wrote last: enough said"},
		},
		"prints megabytes and works": {
			command: as("talkative"), acts: []Act{Start, End},
		},
		"leaves a session behind": {
			grace:   500 * time.Millisecond,
			command: `setsid sleep 1000 & (setsid sh -c 'trap "" TERM; while :; do sleep 1000; done' &); ` + as("sound"), acts: []Act{Start, End},
			finds: map[string]string{"POS-21 at the end": "it did not stop within 500ms and had to be ended by force"},
		},
		"goes into the background": {
			command: `(` + as("sound") + `) & exit 0`, acts: []Act{Start, End},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mark := marker + "=" + strings.ReplaceAll(t.Name(), "/", "-") + "-" + strconv.Itoa(os.Getpid())
			program := drive.Command("export " + mark + "; " + test.command)
			t.Cleanup(program.Close)
			found, err := Run(t.Context(), Config{
				Integration: program, Acts: test.acts, Home: "127.0.0.1:0", State: t.TempDir(),
				Speedup: cmp.Or(test.speedup, processSpeedup), Patience: processPatience, StopGrace: cmp.Or(test.grace, processLimit), Timeout: 10 * time.Minute,
			})
			if said := fmt.Sprint(err); (err != nil) != (test.setup != "") || !strings.Contains(said, test.setup) {
				t.Errorf("error %v, want %q", err, test.setup)
			}
			if left := marked(t, mark); len(left) > 0 {
				t.Errorf("processes are left: %v", left)
			}
			if took := found.Head.Duration; took > processLimit || found.TimedOut {
				t.Errorf("it took %v", took)
			}
			if failed := found.Count(report.Fail) > 0; test.setup == "" && failed != test.bad {
				t.Errorf("it failed: %t, want %t", failed, test.bad)
			}
			all := ""
			for _, r := range found.Results {
				all += finding(found, r.Name()) + "\n"
				if said := finding(found, r.Name()); said != "" && len(said) > 5000 {
					t.Errorf("%s: a finding of %d bytes", r.Name(), len(said))
				} else if _, expected := test.finds[r.Name()]; said != "" && !expected && !test.bad {
					t.Errorf("%s: %s, %q", r.Name(), r.Verdict, said)
				}
			}
			for name, says := range test.finds {
				if said := finding(found, name); !strings.Contains(said, says) {
					t.Errorf("%s: %q, want %q in it", name, said, says)
				}
			}
			if !strings.Contains(all, test.some) {
				t.Errorf("no finding says %q: %s", test.some, all)
			}
			if !strings.Contains(strings.Join(found.Remarks, "\n"), test.remarks) {
				t.Errorf("remarks %q, want %q", found.Remarks, test.remarks)
			}
		})
	}
}

// TestMarked proves that what would be left behind would be seen.
func TestMarked(t *testing.T) {
	t.Parallel()
	mark := marker + "=TestMarked-" + strconv.Itoa(os.Getpid())
	for name, command := range map[string]string{"by its words": "sleep 1000; : " + mark, "by its environment": "exec sleep 1000"} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		if cmd.Env = os.Environ(); name == "by its environment" {
			cmd.Env = append(cmd.Env, mark)
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// A process has no environment for a moment while it becomes another program.
		for late := time.Now().Add(processLimit); len(marked(t, mark)) == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(late) {
				t.Errorf("what is marked %s is not seen", name)
				break
			}
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		if left := marked(t, mark); len(left) > 0 {
			t.Errorf("what has ended is seen: %v", left)
		}
	}
}

// marked are the processes that live with an entry in their environment, or with it in their
// command line, as the shell itself has it.
func marked(t *testing.T, entry string) (pids []string) {
	t.Helper()
	all, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, each := range all {
		if _, err := strconv.Atoi(each.Name()); err != nil {
			continue
		}
		for _, file := range []string{"environ", "cmdline"} {
			text, err := os.ReadFile("/proc/" + each.Name() + "/" + file) // of a zombie it is empty
			if err == nil && strings.Contains(string(text), entry) {
				pids = append(pids, each.Name())
				break
			}
		}
	}
	return pids
}
