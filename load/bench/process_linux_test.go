package main

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestProcess(t *testing.T) {
	t.Parallel()
	p, err := launch([]string{"WHERE=here"}, "/bin/sh", "-c", `echo "it is: $WHERE"; exec sleep 600`)
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	if where, err := p.line(t.Context(), "it is: "); err != nil || where != "here" {
		t.Errorf("said %q, %v", where, err)
	}
	if m, err := memoryOf(p.pid()); err != nil || m.now <= 0 || m.peak < m.now {
		t.Errorf("memory %+v, %v", m, err)
	}
	p.stop()
	if p.failure() == nil {
		t.Error("it ended by itself")
	}
	if _, err := cpuTime(p.pid()); err == nil {
		t.Error("it is still there")
	}
}

func TestAFailureIsTold(t *testing.T) {
	t.Parallel()
	p, err := launch(nil, "/bin/sh", "-c", "echo alas >&2; exit 7")
	if err != nil {
		t.Fatal(err)
	}
	defer p.stop()
	err = p.wait(t.Context(), time.Minute)
	if err == nil || !strings.Contains(err.Error(), "7") || !strings.Contains(err.Error(), "alas") {
		t.Errorf("it ended with %v", err)
	}
	if _, err := p.line(t.Context(), "never said"); err == nil {
		t.Error("a line came from nowhere")
	}
}

func TestCPUTimeGrowsWithWork(t *testing.T) {
	t.Parallel()
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		now, err := cpuTime(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		if now >= before+2*tick {
			return
		}
	}
	t.Error("a minute of work took no CPU time")
}
