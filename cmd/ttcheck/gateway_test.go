package main

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"ttcheck/internal/link"
	"ttcheck/report"
)

// TestGatewayAdvertised proves that the name is told once it is held, and that Ctrl-C
// ends the gateway in good order.
func TestGatewayAdvertised(t *testing.T) {
	t.Parallel()
	lo, err := link.Loopback()
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	conn, err := lo.Listen(link.Options{Alone: true, OnlyIPv4: true})
	if err != nil {
		t.Skip("no multicast on the loopback: ", err)
	}
	conn.Close()
	p := start(t, "gateway", "--listen", "127.0.0.1:0", "--advertise", lo.Name(), "--instance", "ttcheck's own (test)")
	p.stdout.await(t, "\nadvertised: ttcheck's own (test) on "+lo.Name()+"\n")
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 0 || p.stderr.String() != "" {
		t.Errorf("exit code %d, stderr %q", code, p.stderr)
	}
}

// TestGatewayAdvertiseErrors proves that what cannot be advertised is told in one line.
func TestGatewayAdvertiseErrors(t *testing.T) {
	t.Parallel()
	lo, err := link.Loopback()
	if err != nil {
		t.Skip("no loopback: ", err)
	}
	tests := map[string]struct {
		words []string
		says  string
	}{
		"unknown interface":     {[]string{"--advertise", "nope0"}, "nope0"},
		"name without a link":   {[]string{"--instance", "x"}, "needs --advertise"},
		"empty name":            {[]string{"--advertise", lo.Name(), "--instance", ""}, "want 1 to 63"},
		"long name":             {[]string{"--advertise", lo.Name(), "--instance", strings.Repeat("x", 64)}, "64 bytes"},
		"name of control codes": {[]string{"--advertise", lo.Name(), "--instance", "a\x1b[2J"}, "control character"},
		"name that is no text":  {[]string{"--advertise", lo.Name(), "--instance", "a\xff"}, "UTF-8"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := ttcheck(t, append([]string{"gateway", "--listen", "127.0.0.1:0"}, test.words...)...)
			if code != report.ExitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.says) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q", code, stdout, stderr, test.says)
			}
			if strings.Contains(stderr, "\x1b") || !utf8.ValidString(stderr) {
				t.Error("the error repeats what a terminal acts on")
			}
		})
	}
}
