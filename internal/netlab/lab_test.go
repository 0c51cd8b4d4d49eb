//go:build linux

package netlab

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"ttcheck/internal/link"
)

// asPeer, set in the environment, makes the test binary a speaker of multicast DNS on
// the lab's link: it writes down what it hears, after it said what it was given.
const asPeer = "BE_A_PEER"

func TestMain(m *testing.M) {
	if words := os.Getenv(asPeer); words != "" {
		if err := bePeer(words); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func bePeer(words string) error {
	on, err := link.ByName(Link)
	if err != nil {
		return err
	}
	conn, err := on.Listen(link.Options{})
	if err != nil {
		return err
	}
	fmt.Println("listening")
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			_ = conn.Multicast([]byte(words)) // fails while there is no carrier
		}
	}()
	for d := range conn.Packets() {
		fmt.Printf("%s from %s\n", d.Data, d.From.Addr())
	}
	return nil
}

func (h *Host) peer(t *testing.T, words string) *Process {
	t.Helper()
	p := h.Start(t, "env", asPeer+"="+words, os.Args[0])
	p.Await(t, "listening")
	return p
}

// labTest skips in -short: a lab takes a second.
func labTest(t *testing.T) *Lab {
	t.Helper()
	if testing.Short() {
		t.Skip("a lab of network namespaces takes time")
	}
	t.Parallel()
	return New(t)
}

// TestLabLink proves that hosts hear each other by both families, under an address
// that changes, and not without a carrier.
func TestLabLink(t *testing.T) {
	lab := labTest(t)
	a, b := lab.Host("a", "10.77.0.10/24"), lab.Host("b", "10.77.0.11/24")
	listener := a.peer(t, "this is a")
	speaker := b.peer(t, "this is b")
	listener.Await(t, "this is b from 10.77.0.11")
	listener.Await(t, "this is b from fe80:")
	speaker.Await(t, "this is a from 10.77.0.10")
	speaker.Stop()

	b.AddAddress("10.77.0.21/24")
	b.DeleteAddress("10.77.0.11/24")
	speaker = b.peer(t, "b has moved")
	listener.Await(t, "b has moved from 10.77.0.21")

	b.CarrierDown()
	heard := func(p *Process) int { return strings.Count(p.Output(), "b has moved") }
	goesOn := func() {
		mark := heard(speaker)
		lab.until("b goes on, heard by itself", func() bool { return heard(speaker) > mark+2 })
	}
	goesOn() // what was on its way has come by then
	before := heard(listener)
	goesOn()
	if after := heard(listener); after != before {
		t.Errorf("a heard b %d times while b had no carrier", after-before)
	}
	b.CarrierUp()
	lab.until("b is heard again", func() bool { return heard(listener) > before })
}

// TestLabSink proves that the sink counts what leaves by it, and nothing else.
func TestLabSink(t *testing.T) {
	lab := labTest(t)
	h := lab.Host("a", "10.77.0.10/24")
	h.AddSink()
	h.peer(t, "by the link").Await(t, "by the link from")
	if sent := h.Sent(t, Sink); sent != 0 {
		t.Errorf("%d packets left by the sink unasked", sent)
	}
	if sent := h.Sent(t, Link); sent == 0 {
		t.Error("no packet left by the link")
	}
	conn, err := h.Dial(t.Context(), "udp", "192.0.2.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("a word")); err != nil {
		t.Fatal(err)
	}
	lab.until("a packet is counted", func() bool { return h.Sent(t, Sink) > 0 })
}

// TestLabProcess proves that processes are ended as they let themselves be ended, and
// with their test at the latest.
func TestLabProcess(t *testing.T) {
	lab := labTest(t)
	h := lab.Host("a")
	orderly := h.Start(t, "sh", "-c", "trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.01; done")
	orderly.Await(t, "ready")
	if code := orderly.Stop(); code != 4 || !strings.HasSuffix(orderly.Output(), "bye\n") {
		t.Errorf("exit code %d, output %q", code, orderly.Output())
	}
	stubborn := h.Start(t, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done")
	stubborn.Await(t, "ready")
	if code := stubborn.Stop(); code != -1 {
		t.Errorf("exit code %d of a process that has to be killed", code)
	}
	var pid int
	t.Run("left running", func(t *testing.T) {
		p := h.Start(t, "sh", "-c", "echo ready; exec sleep 60")
		p.Await(t, "ready")
		pid = p.cmd.Process.Pid
	})
	if alive(pid) {
		t.Error("a process has outlived its test")
	}
}

// TestLabRemoval proves that a lab goes with its test, even one that left processes
// behind, and that what was left by a test which was killed goes with the next.
func TestLabRemoval(t *testing.T) {
	lab := labTest(t)
	lab.Host("a")
	var prefix string
	t.Run("a test", func(t *testing.T) {
		inner := New(t)
		h := inner.Host("a")
		h.AddSink()
		h.Output(t, "sh", "-c", "sleep 60 >/dev/null 2>&1 &")
		prefix = inner.prefix
	})
	here := func(prefix string) bool {
		return slices.ContainsFunc(spaces(), func(s string) bool { return strings.HasPrefix(s, prefix) })
	}
	if here(prefix) || !here(lab.prefix) {
		t.Errorf("left: %q", spaces())
	}
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	space := fmt.Sprintf("%s%d-1-left", namePrefix, dead.Process.Pid)
	if err := (&Lab{}).space(space); err != nil {
		t.Fatal(err)
	}
	sweep()
	if here(space) || !here(lab.prefix) {
		t.Errorf("left after sweeping: %q", spaces())
	}
}

// TestLabAvahi proves that what one host publishes another finds, and no longer when
// it has stopped.
func TestLabAvahi(t *testing.T) {
	lab := labTest(t)
	service := Service{Instance: "Kitchen <1>; \u00e4", Type: "_tracker-http._tcp", Port: 8000, TXT: []string{"a=b"}}
	Need(t, "avahi-browse")
	publisher := lab.Host("gateway", "10.77.0.10/24").Publish(t, service)
	browser := lab.Host("tester", "10.77.0.2/24").Avahi(t)
	want := Found{Family: "IPv4", Instance: service.Instance, Host: "gateway.local", Address: "10.77.0.10", Port: "8000", TXT: `"a=b"`}
	lab.until("it is found", func() bool { return slices.Contains(browser.Browse(t, service.Type), want) })
	if code := publisher.Stop(); code != 0 {
		t.Errorf("avahi-daemon: exit code %d", code)
	}
	lab.until("it is gone", func() bool { return len(browser.Browse(t, service.Type)) == 0 })
}

func TestOwner(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		space string
		pid   int
		ok    bool
	}{
		{"ttlab-123-4-switch", 123, true},
		{"ttlab-123", 123, false},
		{"ttlab-x-1-a", 0, false},
		{"ttlab--1-a", 0, false},
		{"other", 0, false},
	} {
		if pid, ok := owner(test.space); ok != test.ok || ok && pid != test.pid {
			t.Errorf("%s: process %d, %t", test.space, pid, ok)
		}
	}
	if !alive(os.Getpid()) {
		t.Error("this process is taken for dead")
	}
}

func TestUnescape(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ label, want string }{
		{`Gateway\032One`, "Gateway One"},
		{`a\.b\\c`, `a.b\c`},
		{`\195\164`, "ä"},
		{`\999`, "999"},
		{`end\`, `end\`},
	} {
		if got := unescape(test.label); got != test.want {
			t.Errorf("%s: %q, want %q", test.label, got, test.want)
		}
	}
}
