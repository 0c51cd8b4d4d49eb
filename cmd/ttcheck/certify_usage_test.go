package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ttcheck/report"
)

// TestCertifyOneLineErrors proves that what makes no sense is told in one clear line, before
// any integration is started, and that neither the line nor anything else is a report.
func TestCertifyOneLineErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	started := filepath.Join(dir, "started")
	readOnly := filepath.Join(dir, "certificate.json")
	if err := os.WriteFile(readOnly, []byte("kept"), 0o444); err != nil {
		t.Fatal(err)
	}
	of := func(words ...string) []string {
		return append([]string{"certify", "--pos-cmd", "echo geheim > '" + started + "'"}, words...)
	}
	for name, test := range map[string]struct {
		words []string
		says  string
	}{
		"unknown act":                   {of("--act", "start,lunch"), `--act: unknown act "lunch": use start, work, trouble, restart, end`},
		"empty act":                     {of("--act", "start,,end"), `--act: unknown act ""`},
		"both ways to drive":            {of("--manual"), "--pos-cmd and --manual exclude each other"},
		"manual without a terminal":     {[]string{"certify", "--manual"}, "--manual needs a terminal"},
		"unknown interface":             {of("--discovery", "nope0"), `--discovery: there is no interface "nope0"`},
		"discovery of the embedded":     {[]string{"certify", "--discovery", "off"}, "need --pos-cmd or --manual"},
		"address of the embedded":       {[]string{"certify", "--listen", "127.0.0.1:0"}, "need --pos-cmd or --manual"},
		"new address of the embedded":   {[]string{"certify", "--move-to", "127.0.0.2"}, "need --pos-cmd or --manual"},
		"listen on a name":              {of("--listen", "localhost:8000"), `--listen "localhost:8000": want an address`},
		"listen on all addresses":       {of("--listen", "0.0.0.0"), `--listen "0.0.0.0": want an address`},
		"all addresses, with a port":    {of("--listen", "[::]:80"), `--listen "[::]:80": want an address`},
		"listen on a port of no kind":   {of("--listen", "127.0.0.1:99999"), `--listen "127.0.0.1:99999": want an address`},
		"move to a URL":                 {of("--discovery", "off", "--move-to", "http://127.0.0.1/"), `--move-to "http://127.0.0.1/": want an address`},
		"move to what is much too long": {of("--move-to", strings.Repeat("1", 5000)), `--move-to "111111111111111111111111111111111111111111111111111111111111": want`},
		"clock that is too slow":        {of("--speedup", "0.01"), "--speedup 0.01: want a number from 0.1 to 200"},
		"clock that is too fast":        {of("--speedup", "201"), "--speedup 201: want a number from 0.1 to 200"},
		"clock that stands":             {of("--speedup", "0"), "--speedup 0: want a number"},
		"clock that goes back":          {of("--speedup", "-1"), "--speedup -1: want a number"},
		"clock that is no number":       {of("--speedup", "NaN"), "--speedup NaN: want a number"},
		"clock in words":                {of("--speedup", "fast"), `--speedup "fast": want a number`},
		"no patience":                   {of("--patience", "-1s"), "--patience, --stop-grace and --timeout must be positive"},
		"no time to stop":               {of("--stop-grace", "0s"), "must be positive"},
		"no time at all":                {of("--timeout", "0s"), "must be positive"},
		"patience in words":             {of("--patience", "long"), `--patience "long": want a duration`},
		"stray argument":                {of("start"), "no argument such as \"start\""},
		"unknown flag":                  {of("--pos-comand", "x"), "see ttcheck certify --help"},
		"read-only certificate":         {of("--json", readOnly), "--json: "},
		"certificate in no directory":   {of("--markdown", filepath.Join(readOnly, "x.md")), "--markdown: "},
		"results in no directory":       {of("--junit", filepath.Join(dir, "none", "x.xml")), "--junit: "},
		"two reports in one":            {of("--json", "-", "--markdown", "-"), "--markdown: another report goes to - already"},
		"twin that is mistyped":         {append([]string{"TTCHECK_POS_COMMAND=x"}, of()...), "TTCHECK_POS_COMMAND is the twin of no flag"},
		"twin with a bad value":         {append([]string{"TTCHECK_STRICT=rather"}, of()...), `variable TTCHECK_STRICT: --strict "rather": want true or false`},
		"acts of a twin":                {append([]string{"TTCHECK_ACT=start,siesta"}, of()...), `unknown act "siesta"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := ttcheck(t, test.words...)
			if code != report.ExitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "ttcheck: ") || !strings.Contains(stderr, test.says) {
				t.Errorf("exit code %d, stdout %q, stderr %q; want one line that says %q", code, stdout, stderr, test.says)
			}
			if strings.Contains(stderr, "geheim") || len(stderr) > 1000 {
				t.Errorf("stderr shows too much: %.2000q", stderr)
			}
		})
	}
	t.Cleanup(func() {
		if _, err := os.Stat(started); err == nil {
			t.Error("an integration was started")
		}
		if kept, err := os.ReadFile(readOnly); err != nil || string(kept) != "kept" {
			t.Errorf("the read-only certificate holds %q (%v)", kept, err)
		}
	})
}
