package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ttcheck/protocol"
	"ttcheck/report"
)

// readCertificate reads what certify wrote as JSON.
func readCertificate(t *testing.T, path string) report.Run {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	run, err := report.ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	if run.Head.Integration == nil {
		t.Fatal("the report is about no integration")
	}
	return run
}

// wholeCertificate proves that every requirement of an integration was shown, and holds, but
// for those that could not be shown. A clock that runs fast is the one reason for there being
// no certificate, beside them.
func wholeCertificate(t *testing.T, run report.Run, unshown ...string) {
	t.Helper()
	judged := map[string]bool{}
	for _, r := range run.Results {
		if slices.Contains(unshown, r.Requirement.ID) {
			if r.Skip != report.NotShown {
				t.Errorf("%s: %s %s, want that it was not shown", r.Name(), r.Verdict, r.Reason)
			}
			continue
		}
		judged[r.Requirement.ID] = true
		if r.Verdict != report.Pass {
			t.Errorf("%s: %s %s %+v", r.Name(), r.Verdict, r.Reason, r.Findings)
		}
	}
	for _, r := range protocol.Catalogue {
		if r.Chapter == protocol.POS && judged[r.ID] == slices.Contains(unshown, r.ID) {
			t.Errorf("%s: judged %t", r.ID, judged[r.ID])
		}
	}
	want := []string{fmt.Sprintf("the gateway's clock runs %d times fast", embeddedSpeedup)}
	if run.Head.Integration.Name == "" {
		want = append(want, "the integration has no name")
	}
	if !slices.Equal(run.Head.NoCertification, want) || run.Certifies() {
		t.Errorf("certifies %t; no certification for %q, want %q", run.Certifies(), run.Head.NoCertification, want)
	}
}

// shellScript writes a script for the shell, and returns the command that runs it.
func shellScript(t *testing.T, lines ...string) (command string) {
	t.Helper()
	return "sh '" + file(t, "pos.sh", strings.Join(lines, "\n")+"\n") + "'"
}

// ownPOSCommand is a command that runs the POS of this program, by its name.
func ownPOSCommand(t *testing.T, words ...string) string {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	named := filepath.Join(t.TempDir(), "ttcheck")
	if err := os.Symlink(program, named); err != nil {
		t.Skip("no symbolic links: ", err)
	}
	return strings.Join(append([]string{named, "pos"}, words...), " ")
}

// TestCertifyEmbedded proves that the verb by itself judges the POS that comes with ttcheck,
// and what is written of it.
func TestCertifyEmbedded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	junit, markdown := filepath.Join(dir, "results.xml"), filepath.Join(dir, "certificate.md")
	code, stdout, stderr := ttcheck(t, "certify", "--json", "-", "--junit", junit, "--markdown", markdown)
	run, err := report.ReadJSON(strings.NewReader(stdout))
	if err != nil || code != report.ExitOK {
		t.Fatalf("exit code %d, %v: %s", code, err, stderr)
	}
	wholeCertificate(t, run)
	if got := *run.Head.Integration; got.Name != "ttcheck pos" || got.Version != version() || got.Driven != "embedded" || run.Head.Reproduce != "ttcheck certify" {
		t.Errorf("%+v, again by %q", got, run.Head.Reproduce)
	}
	if !strings.Contains(stderr, "\nPASSED: ") || !strings.Contains(stderr, "\nNOT CERTIFIED: the gateway's clock runs 20 times fast\n") {
		t.Errorf("the console does not give the verdict: %s", stderr)
	}
	text, err := os.ReadFile(markdown)
	if want := "# No certificate: ttcheck pos " + version() + "\n\n**NOT CERTIFIED: the gateway's clock runs 20 times fast**\n"; err != nil || !strings.HasPrefix(string(text), want) {
		t.Errorf("%v, the certificate begins %.200q, want %q", err, text, want)
	}
	results, err := os.ReadFile(junit)
	if err != nil || wellFormed(results) != nil || strings.Count(string(results), "<testcase ") != len(run.Results) {
		t.Errorf("the results: %v, %v, %d test cases", err, wellFormed(results), strings.Count(string(results), "<testcase "))
	}
}

// wellFormed reads a document of XML to its end.
func wellFormed(text []byte) error {
	for d := xml.NewDecoder(strings.NewReader(string(text))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestCertifyTold proves that a POS in a process of its own, which is told where the gateway
// is, is found to do all that can be shown of it.
func TestCertifyTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "certificate.json")
	code, _, stderr := ttcheck(t, "certify", "--pos-cmd", ownPOSCommand(t, "--authenticate", "header"), "--discovery", "off", "--json", path)
	if code != report.ExitOK {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	wholeCertificate(t, readCertificate(t, path), "POS-01", "POS-13")
}

// TestCertifyCrash proves that an integration which crashes fails, and that the certificate
// says so in every form.
func TestCertifyCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	paths := map[string]string{}
	words := []string{"certify", "--pos-cmd", shellScript(t, "echo no configuration >&2", "exit 7"), "--pos-name", "Acme POS", "--pos-version", "4.2",
		"--discovery", "off", "--speedup", "20", "--patience", "20s"}
	for _, kind := range []string{"json", "markdown", "junit"} {
		paths[kind] = filepath.Join(dir, kind)
		words = append(words, "--"+kind, paths[kind])
	}
	code, stdout, stderr := ttcheck(t, words...)
	if code != report.ExitFailed || stderr != "" || !strings.Contains(stdout, "\nNOT CERTIFIED: ") {
		t.Errorf("exit code %d, stderr %q, stdout %s", code, stderr, stdout)
	}
	run := readCertificate(t, paths["json"])
	if got := *run.Head.Integration; got.Name != "Acme POS" || got.Version != "4.2" || got.Driven != "command" || run.Certifies() {
		t.Errorf("%+v, certified %t", got, run.Certifies())
	}
	if again := run.Head.Reproduce; !strings.HasPrefix(again, "ttcheck certify --pos-cmd … --pos-name 'Acme POS' --pos-version 4.2 ") || strings.Contains(again, "pos.sh") {
		t.Errorf("again by %q", again)
	}
	for kind, want := range map[string][2]string{
		"markdown": {"# No certificate: Acme POS 4.2\n\n**NOT CERTIFIED: ", "exit status 7"},
		"junit":    {"<?xml ", "exit status 7"},
	} {
		text, err := os.ReadFile(paths[kind])
		if err != nil || !strings.HasPrefix(string(text), want[0]) || !strings.Contains(string(text), want[1]) {
			t.Errorf("%s: %v, it begins %.200q, want %q, and %q in it", kind, err, text, want[0], want[1])
		}
		if kind == "junit" && wellFormed(text) != nil {
			t.Error(wellFormed(text))
		}
	}
}

// TestCertifyNoCommand proves that an integration which cannot be run is no integration that
// fails, and that this is reported all the same.
func TestCertifyNoCommand(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "certificate.json")
	code, _, stderr := ttcheck(t, "certify", "--pos-cmd", "/no/such/acme-pos --headless", "--discovery", "off", "--speedup", "20", "--patience", "20s", "--json", path)
	const says = "the integration cannot be run: exit status 127"
	if code != report.ExitSetup || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "ttcheck: "+says) {
		t.Errorf("exit code %d, stderr %q", code, stderr)
	}
	if run := readCertificate(t, path); !strings.HasPrefix(run.SetupError, says) || run.Certifies() || run.Head.Integration.Name != "" {
		t.Errorf("%q for %q, certified %t", run.SetupError, run.Head.Integration.Name, run.Certifies())
	}
}

// TestCertifyTwins proves that flags may be given as variables, and that none of these comes
// to the integration: they are ttcheck's own, one may be a token, and another would lead our
// own POS astray.
func TestCertifyTwins(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, seen := filepath.Join(dir, "certificate.json"), filepath.Join(dir, "seen")
	secret := strings.Repeat("0123456789ab", 4)
	code, stdout, stderr := ttcheck(t, "TTCHECK_POS_CMD="+shellScript(t, "env >> '"+seen+"'", "exit 7"), "TTCHECK_POS_NAME=Acme", "TTCHECK_DISCOVERY=off",
		"TTCHECK_SPEEDUP=20", "TTCHECK_PATIENCE=20s", "TTCHECK_STRICT=true", "TTCHECK_JSON="+path, "TTCHECK_TOKEN="+secret, "TTCHECK_TARGET=192.0.2.1",
		"TTCHECK_TOKEN_FILE=/elsewhere", "TTCHECK_INTERFACE=nope0", "TTCHECK_FAULT=no-pongs", "certify")
	if code != report.ExitFailed {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	run := readCertificate(t, path)
	if run.Head.Integration.Name != "Acme" || !run.Head.Strict || run.Head.Speedup != 20 {
		t.Errorf("%+v", run.Head)
	}
	environment, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for entry := range strings.Lines(string(environment)) {
		if name, value, _ := strings.Cut(strings.TrimSpace(entry), "="); strings.HasPrefix(name, twinPrefix) {
			told[name] = value
		}
	}
	state := filepath.Dir(told["TTCHECK_TOKEN_FILE"])
	if len(told) != 4 || !strings.HasPrefix(told["TTCHECK_GATEWAY"], "127.0.0.1:") || told["TTCHECK_TARGET"] != told["TTCHECK_GATEWAY"] ||
		told["TTCHECK_SPEEDUP"] != "20" || state == "/" {
		t.Errorf("the integration is told %q", told)
	}
	if _, err := os.Stat(state); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", state, err)
	}
	if strings.Contains(string(environment)+stdout+stderr, secret) {
		t.Error("the token of another verb shows")
	}
}
