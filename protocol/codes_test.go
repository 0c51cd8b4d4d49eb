package protocol_test

import (
	"fmt"
	"os"
	"regexp"
	"testing"

	"ttcheck/protocol"
)

func TestReturnCodeString(t *testing.T) {
	t.Parallel()
	for code, want := range map[protocol.ReturnCode]string{
		protocol.CodeWindowClosed: "-3 (token window expired or button not pressed)",
		protocol.CodeTokenDeleted: "1001 (token deleted)",
		0:                         "0 (not documented)",
		-26:                       "-26 (not documented)",
		4711:                      "4711 (not documented)",
	} {
		if got := code.String(); got != want {
			t.Errorf("String = %q, want %q", got, want)
		}
	}
	if got := protocol.ReturnCode(-26).Meaning(); got != "" {
		t.Errorf("Meaning of an unknown code = %q", got)
	}
}

// TestReturnCodesInDocs holds the table that users read against the one that
// the verdicts are made from, both ways.
func TestReturnCodesInDocs(t *testing.T) {
	t.Parallel()
	const file = "../docs/protocol.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, cell := range regexp.MustCompile(`\| (-?\d+) \| ([^|]+) `).FindAllStringSubmatch(string(text), -1) {
		documented[cell[1]] = cell[2]
	}
	known := 0
	for code := protocol.ReturnCode(-100); code < 2000; code++ {
		if code.Meaning() == "" {
			continue
		}
		known++
		if got := documented[fmt.Sprint(int(code))]; got != code.Meaning() {
			t.Errorf("%s says %q of %d, want %q", file, got, code, code.Meaning())
		}
	}
	if known == 0 || len(documented) != known {
		t.Errorf("%s lists %d codes, want the %d known ones", file, len(documented), known)
	}
}
