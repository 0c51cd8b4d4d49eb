//go:build linux

package netlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// bridge is the interface of the switch that joins its ports.
	bridge = "br0"
	// patience is how long a change of the network, or a command, may take.
	patience = 20 * time.Second
	// pollEvery is how often a condition is looked at that nothing tells of.
	pollEvery = 20 * time.Millisecond
)

// labs counts the labs of this process, for their names.
var labs atomic.Int64

// Lab is one network: a switch, and hosts on it. It ends with its test.
type Lab struct {
	t      testing.TB
	prefix string // of the names of its namespaces
	spaces []string
	ports  int
}

// noLab begins every reason to skip a test.
const noLab = "no lab: "

// New makes a switch without hosts. It skips the test where that is not possible.
func New(t testing.TB) *Lab {
	t.Helper()
	if err := usable(); err != nil {
		t.Skip(noLab + err.Error())
	}
	l := &Lab{t: t, prefix: fmt.Sprintf("%s%d-%d-", namePrefix, os.Getpid(), labs.Add(1))}
	t.Cleanup(l.remove)
	sweep()
	err := l.space(l.switchSpace())
	if err == nil {
		err = batch(l.switchSpace(),
			"link add "+bridge+" type bridge stp_state 0 mcast_snooping 0",
			"link set "+bridge+" up")
	}
	if err != nil {
		t.Skip(noLab + err.Error())
	}
	return l
}

// Need skips the test unless all programs are installed.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(noLab + program + " is not installed")
		}
	}
}

// usable tells why no lab can be made; nil if one can.
func usable() error {
	if os.Geteuid() != 0 {
		return errors.New("only root can make network namespaces")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return errors.New("ip (iproute2) is not installed")
	}
	return nil
}

func (l *Lab) switchSpace() string { return l.prefix + "switch" }

// settings are what each namespace begins with: an IPv6 address can be used at once,
// without asking for a second whether another host has it; and an IPv4 address
// outlives the one before it, as systemd sets it.
const settings = `cd /proc/sys/net
for f in all default; do
	echo 0 > ipv6/conf/$f/accept_dad
	echo 1 > ipv4/conf/$f/promote_secondaries
done`

// space makes a namespace.
func (l *Lab) space(name string) error {
	l.spaces = append(l.spaces, name)
	unlock := lock()
	_, err := ip("", "netns", "add", name)
	unlock()
	if err != nil {
		return err
	}
	return run(exec.Command("ip", "netns", "exec", name, "sh", "-ec", settings)) //nolint:gosec,noctx // a name of its own; it ends at once
}

// do has ip carry out commands in a namespace; the test fails unless it does.
func (l *Lab) do(space string, commands ...string) {
	l.t.Helper()
	if err := batch(space, commands...); err != nil {
		l.t.Error(err)
	}
}

// batch has ip carry out commands in a namespace, all in one go.
func batch(space string, commands ...string) error {
	if _, err := ip(strings.Join(commands, "\n")+"\n", "-n", space, "-batch", "-"); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(commands, "; "), err)
	}
	return nil
}

// until waits until done holds.
func (l *Lab) until(what string, done func() bool) {
	l.t.Helper()
	limit := time.After(patience)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-limit:
			l.t.Errorf("within %v it did not happen that %s", patience, what)
			return
		}
	}
}

// remove ends every process that is left in the lab, and the lab.
func (l *Lab) remove() {
	for _, space := range l.spaces {
		if err := removeSpace(space); err != nil {
			l.t.Errorf("remove the lab: %v", err)
		}
	}
}

// ip runs iproute2 and returns what it says.
func ip(input string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "ip", args...) //nolint:gosec // arguments of the tests'
	cmd.Stdin = strings.NewReader(input)
	var out bytes.Buffer
	cmd.Stdout = &out
	err := run(cmd)
	return out.String(), err
}

// run runs a command; the error holds what it wrote to standard error.
func run(cmd *exec.Cmd) error {
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return nil
}
