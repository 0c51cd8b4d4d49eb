package protocol_test

import (
	"strings"
	"testing"

	"ttcheck/protocol"
)

func TestRedact(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"":                         "…",
		"hunter2":                  "…",
		strings.Repeat("a", 23):    "…",
		"abcd0123456789012345wxyz": "abcd…wxyz",
		secret:                     "0123…cdef",
		"é" + secret:               "…",
		"\xff" + secret:            "…",
		secret + "\n":              "…",
	} {
		if got := protocol.Redact(secret); got != want {
			t.Errorf("Redact of %d bytes = %q, want %q", len(secret), got, want)
		}
	}
}

func TestIsTokenForm(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		secret:                  true,
		strings.ToUpper(secret): true,
		secret[1:]:              false,
		secret + "0":            false,
		secret + "\n":           false,
		"g" + secret[1:]:        false,
		"":                      false,
	} {
		if got := protocol.IsTokenForm(s); got != want {
			t.Errorf("IsTokenForm(%q) = %v", s, got)
		}
	}
}
