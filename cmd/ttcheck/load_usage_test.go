package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"ttcheck/fixtures/gateway"
	"ttcheck/report"
)

// file writes a file for a test, and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLoadOneLineErrors proves that a load or a merger that cannot be is refused in one
// clear line, before anything is sent.
func TestLoadOneLineErrors(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("0123456789ab", 4)
	token := "TTCHECK_TOKEN=" + secret
	g, err := gateway.Start(gateway.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	misspelt := file(t, "plan.yaml", "sockets: 5\nrates: 7\n")
	staged := file(t, "stages.yaml", "stages:\n  - {duration: 1s, sockets: 5, rate: 1}\n")
	soon := time.Now().Add(time.Hour).Format(time.RFC3339)
	nothing := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(nothing.Close)
	other := nothing.Listener.Addr().String()
	target := func(words ...string) []string {
		return append([]string{token, "load", "--target", g.Addr()}, words...)
	}

	tests := map[string]struct {
		words []string
		code  int
		says  string
	}{
		"unknown key of the plan":      {[]string{"load", "--plan", misspelt}, report.ExitUsage, "rates"},
		"plan that is not there":       {[]string{"load", "--plan", misspelt + "x"}, report.ExitUsage, "no such file"},
		"plan that is a directory":     {[]string{"load", "--plan", filepath.Dir(misspelt)}, report.ExitUsage, "--plan"},
		"sockets beside stages":        {[]string{"load", "--sockets", "5", "--stage", "1s:sockets=5,rate=1"}, report.ExitUsage, "--sockets: the plan has stages"},
		"rate beside a file's stages":  {[]string{"TTCHECK_RATE=5", "load", "--plan", staged}, report.ExitUsage, "--rate: the plan has stages"},
		"bad stage":                    {[]string{"load", "--stage", "soon"}, report.ExitUsage, "--stage"},
		"bad mix":                      {[]string{"load", "--mix", "create=1,eat=2"}, report.ExitUsage, "--mix"},
		"bad rate":                     {[]string{"load", "--rate", "fast"}, report.ExitUsage, "--rate"},
		"bad churn":                    {[]string{"load", "--churn", "-1/s"}, report.ExitUsage, "hurn"},
		"no sockets":                   {[]string{"load", "--sockets", "0"}, report.ExitUsage, "the plan"},
		"unknown way to authenticate":  {[]string{"load", "--auth", "smile"}, report.ExitUsage, "smile"},
		"bad threshold":                {[]string{"load", "--threshold", "latency<1"}, report.ExitUsage, "--threshold"},
		"bad shard":                    {[]string{"load", "--shard", "4/4"}, report.ExitUsage, "--shard"},
		"shard without a start":        {append([]string{"TTCHECK_SHARD=0/2"}, target("--allow", "orders")...), report.ExitUsage, "--start-at"},
		"shard of a relative start":    {target("--allow", "orders", "--shard", "0/2", "--start-at", "+30s"), report.ExitUsage, "--start-at"},
		"shard without a token":        {[]string{"load", "--target", g.Addr(), "--allow", "orders", "--shard", "0/2", "--start-at", soon}, report.ExitUsage, "--shard needs a token"},
		"shard without a target":       {[]string{"load", "--shard", "0/2", "--start-at", soon}, report.ExitUsage, "--shard needs a --target"},
		"start that is past":           {[]string{"load", "--start-at", "2006-01-02T15:04:05Z"}, report.ExitUsage, "is past"},
		"start that is no time":        {[]string{"load", "--start-at", "30s"}, report.ExitUsage, "--start-at"},
		"limit of what":                {[]string{"load", "--find-limit", "patience"}, report.ExitUsage, "sockets or rate"},
		"limit of a shard":             {target("--allow", "orders", "--shard", "0/2", "--start-at", soon, "--find-limit", "rate"), report.ExitUsage, "exclude each other"},
		"step without a search":        {[]string{"load", "--step", "5"}, report.ExitUsage, "--find-limit"},
		"step of nothing":              {[]string{"load", "--find-limit", "rate", "--step", "0"}, report.ExitUsage, "--step 0"},
		"search that is over at once":  {[]string{"load", "--find-limit", "sockets", "--max", "5"}, report.ExitUsage, "--max 5"},
		"changes without leave":        {target(), report.ExitUsage, "--rate 0"},
		"search of rates, no leave":    {target("--rate", "0", "--find-limit", "rate"), report.ExitUsage, "--allow orders"},
		"unknown permission":           {target("--allow", "anything"), report.ExitUsage, `unknown permission "anything"`},
		"token for the embedded one":   {[]string{token, "load"}, report.ExitUsage, "--target"},
		"press of the embedded one":    {[]string{"load", "--press", "exec:true"}, report.ExitUsage, "--press needs a --target"},
		"bad press mode":               {[]string{"load", "--target", g.Addr(), "--rate", "0", "--press", "hard"}, report.ExitUsage, "unknown press mode"},
		"no token and no button":       {[]string{"load", "--target", g.Addr(), "--rate", "0"}, report.ExitUsage, "needs a token"},
		"source of another machine":    {[]string{"load", "--source", "192.0.2.77"}, report.ExitUsage, "192.0.2.77 is no address of this machine"},
		"source that is no address":    {[]string{"load", "--source", "eth0"}, report.ExitUsage, "--source"},
		"source of the other family":   {target("--rate", "0", "--source", "::1"), report.ExitUsage, "--source"},
		"source and interface":         {[]string{"load", "--source", "127.0.0.2", "--interface", "lo"}, report.ExitUsage, "exclude each other"},
		"more sockets than can be":     {[]string{"load", "--sockets", "1000000", "--rate", "0"}, report.ExitUsage, "the plan needs 1000200 "},
		"report in no directory":       {[]string{"load", "--hdr", filepath.Join(misspelt, "x")}, report.ExitUsage, "--hdr"},
		"address for Prometheus":       {target("--rate", "0", "--prometheus", g.Addr()), report.ExitSetup, "address already in use"},
		"unknown name":                 {[]string{token, "load", "--target", "gateway..invalid", "--rate", "0", "--source", "127.0.0.1"}, report.ExitSetup, "no such host"},
		"button of something else":     {[]string{"load", "--target", other, "--rate", "0", "--press", "exec:exit 3"}, report.ExitSetup, "wrong port?"},
		"token of something else":      {[]string{"token", "--target", other, "--press", "exec:exit 3"}, report.ExitSetup, "wrong port?"},
		"number in letters":            {[]string{"load", "--sockets", "abc"}, report.ExitUsage, `--sockets "abc": want a whole number (see ttcheck load --help)`},
		"span in a variable":           {[]string{"TTCHECK_RAMP=soon", "load"}, report.ExitUsage, `variable TTCHECK_RAMP: --ramp "soon": want a duration`},
		"line of a variable":           {[]string{"TTCHECK_THRESHOLD=lost<5\nevents<", "load"}, report.ExitUsage, `threshold "events<"`},
		"gateway that is off":          {[]string{token, "load", "--target", closedPort(t), "--rate", "0"}, report.ExitSetup, "connection refused"},
		"token of someone else":        {target("--rate", "0"), report.ExitSetup, "token"},
		"reports without a verb":       {[]string{"report"}, report.ExitUsage, "ttcheck report merge --help"},
		"unknown verb for reports":     {[]string{"report", "burn"}, report.ExitUsage, `"burn"`},
		"nothing to merge":             {[]string{"report", "merge"}, report.ExitUsage, "which reports"},
		"unknown flag of a subcommand": {[]string{"report", "merge", "--loud"}, report.ExitUsage, "see ttcheck report merge --help"},
		"merger of what is not there":  {[]string{"report", "merge", misspelt + "x"}, report.ExitUsage, "plan.yamlx: no such file"},
		"merger of no report":          {[]string{"report", "merge", misspelt}, report.ExitUsage, "plan.yaml: "},
		"merger with a bad threshold":  {[]string{"TTCHECK_THRESHOLD=lost=0", "report", "merge", misspelt}, report.ExitUsage, "--threshold"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, test.words, test.code, test.says, secret)
		})
	}
}

// TestLoadBeyondTheFileLimit proves that a plan which needs more open files than the system
// allows is refused with both numbers.
func TestLoadBeyondTheFileLimit(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no such limit")
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -n 256; exec "$0" load --sockets 100`, os.Args[0])
	cmd.Env = []string{asMain + "=1", "PATH=" + os.Getenv("PATH")}
	out, err := cmd.CombinedOutput()
	want := "ttcheck: the plan needs 300 open files, the system allows 256 (ulimit -n)\n"
	if code := cmd.ProcessState.ExitCode(); code != report.ExitUsage || string(out) != want {
		t.Errorf("exit code %d (%v), %q; want %q", code, err, out, want)
	}
}
