package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestPlainly proves that no flag's error speaks of Go.
func TestPlainly(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1000)
	for _, test := range []struct{ flag, value, want string }{
		{"sockets", "abc", `--sockets "abc": want a whole number`},
		{"sockets", "5.5", `--sockets "5.5": want a whole number`},
		{"seed", "-1", `--seed "-1": want a whole number from 0`},
		{"seed", "99999999999999999999", `--seed "99999999999999999999": want a whole number from 0 that is not so large`},
		{"ramp", "10", `--ramp "10": want a duration such as 10s or 1m30s`},
		{"step", "few", `--step "few": want a number`},
		{"max", long, `--max "` + long[:40] + `": want a number`},
	} {
		_, cmd := loadWith(t)
		if err := plainly(cmd.Flags().Parse([]string{"--" + test.flag + "=" + test.value})); err == nil || err.Error() != test.want {
			t.Errorf("%v, want %s", err, test.want)
		}
	}
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.Bool("strict", false, "")
	if err := plainly(flags.Parse([]string{"--strict=maybe"})); err == nil || err.Error() != `--strict "maybe": want true or false` {
		t.Error(err)
	}
	if err := plainly(flags.Parse([]string{"--loud"})); err == nil || !strings.Contains(err.Error(), "--loud") {
		t.Error(err)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	_, cmd := loadWith(t)
	for _, test := range []struct {
		flag, text string
		want       []string
	}{
		{"threshold", "lost<5", []string{"lost<5"}},
		{"threshold", "\n lost<5 \r\n\nevents>2\n", []string{"lost<5", "events>2"}},
		{"threshold", " \n", []string{" \n"}},
		{"threshold", "", []string{""}},
		{"stage", "1s:sockets=1\n2s:sockets=2", []string{"1s:sockets=1", "2s:sockets=2"}},
		{"token-file", "a\nb", []string{"a\nb"}},
		{"source", "a,b", []string{"a,b"}},
	} {
		if got := values(cmd.Flags().Lookup(test.flag), test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q is %q, want %q", test.flag, test.text, got, test.want)
		}
	}
}
